package editor

import (
	"bytes"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/textview"
)

// preview shows the text as it would be saved.
type preview struct {
	view    *textview.View
	content fyne.CanvasObject
}

func newPreview(title string, clipboard func(string)) *preview {
	p := &preview{view: textview.New()}
	p.view.OnCopy = clipboard
	head := look.Pad(14, 16, 6, 16, look.NewText(title, look.Style{Size: look.Small, Ink: ink.Dim}))
	p.content = container.NewBorder(head, nil, nil, nil, p.view)
	return p
}

// show shows a text: the lines that was does not have in the accent's colour, those with problems in that of errors.
func (p *preview) show(text, was []byte, problems []int) {
	p.view.SetDocumentKeep(newDocument(text, was, problems))
}

// document is the lines of a TOML text.
type document [][]ink.Span

// newDocument returns the lines of text, marked as preview.show tells. A nil was marks none.
func newDocument(text, was []byte, problems []int) document {
	var d document
	known := make(map[string]int)
	open := 0 // brackets of a list
	for line := range bytes.Lines(was) {
		known[string(bytes.TrimRight(line, "\r\n"))]++
	}
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		known[string(line)]--
		var spans []ink.Span
		spans, open = coloured(line, open)
		switch {
		case slices.Contains(problems, len(d)+1):
			d = append(d, []ink.Span{{Text: line, Ink: ink.Error}})
		case was != nil && known[string(line)] < 0:
			d = append(d, []ink.Span{{Text: line, Ink: ink.Accent}})
		default:
			d = append(d, spans)
		}
	}
	return d
}

// coloured returns a line of TOML in the colours of its parts. open counts the brackets of a list that are open before
// the line, and then those behind it. It does not know text of several lines.
func coloured(line []byte, open int) (spans []ink.Span, still int) {
	rest := line
	take := func(n int, i ink.Ink) {
		spans = append(spans, ink.Span{Text: rest[:n], Ink: i})
		rest = rest[n:]
	}
	value := open > 0 // behind "="
	braces := 0
	either := func(key, other ink.Ink) ink.Ink {
		if value {
			return other
		}
		return key
	}
	for len(rest) > 0 {
		switch c := rest[0]; c {
		case '#':
			take(len(rest), ink.Dim)
		case '"', '\'':
			take(quoted(rest), either(ink.Key, ink.String))
		case ' ', '\t':
			take(len(rest)-len(bytes.TrimLeft(rest, " \t")), ink.None)
		case '=', '[', ']', '{', '}', ',':
			switch {
			case c == '=':
				value = true
			case c == '[' && value:
				open++
			case c == ']' && open > 0:
				open--
			case c == '{':
				braces++
				value = false
			case c == '}':
				braces--
			case c == ',' && braces > 0 && open == 0:
				value = false
			}
			take(1, ink.Dim)
		default:
			n := bytes.IndexAny(rest, "#\"'= \t[]{},")
			if n < 0 {
				n = len(rest)
			}
			take(n, either(ink.Key, ink.Number))
		}
	}
	return spans, open
}

// quoted returns the length of the quoted text that s begins with.
func quoted(s []byte) int {
	for i := 1; i < len(s); i++ {
		if s[i] == '\\' && s[0] == '"' {
			i++
		} else if s[i] == s[0] {
			return i + 1
		}
	}
	return len(s)
}

// Lines is for textview.
func (d document) Lines() int { return len(d) }

// Line is for textview.
func (d document) Line(i int, dst []ink.Span) []ink.Span { return append(dst, d[i]...) }

// Tap is for textview: nothing in the text can be tapped.
func (d document) Tap(int, int) bool { return false }
