package look

import (
	"testing"

	"fyne.io/fyne/v2"
)

func TestAPageScrollsByKeyAndLeavesOtherKeysToTheWindow(t *testing.T) {
	start(t, Dark)
	r := NewReader(Fixed(0, 1000, Spacer()))
	c := show(t, r, 200, 240)
	left := fyne.KeyName("")
	c.SetOnTypedKey(func(e *fyne.KeyEvent) { left = e.Name })
	c.Focus(r)
	for _, step := range []struct {
		key  fyne.KeyName
		want float32
	}{
		{fyne.KeyUp, 0},
		{fyne.KeyDown, 40},
		{fyne.KeyPageDown, 240},
		{fyne.KeyUp, 200},
		{fyne.KeyEnd, 760},
		{fyne.KeyPageDown, 760},
		{fyne.KeyPageUp, 560},
		{fyne.KeyHome, 0},
	} {
		press(c, step.key)
		if got := r.scroll.Offset.Y; got != step.want {
			t.Errorf("after %s the page is at %v, want %v", step.key, got, step.want)
		}
	}
	if press(c, fyne.KeyEscape); left != fyne.KeyEscape {
		t.Errorf("the window was left %q", left)
	}
}
