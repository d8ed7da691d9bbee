package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
)

// Size is one of the sizes of text.
type Size uint8

// The sizes.
const (
	Body    Size = iota // 13
	Small               // 11
	Heading             // 16
	Title               // 22

	tabSize // 14: the titles of Tabs
)

func (s Size) units() float32 {
	t := fyne.CurrentApp().Settings().Theme()
	switch s {
	case Small:
		return t.Size(theme.SizeNameCaptionText)
	case Heading:
		return t.Size(theme.SizeNameSubHeadingText)
	case Title:
		return 22
	case tabSize:
		return 14
	default:
		return t.Size(theme.SizeNameText)
	}
}

// Style is how a text looks. The zero value is the body's.
type Style struct {
	Ink   ink.Ink // None: ink.Text
	Size  Size
	Mono  bool
	Bold  bool
	Align fyne.TextAlign
	// Min is the width down to which a Text lets itself be cut; 0: it asks for the room for all of it. In Grow a Text
	// may be cut whatever this says.
	Min float32
}

func (s Style) text() fyne.TextStyle { return fyne.TextStyle{Monospace: s.Mono, Bold: s.Bold} }

func (s Style) color() ink.Ink {
	if s.Ink == ink.None {
		return ink.Text
	}
	return s.Ink
}

// Text is one line without padding, cut with … where it does not fit.
type Text struct {
	widget.BaseWidget

	// OnTapped, if it is set before the text is shown, makes it a link: for the pointer and for the keyboard.
	OnTapped func()

	text  string
	style Style
}

// NewText returns a line of text.
func NewText(text string, s Style) *Text {
	t := &Text{text: text, style: s}
	t.ExtendBaseWidget(t)
	return t
}

// SetText changes the text; the same text costs nothing.
func (t *Text) SetText(text string) {
	if t.text != text {
		t.text = text
		t.Refresh()
	}
}

// Text returns the whole text, cut or not.
func (t *Text) Text() string { return t.text }

// SetInk changes the colour.
func (t *Text) SetInk(i ink.Ink) {
	if t.style.Ink != i {
		t.style.Ink = i
		t.Refresh()
	}
}

// CreateRenderer is for Fyne.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{t: t}
	r.Refresh()
	return r
}

// least is the width that the text can do with where something must give way.
func (t *Text) least() float32 { return min(t.MinSize().Width, 24) }

type textRenderer struct {
	t      *Text
	pieces []*canvas.Text // one, but for text with arrows
	hit    *link
	font   measure
	full   fyne.Size // of the whole text
}

func (r *textRenderer) Destroy() {}

func (r *textRenderer) MinSize() fyne.Size {
	s := r.full
	if m := r.t.style.Min; m > 0 {
		s.Width = min(s.Width, m)
	}
	return s
}

func (r *textRenderer) Objects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, 0, len(r.pieces)+1)
	for _, p := range r.pieces {
		objects = append(objects, p)
	}
	if r.t.OnTapped == nil {
		return objects
	}
	if r.hit == nil {
		r.hit = newLink(func() { r.t.OnTapped() })
		r.Layout(r.t.Size())
	}
	return append(objects, r.hit)
}

func (r *textRenderer) Layout(size fyne.Size) {
	shown := r.t.text
	width := r.full.Width
	if size.Width > 0 && width > size.Width+0.5 {
		shown = r.font.cut(shown, size.Width)
		width = r.font.width(shown)
	}
	x := float32(0)
	switch r.t.style.Align {
	case fyne.TextAlignCenter:
		x = (size.Width - width) / 2
	case fyne.TextAlignTrailing:
		x = size.Width - width
	}
	at := fyne.NewPos(x, (size.Height-r.full.Height)/2-r.font.lift())
	if r.hit != nil {
		r.hit.Move(fyne.NewPos(at.X, 0))
		r.hit.Resize(fyne.NewSize(width, size.Height))
	}
	r.place(r.font.pieces(shown), at)
}

// place puts the pieces of a text at a position, and draws anew those that are not what they were.
func (r *textRenderer) place(texts []string, at fyne.Position) {
	for len(r.pieces) < len(texts) {
		r.pieces = append(r.pieces, canvas.NewText("", color.Transparent))
	}
	c := Color(r.t.style.color())
	for i, p := range r.pieces {
		text := ""
		if i < len(texts) {
			text = texts[i]
		}
		if p.Text != text || p.Color != c || p.TextSize != r.font.size || p.TextStyle != r.font.style {
			p.Text, p.Color, p.TextSize, p.TextStyle = text, c, r.font.size, r.font.style
			p.Refresh()
		}
		p.Move(at)
		size := r.font.of(text)
		p.Resize(size)
		at.X += size.Width + r.font.space()
	}
}

func (r *textRenderer) Refresh() {
	r.font = measure{r.t.style.Size.units(), r.t.style.text()}
	r.full = fyne.NewSize(r.font.width(r.t.text), r.font.of("M").Height)
	r.Layout(r.t.Size())
	if r.hit != nil {
		r.hit.Refresh()
	}
	canvas.Refresh(r.t)
}

// link is the part of a Text that is tapped.
type link struct {
	pressable
}

func newLink(tapped func()) *link {
	l := &link{}
	l.tapped = tapped
	l.ExtendBaseWidget(l)
	return l
}

// Cursor is the hand.
func (l *link) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer is for Fyne.
func (l *link) CreateRenderer() fyne.WidgetRenderer {
	ring := canvas.NewRectangle(color.Transparent)
	r := &simpleRenderer{
		objects: []fyne.CanvasObject{ring},
		layout: func(s fyne.Size) {
			ring.Move(fyne.NewPos(-4, -2))
			ring.Resize(s.AddWidthHeight(8, 4))
		},
		refresh: func() { drawRing(ring, l.focused) },
	}
	r.refresh()
	return r
}
