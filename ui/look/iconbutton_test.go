package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestIconButtonSaysWhatItDoes(t *testing.T) {
	start(t, Dark)
	n := 0
	b := NewIconButton(Icon("freeze"), "Freeze the view", func() { n++ })
	c := show(t, b, 40, 40)
	test.Tap(b)
	c.Focus(b)
	press(c, fyne.KeySpace)
	if n != 2 {
		t.Errorf("pressed %d times, want 2", n)
	}
	b.SetIcon(Icon("play"), "Go on")
	if b.AccessibilityLabel() != "Go on" {
		t.Errorf("it says %q", b.AccessibilityLabel())
	}
}
