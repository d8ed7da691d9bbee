package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// box is an object of a size.
func box(w, h float32) *canvas.Rectangle {
	r := canvas.NewRectangle(rgb(0))
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

func at(t *testing.T, what string, o fyne.CanvasObject, x, y, w, h float32) {
	t.Helper()
	if o.Position() != fyne.NewPos(x, y) || o.Size() != fyne.NewSize(w, h) {
		t.Errorf("%s is at %v, %v; want %v %v, %v %v", what, o.Position(), o.Size(), x, y, w, h)
	}
}

func TestRow(t *testing.T) {
	a, b, c, hidden := box(10, 10), box(20, 30), box(5, 5), box(99, 99)
	hidden.Hide()
	grown := Grow(b)
	r := Row(4, a, hidden, grown, c)
	if got := r.MinSize(); got != fyne.NewSize(10+4+20+4+5, 30) {
		t.Errorf("it asks for %v", got)
	}
	r.Resize(fyne.NewSize(100, 40))
	at(t, "the first", a, 0, 15, 10, 10)
	at(t, "what grows", grown, 14, 0, 77, 40)
	at(t, "the last", c, 95, 17.5, 5, 5)
}

func TestColumn(t *testing.T) {
	a, b := box(10, 10), box(20, 30)
	c := Column(4, a, b, Spacer(), Pad(1, 2, 3, 4, box(1, 1)))
	c.Resize(fyne.NewSize(50, 100))
	at(t, "the first", a, 0, 0, 50, 10)
	at(t, "the second", b, 0, 14, 50, 30)
	at(t, "the last", c.Objects[3], 0, 95, 50, 5)
	at(t, "what is padded", c.Objects[3].(*fyne.Container).Objects[0], 4, 1, 44, 1)
}

func TestRoomIsSharedByAllThatGrow(t *testing.T) {
	a, b := Grow(box(10, 1)), Grow(box(30, 1))
	Row(0, a, b).Resize(fyne.NewSize(100, 1))
	if a.Size().Width != 40 || b.Size().Width != 60 {
		t.Errorf("%v and %v", a.Size().Width, b.Size().Width)
	}
}

func TestTextInWhatGrowsGivesWay(t *testing.T) {
	test.NewTempApp(t)
	long := "a name that is much longer than the room there is for it"
	for name, o := range map[string]fyne.CanvasObject{
		"a text":          NewText(long, Style{}),
		"a column":        Column(0, NewText(long, Style{}), NewText("b", Style{})),
		"a padded row":    Pad(1, 1, 1, 1, Row(2, NewText(long, Style{}), NewText(long, Style{}))),
		"a state":         NewState("primary", long),
		"on a background": Back("panel", NewText(long, Style{})),
	} {
		if w := Grow(o).MinSize().Width; w > 60 {
			t.Errorf("%s asks for %v", name, w)
		}
		if w := o.MinSize().Width; w < 200 {
			t.Errorf("%s alone asks for only %v", name, w)
		}
	}
}

func TestFixed(t *testing.T) {
	if got := Fixed(0, 24, box(10, 99)).MinSize(); got != fyne.NewSize(10, 24) {
		t.Errorf("it asks for %v", got)
	}
}
