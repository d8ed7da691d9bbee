package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"culvert/ui/ink"
)

// Pill is a round button that floats above a list: "↓ 128 new".
type Pill struct {
	pressable
	text string
}

// NewPill returns a pill.
func NewPill(text string, tapped func()) *Pill {
	p := &Pill{text: text}
	p.tapped = tapped
	p.ExtendBaseWidget(p)
	return p
}

// SetText changes the text.
func (p *Pill) SetText(text string) {
	if p.text != text {
		p.text = text
		p.Refresh()
	}
}

// AccessibilityLabel is the text.
func (p *Pill) AccessibilityLabel() string { return p.text }

// AccessibilityRole is a button's.
func (p *Pill) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer is for Fyne.
func (p *Pill) CreateRenderer() fyne.WidgetRenderer {
	back, ring := canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	label := NewText(p.text, Style{Align: fyne.TextAlignCenter})

	r := &simpleRenderer{objects: []fyne.CanvasObject{ring, back, label}}
	r.min = func() fyne.Size {
		m := label.MinSize()
		return fyne.NewSize(m.Width+26, max(25, m.Height+6))
	}
	r.layout = func(s fyne.Size) {
		back.Resize(s)
		back.CornerRadius = s.Height / 2
		ring.Move(fyne.NewPos(-3, -3))
		ring.Resize(s.AddWidthHeight(6, 6))
		h := label.MinSize().Height
		label.Move(fyne.NewPos(0, (s.Height-h)/2))
		label.Resize(fyne.NewSize(s.Width, h))
	}
	r.refresh = func() {
		back.FillColor = Color(ink.Accent)
		if p.hovered {
			back.FillColor = mix(NRGBA(ink.Accent), NRGBA(ink.Text), hoverShare)
		}
		label.SetText(p.text)
		label.SetInk(ink.OnAccent)
		drawRing(ring, p.focused)
		ring.CornerRadius = p.Size().Height/2 + 3
		r.layout(p.Size())
		back.Refresh()
	}
	r.refresh()
	return r
}
