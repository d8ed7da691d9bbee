package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
)

// Banner is a line across a page that tells something and may offer to do something about it. Its ✕ hides it.
type Banner struct {
	widget.BaseWidget

	// OnClosed, if set, is told that the user has closed the banner.
	OnClosed func()

	text    *Text
	content fyne.CanvasObject
}

// NewBanner returns a banner with a bar in ink i. action is the text of its button; "" for none.
func NewBanner(i ink.Ink, text, action string, tapped func()) *Banner {
	b := &Banner{text: NewText(text, Style{})}
	row := []fyne.CanvasObject{Fixed(3, 0, Back(i, Spacer())), Grow(b.text)}
	if action != "" {
		row = append(row, NewButton(action, Plain, tapped))
	}
	row = append(row, NewIconButton(Icon("close"), "", b.close))
	b.content = Back(ink.Panel, Row(8, row...))
	b.ExtendBaseWidget(b)
	return b
}

func (b *Banner) close() {
	b.Hide()
	if b.OnClosed != nil {
		b.OnClosed()
	}
}

// SetText changes the text.
func (b *Banner) SetText(text string) { b.text.SetText(text) }

// CreateRenderer is for Fyne.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.content) }
