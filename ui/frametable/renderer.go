package frametable

import "fyne.io/fyne/v2"

// CreateRenderer is for Fyne.
func (t *Table) CreateRenderer() fyne.WidgetRenderer { return &renderer{t} }

// renderer lays the rows below the header, and the rest over the rows.
type renderer struct{ t *Table }

func (r *renderer) Destroy() {}

func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(200, headerHeight+3*rowHeight) }

func (r *renderer) Objects() []fyne.CanvasObject {
	t := r.t
	return []fyne.CanvasObject{t.header, t.raster, t.empty, t.bar, t.pill}
}

func (r *renderer) Layout(size fyne.Size) {
	t := r.t
	body := fyne.NewSize(size.Width, max(0, size.Height-headerHeight))
	t.columns.layout(size.Width)
	t.header.Resize(fyne.NewSize(size.Width, headerHeight))
	t.header.arrange()
	t.raster.Move(fyne.NewPos(0, headerHeight))
	t.empty.Resize(body)
	t.empty.Move(fyne.NewPos(0, headerHeight))
	t.bar.Move(fyne.NewPos(size.Width-barWidth, headerHeight))
	t.bar.Resize(fyne.NewSize(barWidth, body.Height))
	t.painter.forget()
	t.raster.Resize(body)
	// The picture will tell the pixels. Until then the view must know its size to be scrolled.
	t.scroll.resize(int64(max(1, t.painter.pixels(rowHeight))), int64(t.painter.pixels(body.Height)))
	if t.follow.on {
		t.scroll.toEnd()
	}
	t.placePill()
	t.overlay()
}

func (r *renderer) Refresh() {
	t := r.t
	t.painter.restyle()
	t.header.Refresh()
	t.empty.Refresh()
	t.bar.Refresh()
	t.pill.Refresh()
	t.redraw()
}

// placePill puts the pill over the end of the rows.
func (t *Table) placePill() {
	size, min := t.Size(), t.pill.MinSize()
	t.pill.Resize(min)
	t.pill.Move(fyne.NewPos((size.Width-min.Width)/2, size.Height-min.Height-10))
}
