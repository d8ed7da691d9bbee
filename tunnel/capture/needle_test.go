package capture

import (
	"bytes"
	"strings"
	"testing"
)

func TestNeedle(t *testing.T) {
	for _, c := range []struct {
		name, needle, text string
		want               int
	}{
		{"lower case finds capitals", "needle", "a NeEdLe", 2},
		{"a capital makes it exact", "Needle", "a needle Needle", 9},
		{"at the very end", "end", "the end", 4},
		{"the whole text", "all", "ALL", 0},
		{"longer than the text", "longer", "long", -1},
		{"without letters", "12:34", "at 12:34", 3},
		{"Cyrillic in any case", "привет", "ПРИВЕТ", 0},
		{"Greek with three forms of sigma", "σας", "ΣΑΣ", 0},
		{"Chinese", "价格", "茶的价格是", 6},
		{"mixed scripts", "茶 tea", "红茶 TEA", 3},
		{"a byte that is like a letter but for one bit", "@", "`", -1},
		{"a brace is no capital of a bracket", "a[", "a{", -1},
		{"overlapping starts", "aab", "aaab", 1},
		{"not UTF-8", "\xff\xfe", "a\xff\xfeb", 1},
		{"common letters, late in a long text", "sent to sea", strings.Repeat("senttosea sent to se ", 20) + "Sent To Sea", 420},
		{"common letters that end with the text", "et", "a tree set", 8},
		{"one common letter", "e", "tHE", 2},
		{"empty text", "x", "", -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newNeedle(c.needle).index([]byte(c.text)); got != c.want {
				t.Errorf("%q in %q: %d, want %d", c.needle, c.text, got, c.want)
			}
		})
	}
}

func FuzzNeedle(f *testing.F) {
	f.Add("needle", []byte("hay NEEDLE stack"))
	f.Add("Exact", []byte("exact Exact"))
	f.Add("12", []byte("1112"))
	f.Add("sent", []byte("to be sEnt and to be seen, SENT"))
	f.Add("at e", []byte("that eats that east"))
	f.Fuzz(func(t *testing.T, text string, p []byte) {
		if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) {
			t.Skip() // the simple reference below is for ASCII
		}
		n := newNeedle(text)
		want := bytes.Index(p, []byte(text))
		if n.fold {
			want = bytes.Index(lowerASCII(p), []byte(text))
		}
		if got := n.index(p); got != want {
			t.Fatalf("%q in %q: %d, want %d", text, p, got, want)
		}
	})
}

func lowerASCII(p []byte) []byte {
	q := bytes.Clone(p)
	for i, c := range q {
		if 'A' <= c && c <= 'Z' {
			q[i] = c | 0x20
		}
	}
	return q
}
