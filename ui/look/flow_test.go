package look

import (
	"testing"

	"fyne.io/fyne/v2"
)

func TestWhatHasNoRoomFlowsToTheNextLine(t *testing.T) {
	start(t, Dark)
	a, b, hidden := Fixed(60, 20, Spacer()), Fixed(50, 30, Spacer()), Fixed(500, 500, Spacer())
	wide := Fixed(400, 10, Spacer())
	hidden.Hide()
	f := Flow(10, 4, a, hidden, b, wide)
	for _, c := range []struct {
		width  float32
		height float32
		b      fyne.Position
	}{{700, 30, fyne.NewPos(70, 0)}, {130, 44, fyne.NewPos(70, 0)}, {100, 68, fyne.NewPos(0, 24)}} {
		f.Resize(fyne.NewSize(c.width, 0))
		if h := f.MinSize().Height; h != c.height || b.Position() != c.b {
			t.Errorf("at %v it is %v high, with the second at %v; want %v, %v", c.width, h, b.Position(), c.height, c.b)
		}
		if wide.Size().Width > c.width {
			t.Errorf("at %v one is %v wide", c.width, wide.Size().Width)
		}
	}
}
