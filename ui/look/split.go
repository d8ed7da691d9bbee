package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
)

// Side is one of the two parts of a Split.
type Side uint8

// The sides.
const (
	Leading  Side = iota // left or above
	Trailing             // right or below
)

// Split is two parts with a line between them that can be dragged. One part keeps its extent when the window grows.
type Split struct {
	widget.BaseWidget

	// Fixed is the part that keeps its extent: its width or its height in Fyne units. Where there is too little room it
	// is shown smaller, and comes back with the room. Refresh after changing them.
	Fixed  Side
	Extent float32
	// OnChanged, if set, is told the new Extent when the user has changed it.
	OnChanged func(extent float32)

	horizontal bool
	parts      [2]fyne.CanvasObject
}

// NewSplit returns a split: horizontal has its parts beside each other.
func NewSplit(horizontal bool, a, b fyne.CanvasObject) *Split {
	s := &Split{horizontal: horizontal, parts: [2]fyne.CanvasObject{a, b}, Extent: 248}
	s.ExtendBaseWidget(s)
	return s
}

// along swaps width and height for parts below each other, so that the rest need only think of parts beside each other.
func (s *Split) along(size fyne.Size) fyne.Size {
	if s.horizontal {
		return size
	}
	return fyne.NewSize(size.Height, size.Width)
}

// shown is the extent of the fixed part in a split of size room, by what both parts need at least.
func (s *Split) shown(room fyne.Size) float32 {
	total := s.along(room).Width - lineWidth
	own, other := s.parts[s.Fixed], s.parts[1-s.Fixed]
	need := func(o fyne.CanvasObject) float32 {
		if !o.Visible() {
			return 0
		}
		return s.along(o.MinSize()).Width
	}
	return max(min(s.Extent, total-need(other)), need(own), 0)
}

func (s *Split) drag(by float32) {
	if s.Fixed == Trailing {
		by = -by
	}
	from := s.shown(s.Size())
	s.Extent = from + by
	if s.Extent = s.shown(s.Size()); s.Extent != from {
		s.Refresh()
	}
}

func (s *Split) dragged() {
	if s.OnChanged != nil {
		s.OnChanged(s.Extent)
	}
}

// CreateRenderer is for Fyne.
func (s *Split) CreateRenderer() fyne.WidgetRenderer {
	line := &divider{split: s}
	line.ExtendBaseWidget(line)
	r := &simpleRenderer{objects: []fyne.CanvasObject{s.parts[0], s.parts[1], line}}
	r.min = func() fyne.Size {
		sum := fyne.NewSize(lineWidth, 0)
		for _, o := range s.parts {
			if o.Visible() {
				m := s.along(o.MinSize())
				sum = fyne.NewSize(sum.Width+m.Width, max(sum.Height, m.Height))
			}
		}
		return s.along(sum)
	}
	r.layout = func(size fyne.Size) {
		room := s.along(size)
		line.Hidden = !s.parts[0].Visible() || !s.parts[1].Visible()
		if line.Hidden {
			for _, o := range s.parts {
				o.Move(fyne.Position{})
				o.Resize(size)
			}
			return
		}
		first := s.shown(size)
		if s.Fixed == Trailing {
			first = room.Width - lineWidth - first
		}
		place := func(o fyne.CanvasObject, from, to float32) {
			at := s.along(fyne.NewSize(from, 0))
			o.Move(fyne.NewPos(at.Width, at.Height))
			o.Resize(s.along(fyne.NewSize(max(to-from, 0), room.Height)))
		}
		place(s.parts[0], 0, first)
		place(s.parts[1], first+lineWidth, room.Width)
		place(line, first-grip, first+lineWidth+grip)
	}
	r.refresh = func() {
		r.layout(s.Size())
		line.Refresh()
		canvas.Refresh(s)
	}
	return r
}

// grip is how far beside the line it can be taken hold of.
const grip = 3

// divider is the line of a Split.
type divider struct {
	widget.BaseWidget

	split   *Split
	hovered bool
	moved   bool
}

// Dragged is for Fyne.
func (d *divider) Dragged(e *fyne.DragEvent) {
	d.moved = true
	d.split.drag(d.split.along(fyne.NewSize(e.Dragged.DX, e.Dragged.DY)).Width)
}

// DragEnd is for Fyne.
func (d *divider) DragEnd() {
	if d.moved {
		d.moved = false
		d.split.dragged()
	}
}

// MouseIn is for Fyne.
func (d *divider) MouseIn(*desktop.MouseEvent) { d.hovered = true; d.Refresh() }

// MouseMoved is for Fyne.
func (d *divider) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (d *divider) MouseOut() { d.hovered = false; d.Refresh() }

// Cursor is the double arrow.
func (d *divider) Cursor() desktop.Cursor {
	if d.split.horizontal {
		return desktop.HResizeCursor
	}
	return desktop.VResizeCursor
}

// CreateRenderer is for Fyne.
func (d *divider) CreateRenderer() fyne.WidgetRenderer {
	line := canvas.NewRectangle(color.Transparent)
	r := &simpleRenderer{objects: []fyne.CanvasObject{line}}
	r.layout = func(size fyne.Size) {
		room, thick := d.split.along(size), float32(lineWidth)
		at := d.split.along(fyne.NewSize((room.Width-thick)/2, 0))
		line.Move(fyne.NewPos(at.Width, at.Height))
		line.Resize(d.split.along(fyne.NewSize(thick, room.Height)))
	}
	r.refresh = func() {
		line.FillColor = Color(ink.Line)
		if d.hovered {
			line.FillColor = Color(ink.Accent)
		}
		line.Refresh()
	}
	r.refresh()
	return r
}
