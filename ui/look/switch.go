package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"culvert/ui/ink"
)

// Switch is on or off, and acts at once.
type Switch struct {
	pressable

	on, warn bool
	changed  func(on bool)
}

// NewSwitch returns a switch that is off.
func NewSwitch(changed func(on bool)) *Switch {
	s := &Switch{changed: changed}
	s.tapped = s.toggle
	s.ExtendBaseWidget(s)
	return s
}

func (s *Switch) toggle() {
	s.SetOn(!s.on)
	if s.changed != nil {
		s.changed(s.on)
	}
}

// SetOn sets the switch without telling anyone.
func (s *Switch) SetOn(on bool) {
	if s.on != on {
		s.on = on
		s.Refresh()
	}
}

// On reports whether it is on.
func (s *Switch) On() bool { return s.on }

// SetWarn shows a switch that is on in the colour of warnings: what it switched on does not work.
func (s *Switch) SetWarn(warn bool) {
	if s.warn != warn {
		s.warn = warn
		s.Refresh()
	}
}

// CreateRenderer is for Fyne.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	track, ring := canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	knob := canvas.NewCircle(color.Transparent)
	const width, height, inset = 30, 17, 2

	r := &simpleRenderer{objects: []fyne.CanvasObject{ring, track, knob}}
	r.min = func() fyne.Size { return fyne.NewSize(width, height) }
	r.layout = func(size fyne.Size) {
		x, y := float32(0), (size.Height-height)/2
		track.Move(fyne.NewPos(x, y))
		track.Resize(fyne.NewSize(width, height))
		ring.Move(fyne.NewPos(x-3, y-3))
		ring.Resize(fyne.NewSize(width+6, height+6))
		if s.on {
			x += width - height
		}
		knob.Move(fyne.NewPos(x+inset, y+inset))
		knob.Resize(fyne.NewSquareSize(height - 2*inset))
	}
	r.refresh = func() {
		fill := ink.Faint
		switch {
		case s.Disabled():
			fill = ink.Line
		case s.on && s.warn:
			fill = ink.Warning
		case s.on:
			fill = ink.Accent
		}
		track.FillColor = Color(fill)
		if s.hovered && !s.Disabled() {
			track.FillColor = mix(NRGBA(fill), NRGBA(ink.Text), hoverShare)
		}
		track.CornerRadius = height / 2.0
		knob.FillColor = rgb(0xffffff)
		if s.Disabled() {
			knob.FillColor = Color(ink.Faint)
		}
		drawRing(ring, s.focused)
		ring.CornerRadius = height/2.0 + 3
		r.layout(s.Size())
		track.Refresh()
		knob.Refresh()
	}
	r.refresh()
	return r
}
