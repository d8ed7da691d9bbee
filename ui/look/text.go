package look

import (
	"image/color"
	"sort"

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
	r := &textRenderer{t: t, line: canvas.NewText("", color.Transparent)}
	r.Refresh()
	return r
}

// least is the width that the text can do with where something must give way.
func (t *Text) least() float32 { return min(t.MinSize().Width, 24) }

type textRenderer struct {
	t    *Text
	line *canvas.Text
	hit  *link
	full fyne.Size
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
	if r.t.OnTapped == nil {
		return []fyne.CanvasObject{r.line}
	}
	if r.hit == nil {
		r.hit = newLink(func() { r.t.OnTapped() })
		r.Layout(r.t.Size())
	}
	return []fyne.CanvasObject{r.line, r.hit}
}

func (r *textRenderer) Layout(size fyne.Size) {
	cut := cut(r.t.text, size.Width, r.line.TextSize, r.line.TextStyle, r.full.Width)
	if cut != r.line.Text {
		r.line.Text = cut
		r.line.Refresh()
	}
	r.line.Resize(fyne.NewSize(size.Width, r.full.Height))
	r.line.Move(fyne.NewPos(0, (size.Height-r.full.Height)/2))
	if r.hit != nil {
		w := min(size.Width, r.full.Width)
		x := float32(0)
		switch r.t.style.Align {
		case fyne.TextAlignCenter:
			x = (size.Width - w) / 2
		case fyne.TextAlignTrailing:
			x = size.Width - w
		}
		r.hit.Move(fyne.NewPos(x, 0))
		r.hit.Resize(fyne.NewSize(w, size.Height))
	}
}

func (r *textRenderer) Refresh() {
	s := r.t.style
	r.line.Color = Color(s.color())
	r.line.TextSize = s.Size.units()
	r.line.TextStyle = s.text()
	r.line.Alignment = s.Align
	r.full = fyne.MeasureText(r.t.text, r.line.TextSize, r.line.TextStyle)
	r.line.Text = cut(r.t.text, r.t.Size().Width, r.line.TextSize, r.line.TextStyle, r.full.Width)
	r.Layout(r.t.Size())
	r.line.Refresh()
	if r.hit != nil {
		r.hit.Refresh()
	}
}

// cut returns as much of text as fits into width, with an ellipsis where something is missing. full is the width of all
// of it.
func cut(text string, width, size float32, style fyne.TextStyle, full float32) string {
	if full <= width+0.5 || width <= 0 {
		return text
	}
	runes := []rune(text)
	n := sort.Search(len(runes), func(n int) bool {
		return fyne.MeasureText(string(runes[:n+1])+"…", size, style).Width > width
	})
	return string(runes[:n]) + "…"
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
