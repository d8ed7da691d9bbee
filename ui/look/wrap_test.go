package look

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestWrap(t *testing.T) {
	test.NewTempApp(t)
	m := measure{size: 13}
	m.style.Monospace = true
	cell := m.of("M").Width
	for _, c := range []struct {
		name  string
		text  string
		cells float32
		want  []string
	}{
		{"an empty text is one line", "", 10, []string{""}},
		{"a text that fits stays", "a b c", 10, []string{"a b c"}},
		{"words go to the next line whole", "one two three", 8, []string{"one two", "three"}},
		{"a long word is cut", "abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"line feeds stay", "a\n\nb", 10, []string{"a", "", "b"}},
		{"no room at all still ends", "ab", 0, []string{"a", "b"}},
		{"broken UTF-8 ends too", "\xff\xfe\xfd", 1, []string{"\xff", "\xfe", "\xfd"}},
	} {
		if got := m.wrap(c.text, c.cells*cell+0.1); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBreaks(t *testing.T) {
	for pair, want := range map[string]bool{
		"ab": false, " a": true, "  ": false, "连接": true, "a连": true, "连a": true,
		"接，": false, "接。": false, "（连": false, "，握": true, "a,": false,
	} {
		r := []rune(pair)
		if got := breaks(r[0], r[1]); got != want {
			t.Errorf("a line between %q: %v", pair, got)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two 三四，五 ↑ six", float32(40))
	f.Add("\xff \n", float32(0))
	test.NewApp()
	f.Fuzz(func(t *testing.T, text string, width float32) {
		if len(text) > 200 {
			return
		}
		drop := strings.NewReplacer(" ", "", "\n", "")
		lines := measure{size: 13}.wrap(text, width)
		if got, want := drop.Replace(strings.Join(lines, "")), drop.Replace(text); got != want {
			t.Errorf("%q became %q", text, lines)
		}
	})
}
