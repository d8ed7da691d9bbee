package inspector

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// filterLayout lays out three things beside each other: chips, the query, buttons. The query takes what is left; in a
// narrow window the chips give way, and can be scrolled.
type filterLayout struct {
	gap          float32
	chips, query float32 // least widths
}

// newFilterRow returns chips, query and buttons beside each other.
func newFilterRow(chips, query, buttons fyne.CanvasObject) *fyne.Container {
	return container.New(&filterLayout{gap: 5, chips: 96, query: 150}, container.NewHScroll(chips), query, buttons)
}

// MinSize is for Fyne.
func (l *filterLayout) MinSize(os []fyne.CanvasObject) (s fyne.Size) {
	for _, o := range os {
		s.Height = max(s.Height, natural(o).Height)
	}
	s.Width = l.chips + l.query + os[2].MinSize().Width + 2*l.gap
	return s
}

// Layout is for Fyne.
func (l *filterLayout) Layout(os []fyne.CanvasObject, size fyne.Size) {
	chips, buttons := natural(os[0]).Width, os[2].MinSize().Width
	rest := size.Width - buttons - 2*l.gap
	chips = max(min(chips, rest-l.query), l.chips)
	x := float32(0)
	for i, w := range [...]float32{chips, rest - chips, buttons} {
		h := natural(os[i]).Height
		os[i].Move(fyne.NewPos(x, (size.Height-h)/2))
		os[i].Resize(fyne.NewSize(w, h))
		x += w + l.gap
	}
}

// natural is the size that an object has where there is room: what can be scrolled asks for less.
func natural(o fyne.CanvasObject) fyne.Size {
	if s, ok := o.(*container.Scroll); ok {
		return s.Content.MinSize()
	}
	return o.MinSize()
}
