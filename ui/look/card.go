package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
)

// surface is a rectangle in inks behind a content.
type surface struct {
	widget.BaseWidget

	fill, border ink.Ink
	radius       float32
	content      fyne.CanvasObject // nil: none
	size         fyne.Size         // at least
}

func newSurface(s *surface) *surface {
	s.ExtendBaseWidget(s)
	return s
}

// NewCard returns a content on a panel with a border and 16 units of room around it.
func NewCard(content fyne.CanvasObject) fyne.CanvasObject {
	return newSurface(&surface{fill: ink.Panel, border: ink.Line, radius: cardRadius, content: Pad(14, 16, 14, 16, content)})
}

// Rule returns a line of one unit: across or down, as it is laid out.
func Rule() fyne.CanvasObject {
	return newSurface(&surface{fill: ink.Line, size: fyne.NewSquareSize(lineWidth)})
}

// Back returns a content on a background.
func Back(i ink.Ink, content fyne.CanvasObject) fyne.CanvasObject {
	return newSurface(&surface{fill: i, content: content})
}

func (s *surface) least() float32 {
	if s.content == nil {
		return s.size.Width
	}
	return least(s.content)
}

// CreateRenderer is for Fyne.
func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	objects := []fyne.CanvasObject{back}
	if s.content != nil {
		objects = append(objects, s.content)
	}
	r := &simpleRenderer{objects: objects}
	r.min = func() fyne.Size {
		if s.content == nil {
			return s.size
		}
		return s.content.MinSize().Max(s.size)
	}
	r.layout = func(size fyne.Size) {
		back.Resize(size)
		if s.content != nil {
			s.content.Resize(size)
		}
	}
	r.refresh = func() {
		back.FillColor = Color(s.fill)
		back.CornerRadius = s.radius
		if s.border != ink.None {
			back.StrokeColor = Color(s.border)
			back.StrokeWidth = lineWidth
		}
		back.Refresh()
	}
	r.refresh()
	return r
}
