package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/keys"
)

// Reader is a page that scrolls where it is too high, by the wheel and, while it has the focus, by key.
type Reader struct {
	widget.BaseWidget
	scroll *container.Scroll
}

// NewReader returns a page with a content.
func NewReader(content fyne.CanvasObject) *Reader {
	r := &Reader{scroll: container.NewVScroll(content)}
	r.ExtendBaseWidget(r)
	return r
}

// ScrollToTop goes to the beginning.
func (r *Reader) ScrollToTop() { r.scroll.ScrollToTop() }

// lineStep is how far an arrow scrolls, in Fyne units.
const lineStep = 40

// TypedKey scrolls. Other keys are the window's.
func (r *Reader) TypedKey(e *fyne.KeyEvent) {
	page := max(lineStep, r.Size().Height-lineStep)
	switch e.Name {
	case fyne.KeyUp:
		r.by(-lineStep)
	case fyne.KeyDown:
		r.by(lineStep)
	case fyne.KeyPageUp:
		r.by(-page)
	case fyne.KeyPageDown:
		r.by(page)
	case fyne.KeyHome:
		r.scroll.ScrollToTop()
	case fyne.KeyEnd:
		r.scroll.ScrollToBottom()
	default:
		keys.PassFocused(e)
	}
}

func (r *Reader) by(units float32) {
	r.scroll.ScrollToOffset(fyne.NewPos(0, r.scroll.Offset.Y+units))
}

// FocusGained is for Fyne.
func (r *Reader) FocusGained() {}

// FocusLost is for Fyne.
func (r *Reader) FocusLost() {}

// TypedRune is for Fyne.
func (r *Reader) TypedRune(rune) {}

// CreateRenderer is for Fyne.
func (r *Reader) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.scroll) }
