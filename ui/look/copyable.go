package look

import (
	"strings"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
)

// NewCopyable returns a text in the monospace face, all of it, with a button that gives it to take: a command, or what
// was seen. copy is what the button says, copied what it says afterwards.
func NewCopyable(text, copy, copied string, take func(text string)) fyne.CanvasObject {
	b := NewButton(copy, Quiet, nil)
	b.tapped = func() {
		take(text)
		b.SetText(copied)
	}
	shown := NewParagraph(safeLines(text), Style{Size: Small, Mono: true})
	return Back(ink.Hover, Pad(3, 4, 3, 8, Row(8, Grow(Middle(shown)), b)))
}

// safeLines makes each line of a text fit to be shown.
func safeLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = ink.Safe(l)
	}
	return strings.Join(lines, "\n")
}
