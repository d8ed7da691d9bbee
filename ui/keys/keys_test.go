package keys

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

func TestKeysAreWrittenAsPeopleDo(t *testing.T) {
	for _, c := range []struct {
		key  Key
		want string
	}{
		{Alone(fyne.KeyF), "F"},
		{Alone(fyne.KeyF1), "F1"},
		{Alone(fyne.KeyEscape), "Esc"},
		{Alone(fyne.KeyReturn), "Enter"},
		{Alone(fyne.KeyEnter), "Enter"},
		{Alone(fyne.KeyDelete), "Del"},
		{Alone(desktop.KeyMenu), "Menu"},
		{Alt(fyne.KeyUp), "Alt+↑"},
		{Alt(fyne.KeyDown), "Alt+↓"},
		{Key{fyne.KeyC, fyne.KeyModifierControl}, "Ctrl+C"},
		{Key{fyne.KeyC, fyne.KeyModifierShift | fyne.KeyModifierControl}, "Ctrl+Shift+C"},
		{Key{fyne.KeyC, fyne.KeyModifierShift | fyne.KeyModifierAlt | fyne.KeyModifierControl}, "Ctrl+Alt+Shift+C"},
	} {
		if got := c.key.String(); got != c.want {
			t.Errorf("%#v is written %q, want %q", c.key, got, c.want)
		}
	}
}

func TestAKeyMatchesTheShortcutItMakesAndNoOther(t *testing.T) {
	list := []Key{
		Ctrl(fyne.KeyC), Ctrl(fyne.KeyX), Ctrl(fyne.KeyA), Ctrl(fyne.KeyF), CtrlShift(fyne.KeyC), Alt(fyne.KeyC), Alt(fyne.KeyUp),
	}
	for _, k := range list {
		for _, other := range list {
			if got := k.Matches(other.Shortcut()); got != (k == other) {
				t.Errorf("%v matches the shortcut of %v: %v", k, other, got)
			}
		}
	}
	if Alone(fyne.KeyC).Shortcut() != nil {
		t.Error("a canvas hears keys without a modifier as keys, not as shortcuts")
	}
}

// Fyne's driver turns some keys into shortcuts of its own before it asks a canvas.
func TestStandardShortcutsAreThoseThatTheDriverReports(t *testing.T) {
	for key, want := range map[Key]fyne.Shortcut{
		Ctrl(fyne.KeyC): &fyne.ShortcutCopy{},
		Ctrl(fyne.KeyX): &fyne.ShortcutCut{},
		Ctrl(fyne.KeyA): &fyne.ShortcutSelectAll{},
	} {
		if got := key.Shortcut().ShortcutName(); got != want.ShortcutName() {
			t.Errorf("%v is the shortcut %q, want %q", key, got, want.ShortcutName())
		}
	}
}

func TestTheFirstShortcutWithTheKeyIsFound(t *testing.T) {
	list := []Shortcut{
		{Keys: []Key{Alone(fyne.KeyF), Ctrl(fyne.KeyF)}, Word: "first"},
		{Keys: []Key{Ctrl(fyne.KeyF), Ctrl(fyne.KeyG)}, Word: "second"},
	}
	for key, want := range map[Key]string{Ctrl(fyne.KeyF): "first", Ctrl(fyne.KeyG): "second", Alone(fyne.KeyG): ""} {
		got := ""
		if s := Find(list, func(k Key) bool { return k == key }); s != nil {
			got = s.Word
		}
		if got != want {
			t.Errorf("%v does %q, want %q", key, got, want)
		}
	}
}
