package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Flow puts objects beside each other at the size they ask for, and below each other what has no room there. It is as
// high as it must be at the width that it was given last.
func Flow(across, down float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{across: across, down: down}, objects...)
}

type flow struct{ across, down, width float32 }

// each calls place with the place and size of each visible object at a width, and returns the height of all.
func (f *flow) each(os []fyne.CanvasObject, width float32, place func(o fyne.CanvasObject, at fyne.Position, s fyne.Size)) float32 {
	var at fyne.Position
	line := float32(0) // height of the one that is filled
	for _, o := range os {
		if !o.Visible() {
			continue
		}
		s := o.MinSize()
		if at.X > 0 && at.X+s.Width > width {
			at = fyne.NewPos(0, at.Y+line+f.down)
			line = 0
		}
		s.Width = min(s.Width, width)
		place(o, at, s)
		at.X += s.Width + f.across
		line = max(line, s.Height)
	}
	return at.Y + line
}

func (f *flow) MinSize(os []fyne.CanvasObject) (least fyne.Size) {
	width := f.width
	if width == 0 {
		width = maxWidth
	}
	least.Height = f.each(os, width, func(o fyne.CanvasObject, _ fyne.Position, _ fyne.Size) {
		least.Width = max(least.Width, min(o.MinSize().Width, 80))
	})
	return least
}

// maxWidth is more than any window has.
const maxWidth = 1 << 16

func (f *flow) Layout(os []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.each(os, size.Width, func(o fyne.CanvasObject, at fyne.Position, s fyne.Size) {
		o.Move(at)
		o.Resize(s)
	})
}
