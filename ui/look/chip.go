package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"culvert/ui/ink"
)

// Chip is one of several choices beside each other.
type Chip struct {
	pressable

	text     string
	selected bool
}

// NewChip returns a chip that is not selected. A tap only tells; whoever knows the other chips selects.
func NewChip(text string, tapped func()) *Chip {
	c := &Chip{text: text}
	c.tapped = tapped
	c.ExtendBaseWidget(c)
	return c
}

// SetSelected shows whether this is the choice.
func (c *Chip) SetSelected(on bool) {
	if c.selected != on {
		c.selected = on
		c.Refresh()
	}
}

// Selected reports whether this is the choice.
func (c *Chip) Selected() bool { return c.selected }

// SetText changes the text.
func (c *Chip) SetText(text string) {
	if c.text != text {
		c.text = text
		c.Refresh()
	}
}

// AccessibilityLabel is the text.
func (c *Chip) AccessibilityLabel() string { return c.text }

// AccessibilityRole is a button's.
func (c *Chip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer is for Fyne.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	back, ring := canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	back.CornerRadius = radius
	label := NewText(c.text, Style{Align: fyne.TextAlignCenter})

	r := &simpleRenderer{objects: []fyne.CanvasObject{back, label, ring}}
	r.min = func() fyne.Size {
		m := label.MinSize()
		return fyne.NewSize(m.Width+16, max(chipHeight, m.Height+4))
	}
	r.layout = func(s fyne.Size) {
		back.Resize(s)
		ring.Resize(s)
		h := label.MinSize().Height
		label.Move(fyne.NewPos(0, (s.Height-h)/2))
		label.Resize(fyne.NewSize(s.Width, h))
	}
	r.refresh = func() {
		text, fill := ink.Dim, chipFill(NRGBA(ink.Panel), NRGBA(ink.Line))
		switch {
		case c.Disabled():
			text = ink.Faint
		case c.selected:
			text, fill = ink.Accent, NRGBA(ink.Selection)
		case c.hovered:
			text = ink.Text
		}
		back.FillColor = fill
		label.SetText(c.text)
		label.SetInk(text)
		drawRing(ring, c.focused)
		r.layout(c.Size())
		back.Refresh()
	}
	r.refresh()
	return r
}

// chipFill is the fill of a chip that is not selected.
func chipFill(panel, line color.NRGBA) color.NRGBA { return mix(panel, line, 0.45) }
