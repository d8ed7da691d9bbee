package payload_test

import (
	"bytes"
	"strings"
	"testing"

	"culvert/ui/payload"
)

func TestRawShows(t *testing.T) {
	for _, c := range []struct {
		name, payload string
		want          []string
	}{
		{"one empty line of an empty payload", "", []string{""}},
		{"a line without an end", "abc", []string{"abc"}},
		{"the empty line after the last end", "a\nb\n", []string{"a", "b", ""}},
		{"empty lines", "\n\n", []string{"", "", ""}},
		{"carriage returns as they are", "a\r\nb\r", []string{"a\r", "b\r"}},
	} {
		t.Run(c.name, func(t *testing.T) { equal(t, lines(payload.Raw([]byte(c.payload))), c.want) })
	}
}

func TestRawShowsACarriageReturnFaint(t *testing.T) {
	if got, want := inked(payload.Raw([]byte("a\r\nb")), 0), "<>a<faint>\r"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestALongLineComesInPieces(t *testing.T) {
	text := strings.Repeat("é", 1<<20) + "\nlast"
	d := payload.Raw([]byte("first\n" + text))
	if got := d.Lines(); got != 1+32+1 {
		t.Fatalf("%d lines", got)
	}
	if !d.Joined(1) || d.Joined(0) || d.Joined(32) || d.Joined(33) {
		t.Error("the pieces are not joined to one line")
	}
	if got := payload.Text(d, 1, d.Lines()); got != text {
		t.Error("the pieces are not the text")
	}
}

func TestPiecesEndAtLineEnds(t *testing.T) {
	for _, n := range []int{64<<10 - 1, 64 << 10, 64<<10 + 1} {
		text := strings.Repeat("x", n) + "\r\n" + strings.Repeat("\xff", n) + "\n"
		if got := whole(payload.Raw([]byte(text))); string(got) != text {
			t.Errorf("lines of %d bytes are not what the payload is", n)
		}
	}
}

// whole puts a payload together from its lines.
func whole(d *payload.Lines) []byte {
	var out []byte
	for i := range d.Lines() {
		for _, s := range d.Line(i, nil) {
			out = append(out, s.Text...)
		}
		if i+1 < d.Lines() && !d.Joined(i) {
			out = append(out, '\n')
		}
	}
	return out
}

func FuzzRaw(f *testing.F) {
	f.Add([]byte("a\nb\r\n\nc"), uint16(1))
	f.Add([]byte("0123456789abcde\n"), uint16(1000))
	f.Add([]byte("é\xff"), uint16(40_000))
	f.Fuzz(func(t *testing.T, p []byte, repeat uint16) {
		p = bytes.Repeat(p, min(int(repeat), 1+100_000/(len(p)+1)))
		if got := whole(payload.Raw(p)); !bytes.Equal(got, p) {
			t.Fatalf("the lines of %q are %q", p, got)
		}
	})
}

func BenchmarkRawOpens16MiB(b *testing.B) {
	for name, p := range map[string][]byte{
		"lines":       bytes.Repeat([]byte("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n"), mib16/64),
		"one line":    bytes.Repeat([]byte("x"), mib16),
		"empty lines": bytes.Repeat([]byte("\n"), mib16),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				d := payload.Raw(p)
				d.Line(d.Lines()/2, nil)
			}
		})
	}
}
