package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Pad puts room around an object.
func Pad(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&padding{top, right, bottom, left}, o)
}

type padding struct{ top, right, bottom, left float32 }

func (p *padding) MinSize(os []fyne.CanvasObject) fyne.Size {
	return os[0].MinSize().AddWidthHeight(p.left+p.right, p.top+p.bottom)
}

func (p *padding) Layout(os []fyne.CanvasObject, s fyne.Size) {
	os[0].Move(fyne.NewPos(p.left, p.top))
	os[0].Resize(s.SubtractWidthHeight(p.left+p.right, p.top+p.bottom))
}

// Fixed gives an object a size of its own: at least, where the layout around it hands out more. A zero leaves that
// direction to the object.
func Fixed(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&fixed{w, h}, o)
}

type fixed struct{ w, h float32 }

func (f *fixed) MinSize(os []fyne.CanvasObject) fyne.Size {
	s := fyne.NewSize(f.w, f.h)
	if f.w == 0 {
		s.Width = os[0].MinSize().Width
	}
	if f.h == 0 {
		s.Height = os[0].MinSize().Height
	}
	return s
}

func (f *fixed) Layout(os []fyne.CanvasObject, s fyne.Size) {
	os[0].Move(fyne.Position{})
	os[0].Resize(s)
}

// Center puts an object into the middle, at the size it asks for.
func Center(o fyne.CanvasObject) *fyne.Container { return container.NewCenter(o) }

// Grow marks the object of a Row or a Column that takes the room that is left; several share it evenly. Text in it is
// cut where there is too little.
func Grow(o fyne.CanvasObject) *fyne.Container { return container.New(&grow{}, o) }

// Spacer is room that grows.
func Spacer() *fyne.Container { return container.New(&grow{}) }

type grow struct{}

func (*grow) MinSize(os []fyne.CanvasObject) fyne.Size {
	if len(os) == 0 {
		return fyne.Size{}
	}
	return fyne.NewSize(least(os[0]), os[0].MinSize().Height)
}

func (*grow) Layout(os []fyne.CanvasObject, s fyne.Size) {
	for _, o := range os {
		o.Move(fyne.Position{})
		o.Resize(s)
	}
}

// least is the width below which an object cannot be squeezed, where text in it may be cut.
func least(o fyne.CanvasObject) float32 {
	switch o := o.(type) {
	case interface{ least() float32 }:
		return o.least()
	case *fyne.Container:
		if l, ok := o.Layout.(*line); ok {
			return l.least(o.Objects)
		}
		if p, ok := o.Layout.(*padding); ok {
			return least(o.Objects[0]) + p.left + p.right
		}
		if _, ok := o.Layout.(middle); ok {
			return least(o.Objects[0])
		}
	}
	return o.MinSize().Width
}

// below is how much of an object is beneath what stands in line with the other objects of a row: a field's problem.
func below(o fyne.CanvasObject) float32 {
	switch o := o.(type) {
	case *Field:
		return o.problemHeight()
	case *fyne.Container:
		if len(o.Objects) == 1 {
			return below(o.Objects[0])
		}
	}
	return 0
}

func grows(o fyne.CanvasObject) bool {
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	_, ok = c.Layout.(*grow)
	return ok
}

// Row puts objects beside each other, in the middle of the row's height, with a gap between the visible ones. What
// grows gets the row's whole height.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&line{gap: gap}, objects...)
}

// Column puts objects below each other, each as wide as the column.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&line{gap: gap, down: true}, objects...)
}

type line struct {
	gap  float32
	down bool
}

func (l *line) least(os []fyne.CanvasObject) (w float32) {
	n := 0
	for _, o := range os {
		switch {
		case !o.Visible():
		case l.down:
			w = max(w, least(o))
		default:
			w += least(o)
			n++
		}
	}
	if n > 1 {
		w += l.gap * float32(n-1)
	}
	return w
}

// along swaps width and height for a column, so that the rest need only think of rows.
func (l *line) along(s fyne.Size) fyne.Size {
	if l.down {
		return fyne.NewSize(s.Height, s.Width)
	}
	return s
}

func (l *line) MinSize(os []fyne.CanvasObject) fyne.Size {
	var sum fyne.Size
	n := 0
	for _, o := range os {
		if !o.Visible() {
			continue
		}
		m := l.along(o.MinSize())
		sum.Width += m.Width
		sum.Height = max(sum.Height, m.Height)
		n++
	}
	if n > 1 {
		sum.Width += l.gap * float32(n-1)
	}
	return l.along(sum)
}

func (l *line) Layout(os []fyne.CanvasObject, size fyne.Size) {
	if l.down {
		// How high an object must be may depend on its width.
		for _, o := range os {
			if o.Visible() && o.Size().Width != size.Width {
				o.Resize(fyne.NewSize(size.Width, o.Size().Height))
			}
		}
	}
	room := l.along(size)
	rest := room.Width - l.along(l.MinSize(os)).Width
	growing, under := 0, float32(0)
	for _, o := range os {
		if o.Visible() && grows(o) {
			growing++
		}
		if o.Visible() {
			under = max(under, below(o))
		}
	}
	if growing > 0 {
		rest = max(rest, 0) / float32(growing)
	}
	x := float32(0)
	for _, o := range os {
		if !o.Visible() {
			continue
		}
		s := l.along(o.MinSize())
		y := float32(0)
		switch {
		case grows(o):
			s.Width += rest
			s.Height = room.Height
		case l.down:
			s.Height = room.Height
		default:
			y = max(0, (room.Height-under-s.Height)/2)
			if below(o) > 0 {
				y = (room.Height - s.Height) / 2
			}
		}
		at := l.along(fyne.NewSize(x, y))
		o.Move(fyne.NewPos(at.Width, at.Height))
		o.Resize(l.along(s))
		x += s.Width + l.gap
	}
}

// Middle lays an object out in the middle of the height that there is, at the height that it asks for: a paragraph in
// Grow.
func Middle(o fyne.CanvasObject) *fyne.Container { return container.New(middle{}, o) }

type middle struct{}

func (middle) MinSize(os []fyne.CanvasObject) fyne.Size { return os[0].MinSize() }

func (middle) Layout(os []fyne.CanvasObject, s fyne.Size) {
	os[0].Resize(fyne.NewSize(s.Width, os[0].Size().Height)) // it wraps, and then knows its height
	h := os[0].MinSize().Height
	os[0].Move(fyne.NewPos(0, (s.Height-h)/2))
	os[0].Resize(fyne.NewSize(s.Width, h))
}
