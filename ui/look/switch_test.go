package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestSwitchTellsWhatTheUserSets(t *testing.T) {
	start(t, Dark)
	var told []bool
	s := NewSwitch(func(on bool) { told = append(told, on) })
	c := show(t, s, 60, 40)
	test.Tap(s)
	c.Focus(s)
	press(c, fyne.KeySpace)
	if len(told) != 2 || !told[0] || told[1] {
		t.Errorf("told %v, want on and off", told)
	}
	s.SetOn(true)
	if !s.On() || len(told) != 2 {
		t.Error("what the program sets is told to the program")
	}
	s.Disable()
	test.Tap(s)
	if !s.On() {
		t.Error("a disabled switch moved")
	}
}

func TestSwitchesLook(t *testing.T) {
	golden(t, "switches", 200, 40, func() fyne.CanvasObject {
		on, warn, off, focused := NewSwitch(nil), NewSwitch(nil), NewSwitch(nil), NewSwitch(nil)
		on.SetOn(true)
		warn.SetOn(true)
		warn.SetWarn(true)
		focused.FocusGained()
		return Row(12, on, warn, off, focused)
	})
}
