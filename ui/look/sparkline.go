package look

import (
	"image"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/vector"

	"culvert/ui/ink"
)

const sparks = 60

// Sparkline is a small line of the last 60 values, the newest on the right. It scales itself to the highest.
type Sparkline struct {
	widget.BaseWidget

	values [sparks]float64
	raster *canvas.Raster
	image  *image.RGBA
	path   vector.Rasterizer
}

// NewSparkline returns a line of zeros.
func NewSparkline() *Sparkline {
	s := &Sparkline{}
	s.raster = canvas.NewRaster(s.draw)
	s.ExtendBaseWidget(s)
	return s
}

// Add appends a value and drops the oldest; what is no finite positive number counts as zero. A line of zeros that gets another costs nothing.
func (s *Sparkline) Add(v float64) {
	if v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	if v == 0 && s.values == [sparks]float64{} {
		return
	}
	copy(s.values[:], s.values[1:])
	s.values[sparks-1] = v
	s.raster.Refresh()
}

// Clear sets all values to zero.
func (s *Sparkline) Clear() {
	if s.values != [sparks]float64{} {
		s.values = [sparks]float64{}
		s.raster.Refresh()
	}
}

// CreateRenderer is for Fyne.
func (s *Sparkline) CreateRenderer() fyne.WidgetRenderer {
	return &simpleRenderer{
		objects: []fyne.CanvasObject{s.raster},
		min:     func() fyne.Size { return fyne.NewSize(58, 16) },
		layout:  func(size fyne.Size) { s.raster.Resize(size) },
		refresh: func() { s.raster.Refresh() },
	}
}

func (s *Sparkline) draw(w, h int) image.Image {
	if s.image == nil || s.image.Rect.Dx() != w || s.image.Rect.Dy() != h {
		s.image = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	clear(s.image.Pix)
	top := 0.0
	for _, v := range s.values {
		top = max(top, v)
	}
	if top == 0 || w < 4 || h < 4 {
		return s.image
	}
	thick := max(float32(h)/16*1.25, 1)
	x := func(i int) float32 { return float32(i) * float32(w) / (sparks - 1) }
	y := func(i int) float32 {
		return float32(h) - thick - float32(s.values[i]/top)*(float32(h)-2*thick)
	}
	s.path.Reset(w, h)
	for i := 1; i < sparks; i++ {
		stroke(&s.path, x(i-1), y(i-1), x(i), y(i), thick/2)
	}
	s.path.DrawOp = draw.Over
	s.path.Draw(s.image, s.image.Rect, image.NewUniform(NRGBA(ink.Accent)), image.Point{})
	return s.image
}
