package look

import (
	"sort"
	"strings"

	"fyne.io/fyne/v2"
)

// measure is a face at a size: how much room text takes in it.
type measure struct {
	size  float32
	style fyne.TextStyle
}

// of is the size of a piece of text.
func (m measure) of(text string) fyne.Size { return fyne.MeasureText(text, m.size, m.style) }

func (m measure) space() float32 { return m.of(" ").Width }

// lift is how much higher than in the middle of its line text stands, for its letters to be in the middle: faces for
// words leave more room above the letters than below.
func (m measure) lift() float32 {
	if m.style.Monospace {
		return 0
	}
	return 0.05 * m.size
}

// width is how wide the pieces of a text are together.
func (m measure) width(text string) float32 {
	if !strings.ContainsAny(text, arrows) {
		return m.of(text).Width
	}
	w := float32(0)
	for i, p := range m.pieces(text) {
		if i > 0 {
			w += m.space()
		}
		w += m.of(p).Width
	}
	return w
}

// arrows are the runes for which Fyne has a face that lacks the space: a space after one of them would be drawn as the
// sign for a missing glyph, since text is shaped with the face of the rune before it.
const arrows = "←↑→↓↖↘↩↪↳↵⇞⇟⇤⇥⇧⌃⌘⌥⌦⌫⎋␣❖"

// pieces cuts a text at each space that follows an arrow, and drops these spaces: they become room between the pieces.
func (m measure) pieces(text string) []string {
	if m.style.Monospace || !strings.ContainsAny(text, arrows) {
		return []string{text}
	}
	var pieces []string
	from := 0
	for i, r := range text {
		end := i + len(string(r))
		if strings.ContainsRune(arrows, r) && strings.HasPrefix(text[end:], " ") {
			pieces = append(pieces, text[from:end])
			from = end + 1
		}
	}
	return append(pieces, text[from:])
}

// cut returns as much of text as fits into width with an ellipsis behind it.
func (m measure) cut(text string, width float32) string {
	runes := []rune(text)
	n := sort.Search(len(runes), func(n int) bool {
		return m.width(string(runes[:n+1])+"…") > width
	})
	return string(runes[:n]) + "…"
}
