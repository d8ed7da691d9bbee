package inspector

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Shortcut is something that is done by key in the inspector.
type Shortcut struct {
	// Keys are the keys that do it, each as Fyne names it: a modifier and a key, or a key alone. A key alone does it only
	// while no field has the focus.
	Keys []Key
	// Word tells the user what it does.
	Word string
	// Do does it.
	Do func()
}

// Key is one key with its modifiers.
type Key struct {
	Name     fyne.KeyName
	Modifier fyne.KeyModifier
}

// String returns the key as the shortcuts page shows it: "Ctrl+Shift+C".
func (k Key) String() string {
	var b strings.Builder
	for _, m := range [...]struct {
		bit  fyne.KeyModifier
		name string
	}{
		{fyne.KeyModifierControl, "Ctrl+"},
		{fyne.KeyModifierAlt, "Alt+"},
		{fyne.KeyModifierShift, "Shift+"},
		{fyne.KeyModifierSuper, "Super+"},
	} {
		if k.Modifier&m.bit != 0 {
			b.WriteString(m.name)
		}
	}
	switch k.Name {
	case fyne.KeyEscape:
		b.WriteString("Esc")
	case fyne.KeyReturn:
		b.WriteString("Enter")
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

// Shortcut returns k as Fyne wants it for a canvas; nil for a key alone.
func (k Key) Shortcut() fyne.Shortcut {
	if k.Modifier == 0 {
		return nil
	}
	switch (Key{k.Name, k.Modifier}) {
	case Key{fyne.KeyC, fyne.KeyModifierShortcutDefault}:
		return &fyne.ShortcutCopy{}
	case Key{fyne.KeyX, fyne.KeyModifierShortcutDefault}:
		return &fyne.ShortcutCut{}
	}
	return &desktop.CustomShortcut{KeyName: k.Name, Modifier: k.Modifier}
}

// alone and ctrl make a key.
func alone(name fyne.KeyName) Key { return Key{Name: name} }
func ctrl(name fyne.KeyName) Key  { return Key{name, fyne.KeyModifierShortcutDefault} }
func ctrlShift(name fyne.KeyName) Key {
	return Key{name, fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}
}

// makeShortcuts returns what is done by key.
func (p *Pane) makeShortcuts() []Shortcut {
	list := []Shortcut{
		{Keys: []Key{ctrl(fyne.KeyF)}, Word: "find", Do: p.find},
		{Keys: []Key{alone(fyne.KeyEscape)}, Word: "clearfilter", Do: p.clearFilter},
		{Keys: []Key{alone(fyne.KeySpace)}, Word: "freeze", Do: p.toggleFreeze},
		{Keys: []Key{alone(fyne.KeyF)}, Word: "follow", Do: p.follow},
		{Keys: []Key{alone(fyne.KeyM)}, Word: "mark", Do: p.markRow},
		{Keys: []Key{alone(fyne.KeyH)}, Word: "fold", Do: p.toggleFold},
		{Keys: []Key{ctrl(fyne.KeyL), ctrl(fyne.KeyX)}, Word: "clear", Do: p.clear},
		{Keys: []Key{ctrl(fyne.KeyC)}, Word: "copy", Do: p.copyText},
		{Keys: []Key{ctrlShift(fyne.KeyC)}, Word: "copymenu", Do: p.openCopyMenu},
		{Keys: []Key{ctrl(fyne.KeyE)}, Word: "export", Do: p.openExportMenu},
		{Keys: []Key{ctrl(fyne.KeyReturn), ctrl(fyne.KeyEnter)}, Word: "compose", Do: p.composeRow},
	}
	for i, key := range [...]fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4} {
		list = append(list, Shortcut{
			Keys: []Key{ctrl(key)}, Word: "tab" + string(key),
			Do: func() { p.tabs.Select(i); p.Focus() },
		})
	}
	for i := range list {
		list[i].Word = word("shortcut." + list[i].Word)
		do := list[i].Do
		list[i].Do = func() {
			if p.project != nil {
				do()
			}
		}
	}
	return list
}

// Shortcuts returns all that is done by key, for the window to list and to register. While no project is shown they do
// nothing.
func (p *Pane) Shortcuts() []Shortcut { return p.shortcuts }

// TypedKey does what a key alone does, and reports whether it does something. The window calls it for keys that
// nothing has the focus for.
func (p *Pane) TypedKey(k *fyne.KeyEvent) bool {
	for _, s := range p.shortcuts {
		for _, key := range s.Keys {
			if key == alone(k.Name) {
				s.Do()
				return true
			}
		}
	}
	return false
}

// shortcut does what a shortcut does, and reports whether it does something.
func (p *Pane) shortcut(pressed fyne.Shortcut) bool {
	for _, s := range p.shortcuts {
		for _, key := range s.Keys {
			if key.Modifier != 0 && key.Matches(pressed) {
				s.Do()
				return true
			}
		}
	}
	return false
}

// find goes to the query.
func (p *Pane) find() {
	p.tabs.Select(tabFrames)
	p.focus(p.filter.query)
	p.filter.query.TypedShortcut(&fyne.ShortcutSelectAll{})
}
