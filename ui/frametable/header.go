package frametable

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/look"
)

// header is the line of the columns' titles. Between two of them is a divider that can be dragged; the dividers show
// while the pointer is over the header.
type header struct {
	widget.BaseWidget
	table    *Table
	titles   []*look.Text
	dividers []*canvas.Rectangle
	line     *canvas.Rectangle
	focused  bool

	dragging bool
	divider  int     // that is dragged, or under the pointer
	over     bool    // the pointer is on it
	offset   float32 // of the pointer from the divider when the drag began
}

var (
	_ fyne.Draggable     = (*header)(nil)
	_ desktop.Hoverable  = (*header)(nil)
	_ desktop.Cursorable = (*header)(nil)
)

func newHeader(t *Table) *header {
	h := &header{table: t, line: canvas.NewRectangle(nil)}
	for i := range t.columns.list {
		c := &t.columns.list[i]
		style := look.Style{Ink: ink.Dim, Size: look.Small, Mono: true, Min: 1}
		if c.Right {
			style.Align = fyne.TextAlignTrailing
		}
		h.titles = append(h.titles, look.NewText(c.Title, style))
		if i > 0 {
			d := canvas.NewRectangle(nil)
			d.Hide()
			h.dividers = append(h.dividers, d)
		}
	}
	h.ExtendBaseWidget(h)
	return h
}

// arrange places the titles and dividers as the columns lie.
func (h *header) arrange() {
	size := h.Size()
	for i, title := range h.titles {
		s := h.table.columns.spans[i]
		title.Resize(fyne.NewSize(s.w, size.Height-1))
		title.Move(fyne.NewPos(s.x, 0))
	}
	for i, d := range h.dividers {
		d.Resize(fyne.NewSize(1, size.Height-10))
		d.Move(fyne.NewPos(h.table.columns.dividerX(i), 5))
	}
	h.line.Resize(fyne.NewSize(size.Width, 1))
	h.line.Move(fyne.NewPos(0, size.Height-1))
}

func (h *header) setFocused(on bool) {
	h.focused = on
	h.paint()
	h.line.Refresh()
}

func (h *header) paint() {
	h.line.FillColor = look.Color(ink.Line)
	if h.focused {
		h.line.FillColor = look.Color(ink.Accent)
	}
	for _, d := range h.dividers {
		d.FillColor = look.Color(ink.Line)
	}
}

// Cursor is for Fyne.
func (h *header) Cursor() desktop.Cursor {
	if h.over || h.dragging {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}

// MouseIn is for Fyne.
func (h *header) MouseIn(e *desktop.MouseEvent) {
	for _, d := range h.dividers {
		d.Show()
	}
	h.MouseMoved(e)
}

// MouseMoved is for Fyne.
func (h *header) MouseMoved(e *desktop.MouseEvent) {
	if !h.dragging {
		h.divider, h.over = h.table.columns.divider(e.Position.X)
	}
}

// MouseOut is for Fyne.
func (h *header) MouseOut() {
	h.over = false
	for _, d := range h.dividers {
		d.Hide()
	}
}

// Dragged is for Fyne.
func (h *header) Dragged(e *fyne.DragEvent) {
	c := &h.table.columns
	if !h.dragging {
		start := e.Position.X - e.Dragged.DX
		i, ok := c.divider(start)
		if !ok {
			return
		}
		h.dragging, h.divider, h.offset = true, i, start-c.dividerX(i)
	}
	c.drag(h.divider, e.Position.X-h.offset)
	h.table.arrange()
}

// DragEnd is for Fyne.
func (h *header) DragEnd() {
	if h.dragging && h.table.OnWidths != nil {
		h.table.OnWidths()
	}
	h.dragging = false
}

// CreateRenderer is for Fyne.
func (h *header) CreateRenderer() fyne.WidgetRenderer {
	h.paint()
	return &headerRenderer{h}
}

type headerRenderer struct{ h *header }

func (r *headerRenderer) Destroy()           {}
func (r *headerRenderer) Layout(fyne.Size)   { r.h.arrange() }
func (r *headerRenderer) MinSize() fyne.Size { return fyne.NewSize(0, headerHeight) }

func (r *headerRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.h.line}
	for _, t := range r.h.titles {
		objects = append(objects, t)
	}
	for _, d := range r.h.dividers {
		objects = append(objects, d)
	}
	return objects
}

func (r *headerRenderer) Refresh() {
	r.h.paint()
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
