package sidebar

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// trustPill says at the head of the sidebar whether the stores trust the CA, and leads to their page.
type trustPill struct {
	widget.BaseWidget

	tapped           func()
	dot              *look.Dot
	word             *look.Text
	hovered, focused bool
}

func newTrustPill(tapped func()) *trustPill {
	p := &trustPill{tapped: tapped, dot: look.NewDot(ink.Faint), word: look.NewText("", look.Style{Ink: ink.Dim})}
	p.ExtendBaseWidget(p)
	return p
}

// show makes the pill a function of the trust.
func (p *trustPill) show(t *state.Trust) {
	trusted, possible := t.Trusted(), t.Possible()
	switch {
	case !t.Checked:
		p.dot.SetInk(ink.Faint)
		p.word.SetText(words.T("sidebar.trust.unknown"))
	case possible == 0:
		p.dot.SetInk(ink.Faint)
		p.word.SetText(words.T("sidebar.trust.nowhere"))
	case trusted == 0:
		p.dot.SetInk(ink.Warning)
		p.word.SetText(words.T("sidebar.trust.none"))
	default:
		p.dot.SetInk(ink.Accent)
		p.word.SetText(words.N("sidebar.trust.some", possible, "trusted", trusted))
	}
}

// Tapped is for Fyne.
func (p *trustPill) Tapped(*fyne.PointEvent) {
	if p.tapped != nil {
		p.tapped()
	}
}

// Cursor is the hand.
func (p *trustPill) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn is for Fyne.
func (p *trustPill) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.Refresh() }

// MouseMoved is for Fyne.
func (p *trustPill) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (p *trustPill) MouseOut() { p.hovered = false; p.Refresh() }

// FocusGained is for Fyne.
func (p *trustPill) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost is for Fyne.
func (p *trustPill) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune is for Fyne.
func (p *trustPill) TypedRune(rune) {}

// TypedKey presses on Space and Enter.
func (p *trustPill) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tapped(nil)
	}
}

// AccessibilityLabel is what the pill says.
func (p *trustPill) AccessibilityLabel() string { return p.word.Text() }

// CreateRenderer is for Fyne.
func (p *trustPill) CreateRenderer() fyne.WidgetRenderer {
	r := &pillRenderer{pill: p, back: canvas.NewRectangle(nil)}
	r.content = look.Pad(3, 8, 3, 8, look.Row(6, p.dot, look.Grow(p.word)))
	r.Refresh()
	return r
}

type pillRenderer struct {
	pill    *trustPill
	back    *canvas.Rectangle
	content *fyne.Container
}

func (r *pillRenderer) Destroy() {}

func (r *pillRenderer) MinSize() fyne.Size {
	return fyne.NewSize(60, max(23, r.content.MinSize().Height))
}

func (r *pillRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.back, r.content} }

func (r *pillRenderer) Layout(s fyne.Size) {
	r.back.Resize(s)
	r.content.Resize(s)
}

func (r *pillRenderer) Refresh() {
	r.back.CornerRadius = 5
	r.back.FillColor = look.Color(ink.Hover)
	r.back.StrokeWidth = 0
	if r.pill.hovered {
		r.back.FillColor = look.Color(ink.Line)
	}
	if r.pill.focused {
		r.back.StrokeColor, r.back.StrokeWidth = look.Color(ink.Accent), 2
	}
	r.back.Refresh()
	r.content.Refresh()
}
