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

func FuzzRaw(f *testing.F) {
	f.Add([]byte("a\nb\r\n\nc"))
	f.Add(bytes.Repeat([]byte("0123456789abcde\n"), 1000))
	f.Add(bytes.Repeat([]byte("é\xff"), 50_000))
	f.Add(append(bytes.Repeat([]byte("x"), 64<<10), '\n'))
	f.Fuzz(func(t *testing.T, p []byte) {
		d := payload.Raw(p)
		var got []byte
		for i := range d.Lines() {
			for _, s := range d.Line(i, nil) {
				got = append(got, s.Text...)
			}
			if i+1 < d.Lines() && !d.Joined(i) {
				got = append(got, '\n')
			}
		}
		if !bytes.Equal(got, p) {
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
