package sidebar

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"culvert/ui/ink"
	"culvert/ui/look"
)

// toggle draws a switch. It is part of a row, which takes its taps: the keyboard reaches it through the list, as one
// stop of the Tab key however many projects there are.
type toggle struct {
	track *canvas.Rectangle
	knob  *canvas.Circle
	size  fyne.Size
	at    fyne.Position
}

func newToggle(size fyne.Size) *toggle {
	return &toggle{track: canvas.NewRectangle(nil), knob: canvas.NewCircle(nil), size: size}
}

func (t *toggle) objects() []fyne.CanvasObject { return []fyne.CanvasObject{t.track, t.knob} }

// paint shows the switch on or off, on in the colour i.
func (t *toggle) paint(on bool, i ink.Ink) {
	const inset = 2
	if !on {
		i = ink.Faint
	}
	t.track.FillColor = look.Color(i)
	t.track.CornerRadius = t.size.Height / 2
	t.track.Resize(t.size)
	t.track.Move(t.at)
	t.knob.FillColor = color.White
	x := t.at.X + inset
	if on {
		x += t.size.Width - t.size.Height
	}
	t.knob.Move(fyne.NewPos(x, t.at.Y+inset))
	t.knob.Resize(fyne.NewSquareSize(t.size.Height - 2*inset))
	t.track.Refresh()
	t.knob.Refresh()
}
