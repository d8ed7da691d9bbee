package look

import (
	"testing"

	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"culvert/ui/ink"
)

func TestStateIsAColourAndAWord(t *testing.T) {
	start(t, Dark)
	s := NewState(ink.Faint, "off")
	before := s.MinSize().Width
	s.Set(ink.Warning, "backend down")
	if s.word.Text() != "backend down" || s.MinSize().Width <= before {
		t.Errorf("it says %q in %v", s.word.Text(), s.MinSize().Width)
	}
	disc := test.WidgetRenderer(s.dot).Objects()[0].(*canvas.Circle)
	if disc.FillColor != Color(ink.Warning) {
		t.Error("the dot kept its colour")
	}
}
