package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestPillIsPressed(t *testing.T) {
	start(t, Dark)
	n := 0
	p := NewPill("↓ 1 new", func() { n++ })
	c := show(t, p, 120, 40)
	test.Tap(p)
	c.Focus(p)
	press(c, fyne.KeyReturn)
	if n != 2 {
		t.Errorf("pressed %d times, want 2", n)
	}
	before := p.MinSize().Width
	p.SetText("↓ 128,000 new")
	if p.MinSize().Width <= before {
		t.Error("the text has no room")
	}
}
