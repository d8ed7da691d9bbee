package glyph

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
)

// probe is drawn before every glyph: Fyne moves a line down where one of its faces needs the room, and the foot of the
// probe tells by how much.
const probe = "H"

// stencil makes shapes by letting Fyne draw a text in white on nothing, so that they come from the face that Fyne
// itself would take, and look as its own text does.
type stencil struct {
	scale  float32
	size   float32
	bold   bool
	text   *canvas.Text
	canvas software.WindowlessCanvas

	probeW float32 // advance of the probe in pixels
	foot   int     // row of the probe's foot in a line without other faces
}

func newStencil(size, scale float32) *stencil {
	s := &stencil{size: size, scale: scale, text: canvas.NewText(probe, color.White)}
	s.text.TextStyle = fyne.TextStyle{Monospace: true}
	s.text.TextSize = size
	s.canvas = software.NewTransparentCanvas()
	s.canvas.SetPadded(false)
	s.canvas.SetScale(scale)
	s.canvas.SetContent(container.NewWithoutLayout(s.text))
	s.canvas.Resize(fyne.NewSize(size*2.6, size*1.9)) // the probe, two cells, and what sticks out of them
	s.probeW = s.advance(probe)
	s.foot = foot(s.draw(probe, size), int(s.probeW))
	return s
}

// cell returns the size of a cell in pixels.
func (s *stencil) cell() (w, h int) {
	line, _ := fyne.CurrentApp().Driver().RenderedTextSize(probe, s.size, s.text.TextStyle, nil)
	return max(1, round(s.probeW)), max(1, round(line.Height*s.scale))
}

// cut makes the shape of text for a place of so many cells.
func (s *stencil) cut(text string, cells, cellW int) *shape {
	room := float32(cells * cellW)
	advance := s.advance(text)
	size := s.size
	switch fit := room / advance; {
	case fit < 0.87: // from a wider face: smaller, but not too small to be read
		size *= max(0.75, fit)
	case cells > 1: // wide runes are a little narrower than two cells
		size *= min(max(1, fit), 1.1)
	}
	advance *= size / s.size
	x := int(s.probeW * size / s.size) // Fyne cuts off the fraction
	img := s.draw(probe+text, size)
	down := s.foot - foot(img, x)
	if s.bold {
		embolden(img, x, max(1, round(s.scale*s.size/20)))
	}
	return trim(img, x, round((room-advance)/2), down)
}

// advance returns the width of text in pixels.
func (s *stencil) advance(text string) float32 {
	size, _ := fyne.CurrentApp().Driver().RenderedTextSize(text, s.size, s.text.TextStyle, nil)
	return size.Width * s.scale
}

func (s *stencil) draw(text string, size float32) *image.NRGBA {
	s.text.Text = text
	s.text.TextSize = size
	s.text.Resize(s.text.MinSize())
	return s.canvas.Capture().(*image.NRGBA)
}

// embolden widens the strokes right of the column left by so many pixels, of which the new ones are paler: Fyne has one
// weight of its monospace face, and strokes as dark as their neighbours run into each other.
func embolden(img *image.NRGBA, left, by int) {
	for y := range img.Rect.Max.Y {
		for x := img.Rect.Max.X - 1; x >= left+by; x-- {
			to, from := img.PixOffset(x, y), img.PixOffset(x-by, y)
			if alpha := uint8(int(img.Pix[from+3]) * 5 / 8); alpha > img.Pix[to+3] {
				copy(img.Pix[to:to+3], img.Pix[from:from+3])
				img.Pix[to+3] = alpha
			}
		}
	}
}

// foot returns the lowest row with ink left of the column w, 0 if there is none.
func foot(img *image.NRGBA, w int) int {
	for y := img.Rect.Max.Y - 1; y >= 0; y-- {
		for x := range w {
			if img.Pix[img.PixOffset(x, y)+3] > 0x7f {
				return y
			}
		}
	}
	return 0
}
