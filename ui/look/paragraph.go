package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Paragraph is text that wraps, without padding. It is as high as it must be at the width that it was given last.
type Paragraph struct {
	widget.BaseWidget

	text  string
	style Style
}

// NewParagraph returns a paragraph. Line feeds in the text are kept.
func NewParagraph(text string, s Style) *Paragraph {
	p := &Paragraph{text: text, style: s}
	p.ExtendBaseWidget(p)
	return p
}

// SetText changes the text.
func (p *Paragraph) SetText(text string) {
	if p.text != text {
		p.text = text
		p.Refresh()
	}
}

// Text returns the text.
func (p *Paragraph) Text() string { return p.text }

func (p *Paragraph) least() float32 { return min(p.MinSize().Width, 24) }

// CreateRenderer is for Fyne.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	r := &paragraphRenderer{p: p}
	r.Refresh()
	return r
}

type paragraphRenderer struct {
	p     *Paragraph
	font  measure
	width float32 // that lines are wrapped at
	lines []*Text
}

func (r *paragraphRenderer) Destroy() {}

func (r *paragraphRenderer) lineHeight() float32 { return r.font.of("M").Height + 2 }

// MinSize asks for little width and for the height of the lines.
func (r *paragraphRenderer) MinSize() fyne.Size {
	return fyne.NewSize(min(r.font.width(r.p.text), 80), float32(len(r.lines))*r.lineHeight())
}

func (r *paragraphRenderer) Objects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, len(r.lines))
	for i, l := range r.lines {
		objects[i] = l
	}
	return objects
}

func (r *paragraphRenderer) Layout(s fyne.Size) {
	if s.Width != r.width {
		r.width = s.Width
		r.wrap()
	}
	for i, l := range r.lines {
		l.Move(fyne.NewPos(0, float32(i)*r.lineHeight()))
		l.Resize(fyne.NewSize(s.Width, r.lineHeight()))
	}
}

func (r *paragraphRenderer) wrap() {
	texts := []string{r.p.text}
	if r.width > 0 {
		texts = r.font.wrap(r.p.text, r.width)
	}
	n := len(r.lines)
	for i, text := range texts {
		if i == len(r.lines) {
			r.lines = append(r.lines, NewText("", r.p.style))
		}
		r.lines[i].SetText(text)
	}
	clear(r.lines[len(texts):])
	r.lines = r.lines[:len(texts)]
	if len(r.lines) != n {
		canvas.Refresh(r.p) // the canvas asks anew how high it is
	}
}

func (r *paragraphRenderer) Refresh() {
	r.font = measure{r.p.style.Size.units(), r.p.style.text()}
	r.wrap()
	r.Layout(r.p.Size())
	for _, l := range r.lines {
		l.Refresh()
	}
	canvas.Refresh(r.p)
}
