package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
)

// Dot is a small disc of one colour. It never stands without a word.
type Dot struct {
	widget.BaseWidget
	ink ink.Ink
}

// NewDot returns a dot.
func NewDot(i ink.Ink) *Dot {
	d := &Dot{ink: i}
	d.ExtendBaseWidget(d)
	return d
}

// SetInk changes the colour.
func (d *Dot) SetInk(i ink.Ink) {
	if d.ink != i {
		d.ink = i
		d.Refresh()
	}
}

// CreateRenderer is for Fyne.
func (d *Dot) CreateRenderer() fyne.WidgetRenderer {
	const size = 10
	disc := canvas.NewCircle(color.Transparent)
	r := &simpleRenderer{objects: []fyne.CanvasObject{disc}}
	r.min = func() fyne.Size { return fyne.NewSquareSize(size) }
	r.layout = func(s fyne.Size) {
		disc.Move(fyne.NewPos((s.Width-size)/2, (s.Height-size)/2))
		disc.Resize(fyne.NewSquareSize(size))
	}
	r.refresh = func() {
		disc.FillColor = Color(d.ink)
		disc.Refresh()
	}
	r.refresh()
	return r
}

// State is a word beside a dot.
type State struct {
	widget.BaseWidget

	dot  *Dot
	word *Text
}

// NewState returns a state.
func NewState(i ink.Ink, word string) *State {
	s := &State{dot: NewDot(i), word: NewText(word, Style{})}
	s.ExtendBaseWidget(s)
	return s
}

// Set changes dot and word.
func (s *State) Set(i ink.Ink, word string) {
	s.dot.SetInk(i)
	if s.word.Text() != word {
		s.word.SetText(word)
		s.Refresh()
	}
}

const stateGap = 6

func (s *State) least() float32 { return s.dot.MinSize().Width + stateGap + s.word.least() }

// CreateRenderer is for Fyne.
func (s *State) CreateRenderer() fyne.WidgetRenderer {
	row := Row(stateGap, s.dot, Grow(s.word))
	return &simpleRenderer{
		objects: []fyne.CanvasObject{row},
		min: func() fyne.Size {
			return row.MinSize().Max(fyne.NewSize(s.dot.MinSize().Width+stateGap+s.word.MinSize().Width, 0))
		},
		layout:  row.Resize,
		refresh: func() { canvas.Refresh(s) },
	}
}
