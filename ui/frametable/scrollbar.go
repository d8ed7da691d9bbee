package frametable

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Measures in Fyne units.
const (
	barWidth      = 10
	shortestThumb = 28
)

// scrollbar is a thumb on a track. It knows nothing of rows.
type scrollbar struct {
	widget.BaseWidget
	moved      func(at float32) // by the user, to that place
	at, length float32          // of the thumb; a length of 0 hides it
	thumb      *canvas.Rectangle
	grip       float32 // where on the thumb the pointer holds it
	held, over bool
}

var (
	_ fyne.Draggable    = (*scrollbar)(nil)
	_ desktop.Mouseable = (*scrollbar)(nil)
	_ desktop.Hoverable = (*scrollbar)(nil)
)

func newScrollbar(moved func(at float32)) *scrollbar {
	b := &scrollbar{moved: moved, thumb: canvas.NewRectangle(nil)}
	b.ExtendBaseWidget(b)
	return b
}

// set moves the thumb.
func (b *scrollbar) set(at, length float32) {
	if b.at == at && b.length == length {
		return
	}
	b.at, b.length = at, length
	b.arrange()
}

func (b *scrollbar) arrange() {
	if b.length == 0 {
		b.thumb.Hide()
		return
	}
	w := float32(5)
	if b.held || b.over {
		w = 8
	}
	b.thumb.CornerRadius = w / 2
	b.thumb.Resize(fyne.NewSize(w, b.length))
	b.thumb.Move(fyne.NewPos(barWidth-1-w, b.at))
	b.thumb.Show()
}

// MouseDown is for Fyne: a click beside the thumb brings it there.
func (b *scrollbar) MouseDown(e *desktop.MouseEvent) {
	if e.Button != desktop.MouseButtonPrimary || b.length == 0 {
		return
	}
	b.held = true
	b.grip = e.Position.Y - b.at
	if b.grip < 0 || b.grip > b.length {
		b.grip = b.length / 2
		b.moved(e.Position.Y - b.grip)
	}
}

// MouseUp is for Fyne.
func (b *scrollbar) MouseUp(*desktop.MouseEvent) { b.DragEnd() }

// Dragged is for Fyne.
func (b *scrollbar) Dragged(e *fyne.DragEvent) {
	if b.length == 0 {
		return
	}
	if !b.held {
		b.held = true
		b.grip = e.Position.Y - e.Dragged.DY - b.at
	}
	b.moved(e.Position.Y - b.grip)
}

// DragEnd is for Fyne.
func (b *scrollbar) DragEnd() {
	b.held = false
	b.arrange()
}

// MouseIn is for Fyne.
func (b *scrollbar) MouseIn(*desktop.MouseEvent) {
	b.over = true
	b.arrange()
}

// MouseMoved is for Fyne.
func (b *scrollbar) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (b *scrollbar) MouseOut() {
	b.over = false
	b.arrange()
}

// CreateRenderer is for Fyne.
func (b *scrollbar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b}
	r.Refresh()
	return r
}

type barRenderer struct{ b *scrollbar }

func (r *barRenderer) Destroy()                     {}
func (r *barRenderer) Layout(fyne.Size)             { r.b.arrange() }
func (r *barRenderer) MinSize() fyne.Size           { return fyne.NewSize(barWidth, shortestThumb) }
func (r *barRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.b.thumb} }

func (r *barRenderer) Refresh() {
	r.b.thumb.FillColor = theme.Color(theme.ColorNameScrollBar)
	r.b.thumb.Refresh()
}
