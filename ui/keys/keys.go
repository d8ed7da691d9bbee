// Package keys names keys of the keyboard and what they do.
package keys

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Shortcut is something that is done by key.
type Shortcut struct {
	// Keys are the keys that do it. A key without a modifier does it only while nothing that takes text has the focus.
	Keys []Key
	// Word tells the user what it does.
	Word string
	// Do does it. nil: the part that has the focus does, and the shortcut is only listed.
	Do func()
}

// Key is one key with its modifiers, as Fyne names them.
type Key struct {
	Name     fyne.KeyName
	Modifier fyne.KeyModifier
}

// Alone returns a key without a modifier.
func Alone(name fyne.KeyName) Key { return Key{Name: name} }

// Ctrl returns a key with the modifier that shortcuts have on this system: Ctrl, on macOS Command.
func Ctrl(name fyne.KeyName) Key { return Key{name, fyne.KeyModifierShortcutDefault} }

// CtrlShift returns a key with that modifier and Shift.
func CtrlShift(name fyne.KeyName) Key {
	return Key{name, fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}
}

// Alt returns a key with Alt.
func Alt(name fyne.KeyName) Key { return Key{name, fyne.KeyModifierAlt} }

// String returns the key as people write it: "Ctrl+Shift+C". Both keys named Enter are written alike.
func (k Key) String() string {
	super := "Super+"
	if runtime.GOOS == "darwin" {
		super = "Cmd+"
	}
	var b strings.Builder
	for _, m := range [...]struct {
		bit  fyne.KeyModifier
		name string
	}{
		{fyne.KeyModifierControl, "Ctrl+"},
		{fyne.KeyModifierAlt, "Alt+"},
		{fyne.KeyModifierShift, "Shift+"},
		{fyne.KeyModifierSuper, super},
	} {
		if k.Modifier&m.bit != 0 {
			b.WriteString(m.name)
		}
	}
	switch k.Name {
	case fyne.KeyEscape:
		b.WriteString("Esc")
	case fyne.KeyReturn, fyne.KeyEnter:
		b.WriteString("Enter")
	case fyne.KeyUp:
		b.WriteString("↑")
	case fyne.KeyDown:
		b.WriteString("↓")
	case fyne.KeyDelete:
		b.WriteString("Del")
	default:
		b.WriteString(string(k.Name))
	}
	return b.String()
}

// Matches reports whether a shortcut that Fyne reports is k.
func (k Key) Matches(s fyne.Shortcut) bool {
	pressed, ok := s.(fyne.KeyboardShortcut)
	return ok && pressed.Key() == k.Name && pressed.Mod() == k.Modifier
}

// Shortcut returns k as a canvas takes it; nil for a key without a modifier.
func (k Key) Shortcut() fyne.Shortcut {
	switch {
	case k.Modifier == 0:
		return nil
	case k == Ctrl(fyne.KeyC):
		return &fyne.ShortcutCopy{}
	case k == Ctrl(fyne.KeyX):
		return &fyne.ShortcutCut{}
	case k == Ctrl(fyne.KeyA):
		return &fyne.ShortcutSelectAll{}
	}
	return &desktop.CustomShortcut{KeyName: k.Name, Modifier: k.Modifier}
}

// Find returns the shortcut of the list that a key does, nil for none.
func Find(list []Shortcut, is func(Key) bool) *Shortcut {
	for i := range list {
		for _, k := range list[i].Keys {
			if is(k) {
				return &list[i]
			}
		}
	}
	return nil
}

// OfText reports whether a shortcut is one that an entry of text has a use for itself.
func OfText(s fyne.Shortcut) bool {
	switch s := s.(type) {
	case *fyne.ShortcutCopy, *fyne.ShortcutCut, *fyne.ShortcutPaste, *fyne.ShortcutSelectAll, *fyne.ShortcutUndo, *fyne.ShortcutRedo:
		return true
	case *desktop.CustomShortcut: // by words
		return s.KeyName == fyne.KeyLeft || s.KeyName == fyne.KeyRight
	}
	return false
}

// Pass hands a shortcut that the focused object has no use for to its window: Fyne gives it to the object alone.
func Pass(o fyne.CanvasObject, s fyne.Shortcut) {
	if window, ok := fyne.CurrentApp().Driver().CanvasForObject(o).(fyne.Shortcutable); ok {
		window.TypedShortcut(s)
	}
}

// PassKey does the same with a key.
func PassKey(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

// PassFocused hands a key that the focused object has no use for to the window that has the focus. It is for the part of
// an object that does not know the whole.
func PassFocused(e *fyne.KeyEvent) {
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		if c := w.Canvas(); c.Focused() != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(e)
			return
		}
	}
}
