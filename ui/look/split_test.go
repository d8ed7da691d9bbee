package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func split(t *testing.T, horizontal bool, fixed Side) (*Split, *divider) {
	t.Helper()
	test.NewTempApp(t)
	s := NewSplit(horizontal, box(50, 50), box(100, 100))
	s.Fixed, s.Extent = fixed, 80
	s.Resize(fyne.NewSize(301, 301))
	return s, test.WidgetRenderer(s).Objects()[2].(*divider)
}

func drag(d *divider, dx, dy float32) {
	d.Dragged(&fyne.DragEvent{Dragged: fyne.Delta{DX: dx, DY: dy}})
	d.DragEnd()
}

func TestSplitKeepsTheFixedPart(t *testing.T) {
	for _, fixed := range []Side{Leading, Trailing} {
		s, _ := split(t, true, fixed)
		s.Extent = 120
		for _, w := range []float32{401, 901, 301} {
			s.Resize(fyne.NewSize(w, 301))
			s.Refresh()
			if got := s.parts[fixed].Size().Width; got != 120 {
				t.Errorf("in a window of %v the fixed part is %v wide", w, got)
			}
			if got := s.parts[0].Size().Width + s.parts[1].Size().Width; got != w-lineWidth {
				t.Errorf("in a window of %v the parts are %v wide", w, got)
			}
		}
	}
}

func TestSplitIsDraggedWithinWhatThePartsNeed(t *testing.T) {
	s, d := split(t, true, Leading)
	var told []float32
	s.OnChanged = func(e float32) { told = append(told, e) }
	drag(d, 40, 7)
	drag(d, 1000, 0)
	drag(d, -1000, 0)
	if want := []float32{120, 200, 50}; len(told) != 3 || told[0] != want[0] || told[1] != want[1] || told[2] != want[2] {
		t.Errorf("told %v, want %v", told, want)
	}
}

func TestSplitBelowEachOtherIsDraggedUpwards(t *testing.T) {
	s, d := split(t, false, Trailing)
	s.Extent = 120
	drag(d, 5, -30)
	if s.Extent != 150 || s.parts[1].Size().Height != 150 {
		t.Errorf("it is %v, shown %v", s.Extent, s.parts[1].Size().Height)
	}
}

func TestSplitGivesAllToOneWhenTheOtherIsHidden(t *testing.T) {
	s, d := split(t, true, Leading)
	s.parts[0].Hide()
	s.Refresh()
	at(t, "the other", s.parts[1], 0, 0, 301, 301)
	if d.Visible() {
		t.Error("the line is still there")
	}
	s.parts[0].Show()
	s.Refresh()
	if !d.Visible() || s.parts[0].Size().Width != 80 {
		t.Error("the part did not come back")
	}
}

func TestSplitComesBackWithTheRoom(t *testing.T) {
	s, _ := split(t, true, Leading)
	s.Extent = 180
	s.Resize(fyne.NewSize(221, 301))
	if got := s.parts[0].Size().Width; got != 120 {
		t.Errorf("squeezed to %v, want 120", got)
	}
	s.Resize(fyne.NewSize(401, 301))
	if got := s.parts[0].Size().Width; got != 180 {
		t.Errorf("came back as %v, want 180", got)
	}
}
