package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"culvert/ui/ink"
)

// IconButton is a button that shows only a symbol.
type IconButton struct {
	pressable

	icon fyne.Resource
	tip  string
}

// NewIconButton returns a button with a symbol. tip says in words what it does.
func NewIconButton(icon fyne.Resource, tip string, tapped func()) *IconButton {
	b := &IconButton{icon: icon, tip: tip}
	b.tapped = tapped
	b.ExtendBaseWidget(b)
	return b
}

// SetIcon changes the symbol and what it means.
func (b *IconButton) SetIcon(icon fyne.Resource, tip string) {
	b.icon, b.tip = icon, tip
	b.Refresh()
}

// AccessibilityLabel is the tip.
func (b *IconButton) AccessibilityLabel() string { return b.tip }

// AccessibilityRole is a button's.
func (b *IconButton) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer is for Fyne.
func (b *IconButton) CreateRenderer() fyne.WidgetRenderer {
	back, ring := canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	back.CornerRadius = radius
	image := canvas.NewImageFromResource(b.icon)
	image.FillMode = canvas.ImageFillContain
	const size = 16

	r := &simpleRenderer{objects: []fyne.CanvasObject{back, image, ring}}
	r.min = func() fyne.Size { return fyne.NewSquareSize(control) }
	r.layout = func(s fyne.Size) {
		back.Resize(s)
		ring.Resize(s)
		image.Resize(fyne.NewSquareSize(size))
		image.Move(fyne.NewPos((s.Width-size)/2, (s.Height-size)/2))
	}
	r.refresh = func() {
		back.FillColor = Color(ink.None)
		if b.hovered && !b.Disabled() {
			back.FillColor = Color(ink.Hover)
		}
		image.Translucency = 0
		if b.Disabled() {
			image.Translucency = 0.6
		}
		image.Resource = b.icon
		drawFocus(ring, b.focused, false)
		back.Refresh()
		image.Refresh()
	}
	r.refresh()
	return r
}
