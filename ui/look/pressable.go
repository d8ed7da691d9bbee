package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/keys"
)

// pressable is what all widgets that one presses share: the pointer over them, the keyboard's focus, being disabled,
// and doing something.
type pressable struct {
	widget.DisableableWidget

	tapped           func()
	hovered, focused bool
}

func (p *pressable) press() {
	if p.tapped != nil && !p.Disabled() {
		p.tapped()
	}
}

// Tapped is for Fyne.
func (p *pressable) Tapped(*fyne.PointEvent) { p.press() }

// MouseIn is for Fyne.
func (p *pressable) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.Refresh() }

// MouseMoved is for Fyne.
func (p *pressable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (p *pressable) MouseOut() { p.hovered = false; p.Refresh() }

// FocusGained is for Fyne.
func (p *pressable) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost is for Fyne.
func (p *pressable) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune is for Fyne.
func (p *pressable) TypedRune(rune) {}

// TypedKey presses on Space and Enter. Other keys are the window's.
func (p *pressable) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.press()
	default:
		keys.PassFocused(e)
	}
}

// drawRing makes r the ring around what has the keyboard's focus.
func drawRing(r *canvas.Rectangle, on bool) {
	r.Hidden = !on
	r.FillColor = color.Transparent
	r.CornerRadius = radius
	r.StrokeWidth = 2
	r.StrokeColor = Color(ink.Accent)
	r.Refresh()
}

// simpleRenderer is a renderer out of functions. Its objects are fixed; refresh reads colours and state anew.
type simpleRenderer struct {
	objects []fyne.CanvasObject
	min     func() fyne.Size
	layout  func(fyne.Size)
	refresh func()
}

func (r *simpleRenderer) Destroy() {}

func (r *simpleRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *simpleRenderer) Layout(s fyne.Size) { r.layout(s) }

func (r *simpleRenderer) Refresh() { r.refresh() }

func (r *simpleRenderer) MinSize() fyne.Size {
	if r.min == nil {
		return fyne.Size{}
	}
	return r.min()
}

// drawFocus is drawRing for a widget with a fill: on the accent the ring has the colour of the text on it.
func drawFocus(r *canvas.Rectangle, on, onAccent bool) {
	drawRing(r, on)
	if on && onAccent {
		r.StrokeColor = Color(ink.Text)
	}
}

// hoverShare is how much of the colour of text a fill takes on under the pointer.
const hoverShare = 0.12

// mix is a with a share of b, both opaque.
func mix(a, b color.NRGBA, share float64) color.NRGBA {
	m := func(x, y uint8) uint8 { return uint8(float64(x)*(1-share) + float64(y)*share + 0.5) }
	return color.NRGBA{R: m(a.R, b.R), G: m(a.G, b.G), B: m(a.B, b.B), A: 0xff}
}
