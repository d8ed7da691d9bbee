package glyph

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// show is the text that a reader sees: escapes spelled out, clusters in brackets, broken ones as U+FFFD.
func show(text string) string {
	var out strings.Builder
	for b := []byte(text); len(b) > 0; {
		k := next(b)
		switch {
		case k.kind == escape:
			out.Write(appendEscape(nil, k.r))
		case utf8.RuneCount(k.appendKey(nil, b)) > 1:
			out.WriteString("[" + string(k.appendKey(nil, b)) + "]")
		default:
			out.Write(k.appendKey(nil, b))
		}
		b = b[k.n:]
	}
	return out.String()
}

func TestTextIsShownSafely(t *testing.T) {
	tests := map[string]struct {
		text, want string
		cells      int
	}{
		"Latin":                                  {"abc", "abc", 3},
		"Chinese is wide":                        {"王小明", "王小明", 6},
		"ambiguous width is narrow":              {"→α·", "→α·", 3},
		"a line feed":                            {"a\nb", `a\nb`, 4},
		"control characters":                     {"\x00\x1b\t\r\v\x7f", `\x00\x1b\t\r\x0b\x7f`, 20},
		"C1 controls":                            {"\u0085", `\u0085`, 6},
		"a right-to-left override":               {"a\u202eb", `a\u202eb`, 8},
		"isolates and marks of direction":        {"\u2066\u2069\u200f", `\u2066\u2069\u200f`, 18},
		"zero-width space and joiners":           {"\u200b\u200c\u200d", `\u200b\u200c\u200d`, 18},
		"a byte order mark":                      {"\ufeff{", `\ufeff{`, 7},
		"a soft hyphen":                          {"a\u00adb", `a\u00adb`, 8},
		"line and paragraph separators":          {"\u2028\u2029", `\u2028\u2029`, 12},
		"tags, which can hide a text":            {"\U000e0041", `\u{e0041}`, 9},
		"private planes":                         {"\U00100000", "\U00100000", 1},
		"a selector without a rune":              {"\ufe0f", `\ufe0f`, 6},
		"a second selector":                      {"❤\ufe0f\ufe0f", "[❤\ufe0f]" + `\ufe0f`, 8},
		"other selectors, which can hide a text": {"a\ufe01", `a\ufe01`, 7},
		"Hangul fillers":                         {"\u3164", `\u3164`, 6},
		"invalid UTF-8":                          {"\xff\xc3(", "\uFFFD\uFFFD(", 3},
		"a surrogate half in UTF-8":              {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD", 3},
		"an accent on its letter":                {"e\u0301", "[e\u0301]", 1},
		"an accent at the start":                 {"\u0301x", "[◌\u0301]x", 2},
		"too many accents":                       {"e\u0301\u0301\u0301\u0301", "[e\u0301\u0301\u0301][◌\u0301]", 2},
		"an emoji":                               {"😀", "😀", 2},
		"an emoji with a tone of skin":           {"👍🏽", "[👍🏽]", 2},
		"a keycap":                               {"1\ufe0f\u20e3", "[1\ufe0f\u20e3]", 2},
		"a flag":                                 {"🇩🇪🇫", "[🇩🇪]🇫", 3},
		"a family is its members":                {"👨\u200d👩", `👨\u200d👩`, 10},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := show(tt.text); got != tt.want {
				t.Errorf("shown as %q, want %q", got, tt.want)
			}
			if got := Cells([]byte(tt.text)); got != tt.cells {
				t.Errorf("takes %d cells, want %d", got, tt.cells)
			}
		})
	}
}

func FuzzNext(f *testing.F) {
	for _, s := range []string{"abc", "王\u202e\x00\xff", "e\u0301\u0301", "🇩🇪❤\ufe0f👍🏽1\ufe0f\u20e3", "\U000e0041\U0010ffff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		cells := 0
		for at := 0; at < len(text); {
			k := next(text[at:])
			if k.n < 1 || k.n > len(text)-at || k.cells < 1 || k.cells > maxEscape {
				t.Fatalf("%q: %+v", text[at:], k)
			}
			if k.kind == escape {
				if got := appendEscape(nil, k.r); len(got) != k.cells {
					t.Fatalf("%U is %q in %d cells", k.r, got, k.cells)
				}
			} else if key := k.appendKey(nil, text[at:]); len(key) > maxCluster || !utf8.Valid(key) {
				t.Fatalf("%q is drawn as %q", text[at:], key)
			}
			cells += k.cells
			at += k.n
		}
		if got := Cells(text); got != cells {
			t.Fatalf("Cells = %d, want %d", got, cells)
		}
		for room := range min(cells, 20) + 1 {
			if n := CutCells(text, room); Cells(text[:n]) > room {
				t.Fatalf("%q does not fit into %d cells", text[:n], room)
			}
		}
	})
}
