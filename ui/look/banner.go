package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
)

// Banner is a line across a page that tells something and may offer to do something about it. Its ✕ hides it.
type Banner struct {
	widget.BaseWidget

	// OnClosed, if set, is told that the user has closed the banner.
	OnClosed func()

	text  *Paragraph
	bar   fyne.CanvasObject
	inner *fyne.Container
}

// NewBanner returns a banner with a bar in ink i and buttons before its ✕.
func NewBanner(i ink.Ink, text string, buttons ...*Button) *Banner {
	b := &Banner{text: NewParagraph(text, Style{})}
	b.bar = newSurface(&surface{fill: i})
	row := []fyne.CanvasObject{Grow(Middle(b.text))}
	for _, button := range buttons {
		row = append(row, button)
	}
	row = append(row, NewIconButton(InkedIcon("close", ink.Dim), "✕", b.Close))
	b.inner = Pad(6, 8, 6, 16, Row(8, row...))
	b.ExtendBaseWidget(b)
	return b
}

// Close is what the ✕ does.
func (b *Banner) Close() {
	b.Hide()
	if b.OnClosed != nil {
		b.OnClosed()
	}
}

// SetText changes the text.
func (b *Banner) SetText(text string) { b.text.SetText(text) }

// CreateRenderer is for Fyne.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer {
	back := newSurface(&surface{fill: ink.Panel, border: ink.Line, radius: radius})
	return &simpleRenderer{
		objects: []fyne.CanvasObject{back, b.bar, b.inner},
		min:     b.inner.MinSize,
		layout: func(s fyne.Size) {
			back.Resize(s)
			b.bar.Resize(fyne.NewSize(3, s.Height))
			b.inner.Resize(s)
		},
		refresh: func() { canvas.Refresh(b) },
	}
}
