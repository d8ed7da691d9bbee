package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestButtonIsPressedByPointerSpaceAndEnter(t *testing.T) {
	start(t, Dark)
	n := 0
	b := NewButton("Copy", Plain, func() { n++ })
	c := show(t, b, 100, 40)
	test.Tap(b)
	c.Focus(b)
	press(c, fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyA)
	if n != 4 {
		t.Errorf("pressed %d times, want 4", n)
	}
}

func TestDisabledButtonDoesNothingAndTakesNoFocus(t *testing.T) {
	start(t, Dark)
	b := NewButton("Copy", Plain, func() { t.Error("pressed") })
	b.Disable()
	other := NewButton("Open", Plain, nil)
	c := show(t, Row(8, b, other), 200, 40)
	test.Tap(b)
	c.FocusNext()
	if c.Focused() != other {
		t.Error("the focus is not on the one that can be pressed")
	}
	press(c, fyne.KeySpace) // without an action: nothing to do
}

func TestMenuButtonOpensWhatItsMenuIsNow(t *testing.T) {
	start(t, Dark)
	chosen := ""
	var menu *fyne.Menu
	b := NewMenuButton("Export", Plain, func() *fyne.Menu { return menu })
	c := show(t, Center(b), 300, 200)
	test.Tap(b)
	if c.Overlays().Top() != nil {
		t.Error("a menu that is not there is open")
	}
	menu = fyne.NewMenu("", fyne.NewMenuItem("HAR", func() { chosen = "HAR" }))
	test.Tap(b)
	if c.Overlays().Top() == nil {
		t.Fatal("the menu is not open")
	}
	test.TapCanvas(c, b.Position().AddXY(12, b.Size().Height+16))
	if chosen != "HAR" {
		t.Errorf("chose %q", chosen)
	}
}

func TestButtonGrowsWithItsText(t *testing.T) {
	start(t, Dark)
	b := NewButton("Copy", Plain, nil)
	before := b.MinSize().Width
	b.SetText("Copied to the clipboard")
	if b.MinSize().Width <= before {
		t.Error("the text has no room")
	}
}

func TestButtonsLook(t *testing.T) {
	golden(t, "buttons", 400, 80, func() fyne.CanvasObject {
		off, focused, hovered := NewButton("Off", Plain, nil), NewButton("Focus", Primary, nil), NewButton("Hover", Plain, nil)
		off.Disable()
		focused.FocusGained()
		hovered.MouseIn(nil)
		return Column(8,
			Row(8, NewButton("Copy", Plain, nil), NewButton("Compose", Primary, nil), NewButton("Remove", Danger, nil),
				NewButton("try it", Quiet, nil)),
			Row(8, NewMenuButton("Export", Plain, nil), off, focused, hovered, NewIconButton(Icon("gear"), "", nil)))
	})
}
