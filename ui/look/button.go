package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
)

// Kind is how much a button asks to be pressed.
type Kind uint8

// The kinds.
const (
	Plain   Kind = iota // with a border
	Primary             // filled with the accent: one on a page
	Quiet               // like a link
	Danger              // with a border, in the colour of errors: it destroys something
)

// Button does something when it is tapped, or when Space or Enter is pressed on it.
type Button struct {
	pressable

	text string
	kind Kind
	menu bool // with a ▾
}

// NewButton returns a button with a text.
func NewButton(text string, k Kind, tapped func()) *Button {
	b := &Button{text: text, kind: k}
	b.tapped = tapped
	b.ExtendBaseWidget(b)
	return b
}

// SetText changes the text.
func (b *Button) SetText(text string) {
	if b.text != text {
		b.text = text
		b.Refresh()
	}
}

// Text returns the text.
func (b *Button) Text() string { return b.text }

// SetKind changes the kind.
func (b *Button) SetKind(k Kind) {
	if b.kind != k {
		b.kind = k
		b.Refresh()
	}
}

// AccessibilityLabel is the text.
func (b *Button) AccessibilityLabel() string { return b.text }

// AccessibilityRole is a button's.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Cursor is the hand over a link.
func (b *Button) Cursor() desktop.Cursor {
	if b.kind == Quiet && !b.Disabled() {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// inks are the colours of text, fill and border as the button is now.
func (b *Button) inks() (text, fill, border ink.Ink) {
	switch b.kind {
	case Primary:
		text, fill = ink.OnAccent, ink.Accent
	case Quiet:
		text = ink.Accent
	case Danger:
		text, border = ink.Error, ink.Line
	default:
		text, border = ink.Text, ink.Line
	}
	if b.Disabled() {
		text = ink.Faint
		if fill != ink.None {
			fill = ink.Line
		}
		return text, fill, border
	}
	if b.hovered && fill == ink.None {
		fill = ink.Hover
	}
	return text, fill, border
}

// CreateRenderer is for Fyne.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	back, ring := canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	label := NewText(b.text, Style{Align: fyne.TextAlignCenter})
	arrow := canvas.NewImageFromResource(nil)
	arrow.FillMode = canvas.ImageFillContain
	const arrowSize = 12

	r := &simpleRenderer{objects: []fyne.CanvasObject{back, label, arrow, ring}}
	r.min = func() fyne.Size {
		pad := float32(10)
		if b.kind == Quiet {
			pad = 4
		}
		w := label.MinSize().Width + 2*pad
		if b.menu {
			w += arrowSize + 2
		}
		return fyne.NewSize(w, max(control, label.MinSize().Height+6))
	}
	r.layout = func(s fyne.Size) {
		back.Resize(s)
		ring.Resize(s)
		h := label.MinSize().Height
		w := s.Width
		if b.menu {
			w -= arrowSize - 2
			arrow.Resize(fyne.NewSquareSize(arrowSize))
			arrow.Move(fyne.NewPos(w/2+label.MinSize().Width/2+2, (s.Height-arrowSize)/2+0.5))
		}
		label.Resize(fyne.NewSize(w, h))
		label.Move(fyne.NewPos(0, (s.Height-h)/2))
	}
	r.refresh = func() {
		text, fill, border := b.inks()
		back.CornerRadius = radius
		back.FillColor = Color(fill)
		if b.kind == Primary && b.hovered && !b.Disabled() {
			back.FillColor = mix(NRGBA(ink.Accent), NRGBA(ink.Text), hoverShare)
		}
		back.StrokeColor = Color(border)
		back.StrokeWidth = 0
		if border != ink.None {
			back.StrokeWidth = lineWidth
		}
		label.SetText(b.text)
		label.SetInk(text)
		arrow.Hidden = !b.menu
		if b.menu {
			arrow.Resource = InkedIcon("chevron-down", text)
			arrow.Refresh()
		}
		drawFocus(ring, b.focused, b.kind == Primary)
		r.layout(b.Size())
		back.Refresh()
	}
	r.refresh()
	return r
}

// NewMenuButton returns a button with a ▾ that opens a menu below itself. menu is asked each time; nil opens nothing.
func NewMenuButton(text string, k Kind, menu func() *fyne.Menu) *Button {
	b := NewButton(text, k, nil)
	b.menu = true
	b.tapped = func() { openMenu(b, menu()) }
	return b
}

func openMenu(below fyne.CanvasObject, m *fyne.Menu) {
	c := fyne.CurrentApp().Driver().CanvasForObject(below)
	if m == nil || c == nil {
		return
	}
	widget.NewPopUpMenu(m, c).ShowAtRelativePosition(fyne.NewPos(0, below.Size().Height+2), below)
}
