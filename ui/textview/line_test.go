package textview

import (
	"bytes"
	"slices"
	"testing"

	"culvert/ui/glyph"
	"culvert/ui/ink"
)

func spans(texts ...string) (s []ink.Span) {
	for _, t := range texts {
		s = append(s, ink.Span{Text: []byte(t)})
	}
	return s
}

func TestTabsGoToTheNextStop(t *testing.T) {
	for in, want := range map[string]string{
		"\tx": "    x", "a\tx": "a   x", "abcd\tx": "abcd    x", "王\tx": "王  x", "\t\t": "        ",
	} {
		l := layOut(spans(in), 0)
		if got := string(l.text); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
		if got := string(l.source(nil, 0, len(l.text))); got != in {
			t.Errorf("%q is copied as %q", in, got)
		}
	}
	l := layOut(spans("ab\tcd", "\te"), 0) // "ab  cd  e"
	for _, c := range []struct {
		from, to int
		want     string
	}{{1, 3, "b\t"}, {3, 5, "\tc"}, {4, 6, "cd"}, {6, 9, "\te"}, {7, 8, "\t"}, {2, 2, ""}} {
		if got := string(l.source(nil, c.from, c.to)); got != c.want {
			t.Errorf("%d to %d is copied as %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

func TestRowsAreAsWideAsFits(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"0123456789abcdef", []string{"0123456789abcdef"}},
		{"0123456789abcdefg", []string{"0123456789abcdef", "g"}},
		{"0123456789abcde王x", []string{"0123456789abcde", "王x"}},
	} {
		l := layOut(spans(c.text), 16)
		var got []string
		for i := range l.rows {
			from, to := l.row(i)
			got = append(got, string(l.text[from:to]))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestPlacesOfAVeryLongLine(t *testing.T) {
	l := layOut(spans(repeat("王a", 20_000)), 0)
	if l.cells != 60_000 {
		t.Fatalf("it is %d cells wide", l.cells)
	}
	for _, c := range []struct{ cell, offset int }{{0, 0}, {1, 0}, {2, 3}, {3, 4}, {30_000, 40_000}, {30_001, 40_000}, {60_001, 80_000}} {
		if got := l.offset(0, c.cell); got != c.offset {
			t.Errorf("cell %d is at %d, want %d", c.cell, got, c.offset)
		}
	}
	if got := l.cell(0, 40_004); got != 30_003 {
		t.Errorf("offset 40004 is at cell %d", got)
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte("a\tb"), []byte("王\x1b[0m\xff"), uint8(20))
	f.Add([]byte("\u202e\u200b"), []byte("e\u0301👩‍👩‍👧"), uint8(0))
	f.Fuzz(func(t *testing.T, a, b []byte, columns uint8) {
		wrap := int(columns)
		if wrap > 0 {
			wrap = max(wrap, minColumns)
		}
		l := layOut([]ink.Span{{Text: a}, {Text: b}}, wrap)
		if got, want := l.source(nil, 0, len(l.text)), slices.Concat(a, b); !bytes.Equal(got, want) {
			t.Fatalf("%q is copied as %q", want, got)
		}
		for i := range l.rows {
			from, to := l.row(i)
			if cells := glyph.Cells(l.text[from:to]); wrap > 0 && cells > wrap || cells > l.cells {
				t.Fatalf("row %d is %d cells wide of %d", i, cells, l.cells)
			}
			for cell := range min(l.cells, 300) {
				at := l.offset(i, cell)
				if at < from || at > to || l.cell(i, at) > cell {
					t.Fatalf("cell %d of row %d is at %d", cell, i, at)
				}
			}
		}
	})
}
