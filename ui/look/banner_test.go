package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/ink"
)

func TestBannerActsAndCloses(t *testing.T) {
	start(t, Dark)
	acted, closed := false, false
	b := NewBanner(ink.Warning, "No tray", NewButton("Why", Plain, func() { acted = true }))
	b.OnClosed = func() { closed = true }
	c := show(t, b, 300, 40)
	c.FocusNext()
	press(c, fyne.KeyReturn)
	c.FocusNext()
	press(c, fyne.KeyReturn)
	if !acted || !closed || b.Visible() {
		t.Errorf("acted: %v, closed: %v, visible: %v", acted, closed, b.Visible())
	}
	b.Show()
	b.SetText("Still no tray")
}

func TestBannerLooks(t *testing.T) {
	golden(t, "banner", 380, 64, func() fyne.CanvasObject {
		return NewBanner(ink.Warning, "The desktop shows no tray: Culvert stays in the task bar", NewButton("Why", Plain, nil))
	})
}

func TestBannerWithoutAnActionHasOnlyItsClose(t *testing.T) {
	start(t, Dark)
	b := NewBanner(ink.Error, "broken")
	c := show(t, b, 300, 40)
	c.FocusNext()
	first := c.Focused()
	c.FocusNext()
	if c.Focused() != first {
		t.Error("there are two buttons")
	}
	test.Tap(first.(*IconButton))
	if b.Visible() {
		t.Error("it did not close")
	}
}
