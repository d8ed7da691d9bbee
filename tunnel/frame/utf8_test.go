package frame

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

// firstBad says by unicode/utf8 where p stops being UTF-8: the offset of the first byte that no text beginning with the
// bytes before it can have there, or -1; and whether p ends between characters.
func firstBad(p []byte) (bad int, complete bool) {
	for i := range p {
		if !isPrefix(p[:i+1]) {
			return i, false
		}
	}
	return -1, utf8.Valid(p)
}

// isPrefix reports whether some text begins with p, by trying every end.
func isPrefix(p []byte) bool {
	for len(p) > 0 {
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n <= 1 {
			break
		}
		p = p[n:]
	}
	if len(p) == 0 {
		return true
	}
	// An incomplete character can be completed with the least or the greatest continuation bytes, or not at all.
	for _, c := range []byte{0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF} {
		for more := 1; more <= 3; more++ {
			q := append(bytes.Clone(p), bytes.Repeat([]byte{0x80}, more)...)
			q[len(p)] = c
			if r, n := utf8.DecodeRune(q); n == len(q) && r != utf8.RuneError || string(q) == "\uFFFD" {
				return true
			}
		}
	}
	return false
}

// checkPieces writes p to a UTF8 in pieces cut at the given offsets and returns what it says of the whole.
func checkPieces(p []byte, cuts ...int) (bad int, complete bool) {
	var u UTF8
	from := 0
	for _, cut := range append(cuts, len(p)) {
		if bad := u.Write(p[from:cut]); bad >= 0 {
			return from + bad, u.Complete()
		}
		from = cut
	}
	return -1, u.Complete()
}

func checkUTF8(t *testing.T, p []byte) {
	t.Helper()
	bad, complete := firstBad(p)
	if b, c := checkPieces(p); b != bad || c != complete {
		t.Errorf("% X: bad %d, complete %v; want %d, %v", p, b, c, bad, complete)
	}
	for i := range p {
		if b, c := checkPieces(p, i); b != bad || c != complete {
			t.Errorf("% X cut at %d: bad %d, complete %v; want %d, %v", p, i, b, c, bad, complete)
		}
	}
	all := make([]int, len(p))
	for i := range all {
		all[i] = i
	}
	if b, c := checkPieces(p, all...); b != bad || c != complete {
		t.Errorf("% X byte by byte: bad %d, complete %v; want %d, %v", p, b, c, bad, complete)
	}
}

func TestUTF8AgreesWithTheStandardLibrary(t *testing.T) {
	t.Run("every one and two bytes", func(t *testing.T) {
		for a := range 256 {
			checkUTF8(t, []byte{byte(a)})
			for b := range 256 {
				checkUTF8(t, []byte{byte(a), byte(b)})
			}
		}
	})
	edges := []byte{0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF}
	leads := []byte{0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5}
	// Each sequence also with text around it, so that the quick looks at whole words meet it at every place.
	for _, around := range []string{"", "0123456", "涵", "é", "😀"} {
		t.Run("every edge of a sequence after "+around, func(t *testing.T) {
			for _, a := range leads {
				for _, b := range edges {
					for _, c := range edges {
						p := append([]byte(around), a, b, c)
						checkUTF8(t, p)
						checkUTF8(t, append(p, 0x80))
						checkUTF8(t, append(p, "涵 and a tail"...))
					}
				}
			}
		})
	}
}

func TestUTF8FindsABadByteAnywhereInALongText(t *testing.T) {
	for _, text := range []string{"0123456789", "涵洞把溪流", "naïve é ", "😀a🎉"} {
		p := bytes.Repeat([]byte(text), 200/len(text)+1)
		if bad, complete := checkPieces(p); bad >= 0 || !complete {
			t.Fatalf("%q is found bad at %d", text, bad)
		}
		for i := range p {
			q := bytes.Clone(p)
			q[i] = 0xFF
			if bad, _ := checkPieces(q); bad != i {
				t.Errorf("%q: 0xFF at %d is found at %d", text, i, bad)
			}
		}
	}
}

func TestUTF8StaysFailedUntilItIsReset(t *testing.T) {
	var u UTF8
	if u.Write([]byte{'a', 0xFF}) != 1 {
		t.Fatal("0xFF passes")
	}
	if u.Write([]byte("good")) != 0 || u.Complete() {
		t.Error("a failed text goes on")
	}
	if u.Write(nil) != -1 {
		t.Error("no bytes hold a bad one")
	}
	u = UTF8{}
	if u.Write([]byte("good")) != -1 || !u.Complete() {
		t.Error("a new text is not new")
	}
}

func FuzzUTF8(f *testing.F) {
	f.Add([]byte("κόσμε"), uint8(3))
	f.Add([]byte("涵洞涵洞涵洞\xED\xA0\x80"), uint8(7))
	f.Add([]byte("\xF4\x90\x80\x80"), uint8(1))
	f.Fuzz(func(t *testing.T, p []byte, cut uint8) {
		bad, complete := checkPieces(p)
		if valid := bad < 0 && complete; valid != utf8.Valid(p) {
			t.Fatalf("valid: %v", valid)
		}
		if len(p) < 200 {
			checkUTF8(t, p)
		}
		if b, c := checkPieces(p, min(int(cut), len(p))); b != bad || c != complete {
			t.Fatalf("cut at %d: bad %d, complete %v; want %d, %v", cut, b, c, bad, complete)
		}
	})
}
