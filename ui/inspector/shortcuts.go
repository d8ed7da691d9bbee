package inspector

import (
	"fyne.io/fyne/v2"

	"culvert/ui/keys"
)

// makeShortcuts returns what is done by key. While no project is shown they do nothing.
func (p *Pane) makeShortcuts() []keys.Shortcut {
	var list []keys.Shortcut
	add := func(what string, do func(), on ...keys.Key) {
		list = append(list, keys.Shortcut{Keys: on, Word: word("shortcut." + what), Do: func() {
			if p.project != nil {
				do()
			}
		}})
	}
	add("find", p.find, keys.Ctrl(fyne.KeyF))
	add("clearfilter", p.clearFilter, keys.Alone(fyne.KeyEscape))
	add("freeze", p.toggleFreeze, keys.Alone(fyne.KeySpace))
	add("follow", p.follow, keys.Alone(fyne.KeyF))
	add("mark", p.markRow, keys.Alone(fyne.KeyM))
	add("fold", p.toggleFold, keys.Alone(fyne.KeyH))
	add("clear", p.clear, keys.Ctrl(fyne.KeyL), keys.Ctrl(fyne.KeyX))
	add("copy", p.copyText, keys.Ctrl(fyne.KeyC))
	add("copymenu", p.openCopyMenu, keys.CtrlShift(fyne.KeyC))
	add("export", p.openExportMenu, keys.Ctrl(fyne.KeyE))
	add("compose", p.composeRow, keys.Ctrl(fyne.KeyReturn), keys.Ctrl(fyne.KeyEnter))
	for i, tab := range [...]struct {
		what string
		key  fyne.KeyName
	}{{"frames", fyne.Key1}, {"sockets", fyne.Key2}, {"requests", fyne.Key3}, {"endpoints", fyne.Key4}, {"doctor", fyne.Key5}} {
		add(tab.what, func() { p.tabs.Select(i); p.Focus() }, keys.Ctrl(tab.key))
	}
	add("examine", p.examine, keys.Alone(fyne.KeyF5))
	return list
}

// Shortcuts returns all that is done by key, for the window to list and to register.
func (p *Pane) Shortcuts() []keys.Shortcut { return p.shortcuts }

// TypedKey does what a key alone does, and reports whether it does something. The window calls it for keys that
// nothing has the focus for.
func (p *Pane) TypedKey(k *fyne.KeyEvent) bool {
	return p.do(func(key keys.Key) bool { return key == keys.Alone(k.Name) })
}

// shortcut does what a shortcut does, and reports whether it does something.
func (p *Pane) shortcut(pressed fyne.Shortcut) bool {
	return p.do(func(key keys.Key) bool { return key.Modifier != 0 && key.Matches(pressed) })
}

// typed and pressed do what a key does while o has the focus. What is not the pane's is the window's.
func (p *Pane) typed(o fyne.CanvasObject, k *fyne.KeyEvent) {
	if !p.TypedKey(k) {
		keys.PassKey(o, k)
	}
}

func (p *Pane) pressed(o fyne.CanvasObject, s fyne.Shortcut) {
	if !p.shortcut(s) {
		keys.Pass(o, s)
	}
}

func (p *Pane) do(is func(keys.Key) bool) bool {
	s := keys.Find(p.shortcuts, is)
	if s != nil {
		s.Do()
	}
	return s != nil
}

// find goes to the query.
func (p *Pane) find() {
	p.tabs.Select(tabFrames)
	p.focus(p.filter.query)
	p.filter.query.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// examine opens the doctor's page and has the project examined anew.
func (p *Pane) examine() {
	p.tabs.Select(tabDoctor)
	p.o.Doctor.Examine()
}
