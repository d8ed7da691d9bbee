package look

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"
)

func TestSparklineStaysInItsImage(t *testing.T) {
	start(t, Dark)
	s := NewSparkline()
	for _, v := range []float64{0, 1e18, -5, math.SmallestNonzeroFloat64, 3, math.Inf(1), math.NaN()} {
		s.Add(v)
		for _, size := range [][2]int{{0, 0}, {1, 1}, {58, 16}, {116, 32}} {
			if got := s.draw(size[0], size[1]).Bounds(); got.Dx() != size[0] || got.Dy() != size[1] {
				t.Errorf("drew %v, want %v", got, size)
			}
		}
	}
}

func TestSparklineOfZerosCostsNothing(t *testing.T) {
	start(t, Dark)
	s := NewSparkline()
	if n := testing.AllocsPerRun(10, func() { s.Add(0) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSparklineLooks(t *testing.T) {
	golden(t, "sparkline", 80, 32, func() fyne.CanvasObject {
		s := NewSparkline()
		for i := range sparks {
			s.Add(20 + 15*math.Sin(float64(i)/3))
		}
		return Row(0, s)
	})
}
