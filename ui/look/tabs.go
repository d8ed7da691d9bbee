package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
)

// Tabs are titles beside each other, one of them underlined. They hold no pages: they tell which was chosen.
type Tabs struct {
	widget.BaseWidget

	titles   []string
	selected int
	hovered  int // -1: none
	focused  bool
	changed  func(i int)
}

const (
	tabGap    = 18
	tabHeight = 36
)

// NewTabs returns tabs with the first selected.
func NewTabs(changed func(i int), titles ...string) *Tabs {
	t := &Tabs{titles: titles, changed: changed, hovered: -1}
	t.ExtendBaseWidget(t)
	return t
}

// Select chooses the tab i and tells so, if it was not chosen before.
func (t *Tabs) Select(i int) {
	if i < 0 || i >= len(t.titles) || i == t.selected {
		return
	}
	t.selected = i
	t.Refresh()
	if t.changed != nil {
		t.changed(i)
	}
}

// Selected returns which tab is chosen.
func (t *Tabs) Selected() int { return t.selected }

// SetTitle changes the title of tab i.
func (t *Tabs) SetTitle(i int, title string) {
	if t.titles[i] != title {
		t.titles[i] = title
		t.Refresh()
	}
}

// Tapped is for Fyne.
func (t *Tabs) Tapped(e *fyne.PointEvent) { t.Select(t.at(e.Position.X)) }

// MouseIn is for Fyne.
func (t *Tabs) MouseIn(e *desktop.MouseEvent) { t.hover(t.at(e.Position.X)) }

// MouseMoved is for Fyne.
func (t *Tabs) MouseMoved(e *desktop.MouseEvent) { t.hover(t.at(e.Position.X)) }

// MouseOut is for Fyne.
func (t *Tabs) MouseOut() { t.hover(-1) }

func (t *Tabs) hover(i int) {
	if t.hovered != i {
		t.hovered = i
		t.Refresh()
	}
}

// FocusGained is for Fyne.
func (t *Tabs) FocusGained() { t.focused = true; t.Refresh() }

// FocusLost is for Fyne.
func (t *Tabs) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune is for Fyne.
func (t *Tabs) TypedRune(rune) {}

// TypedKey moves with the arrows, Home and End.
func (t *Tabs) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		t.Select(t.selected - 1)
	case fyne.KeyRight:
		t.Select(t.selected + 1)
	case fyne.KeyHome:
		t.Select(0)
	case fyne.KeyEnd:
		t.Select(len(t.titles) - 1)
	}
}

// at returns the tab at x, half of the gaps beside it included; -1 if there is none.
func (t *Tabs) at(x float32) int {
	right := float32(-tabGap / 2)
	if x < right {
		return -1
	}
	for i, title := range t.titles {
		right += tabWidth(title) + tabGap
		if x < right {
			return i
		}
	}
	return -1
}

func tabWidth(title string) float32 {
	return measure{size: tabSize.units()}.width(title)
}

// CreateRenderer is for Fyne.
func (t *Tabs) CreateRenderer() fyne.WidgetRenderer {
	under, ring := canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	labels := make([]*Text, len(t.titles))
	objects := []fyne.CanvasObject{under, ring}
	for i := range labels {
		labels[i] = NewText("", Style{Size: tabSize})
		objects = append(objects, labels[i])
	}
	r := &simpleRenderer{objects: objects}
	r.min = func() fyne.Size {
		w := float32(0)
		for i, title := range t.titles {
			if i > 0 {
				w += tabGap
			}
			w += tabWidth(title)
		}
		return fyne.NewSize(w, tabHeight)
	}
	r.layout = func(s fyne.Size) {
		x := float32(0)
		for i, l := range labels {
			m := l.MinSize()
			l.Move(fyne.NewPos(x, (s.Height-m.Height)/2))
			l.Resize(m)
			if i == t.selected {
				under.Move(fyne.NewPos(x, s.Height-2))
				under.Resize(fyne.NewSize(m.Width, 2))
				ring.Move(fyne.NewPos(x-6, (s.Height-m.Height)/2-3))
				ring.Resize(m.AddWidthHeight(12, 6))
			}
			x += m.Width + tabGap
		}
	}
	r.refresh = func() {
		for i, l := range labels {
			l.SetText(t.titles[i])
			if i == t.selected || i == t.hovered {
				l.SetInk(ink.Text)
			} else {
				l.SetInk(ink.Dim)
			}
		}
		under.FillColor = Color(ink.Accent)
		drawRing(ring, t.focused)
		r.layout(t.Size())
		under.Refresh()
	}
	r.refresh()
	return r
}
