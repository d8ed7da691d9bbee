package editor

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/keys"
)

// input is where one value is written. What means nothing to a text goes to the page: Fyne gives shortcuts to what has
// the focus alone.
type input struct {
	widget.Entry

	page    *Page
	entered func() // Enter; nil: to the next input
	emptied func() // Backspace in an empty text; nil: nothing
}

// newInput returns an empty input. placeholder is what an empty one means.
func newInput(p *Page, mono bool, placeholder string, changed func()) *input {
	i := &input{page: p}
	i.ExtendBaseWidget(i)
	i.TextStyle.Monospace = mono
	i.Scroll = fyne.ScrollHorizontalOnly
	i.SetPlaceHolder(placeholder)
	i.OnChanged = func(string) { changed() }
	return i
}

// object is the input with what it is shown in.
func (i *input) object() fyne.CanvasObject { return container.NewStack(i, newWheel(i.page)) }

// wheel lies over an input and scrolls the form. Fyne gives the wheel to the innermost thing that scrolls, which would be
// the one line of the input; everything else goes through to it.
type wheel struct {
	widget.BaseWidget
	page *Page
}

func newWheel(p *Page) *wheel {
	w := &wheel{page: p}
	w.ExtendBaseWidget(w)
	return w
}

// Scrolled is for Fyne.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) { w.page.scroll.Scrolled(e) }

// CreateRenderer is for Fyne.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// TypedKey is for Fyne.
func (i *input) TypedKey(k *fyne.KeyEvent) {
	switch {
	case k.Name == fyne.KeyEscape:
		i.page.cancel()
	case k.Name == fyne.KeyBackspace && i.Text == "" && i.emptied != nil:
		i.emptied()
	case k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter:
		if i.entered != nil {
			i.entered()
		} else if c := canvasOf(i); c != nil {
			c.FocusNext()
		}
	default:
		i.Entry.TypedKey(k)
	}
}

// TypedShortcut is for Fyne.
func (i *input) TypedShortcut(s fyne.Shortcut) {
	switch {
	case keys.OfText(s):
		i.Entry.TypedShortcut(s)
	case !i.page.shortcut(s):
		keys.Pass(i, s)
	}
}

// FocusGained brings the input into view, which Fyne does not.
func (i *input) FocusGained() {
	i.Entry.FocusGained()
	i.page.bringIntoView(i)
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// focus gives an input the keyboard.
func focus(i *input) {
	if c := canvasOf(i); c != nil {
		c.Focus(i)
	}
}
