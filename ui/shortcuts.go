package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/ink"
	"culvert/ui/keys"
	"culvert/ui/look"
	"culvert/ui/words"
)

// chapter is the shortcuts of one part of the window.
type chapter struct {
	title     string
	shortcuts []keys.Shortcut
}

// chapters are all the shortcuts there are.
func (w *Window) chapters() []chapter {
	return []chapter{
		{words.T("ui.keysWindow"), w.everywhere},
		{words.T("ui.keysSidebar"), w.sidebar.Shortcuts()},
		{words.T("ui.keysInspector"), w.inspector.Shortcuts()},
		{words.T("ui.keysCompose"), w.compose.Shortcuts()},
		{words.T("ui.keysEditor"), w.editor.Shortcuts()},
	}
}

// shortcuts returns those that work on every page.
func (w *Window) shortcuts() []keys.Shortcut {
	return []keys.Shortcut{
		{Keys: []keys.Key{keys.Ctrl(fyne.KeyB)}, Word: words.T("ui.keyProjects"), Do: w.sidebar.Focus},
		{Keys: []keys.Key{keys.Alt(fyne.KeyUp)}, Word: words.T("ui.keyPrevious"), Do: func() { w.step(-1) }},
		{Keys: []keys.Key{keys.Alt(fyne.KeyDown)}, Word: words.T("ui.keyNext"), Do: func() { w.step(1) }},
		{Keys: []keys.Key{keys.Ctrl(fyne.KeyN)}, Word: words.T("ui.keyAdd"), Do: w.add},
		{Keys: []keys.Key{keys.Ctrl(fyne.KeyT)}, Word: words.T("ui.keyTrust"), Do: w.openTrust},
		{Keys: []keys.Key{keys.Ctrl(fyne.KeyComma)}, Word: words.T("ui.settings"), Do: w.openSettings},
		{Keys: []keys.Key{keys.Alone(fyne.KeyF1), keys.Ctrl(fyne.KeySlash)}, Word: words.T("ui.keyKeys"), Do: func() { w.open(keyboard) }},
		{Keys: []keys.Key{keys.Alone(fyne.KeyEscape)}, Word: words.T("ui.keyBack"), Do: w.back},
		{Keys: []keys.Key{keys.Ctrl(fyne.KeyW)}, Word: words.T("ui.keyClose"), Do: w.closing},
		{Keys: []keys.Key{keys.Ctrl(fyne.KeyQ)}, Word: words.T("ui.keyQuit"), Do: w.quit},
	}
}

// addShortcuts has the window's canvas hear every shortcut. Those of a page work while it is open.
func (w *Window) addShortcuts(chapters []chapter) {
	canvas := w.window.Canvas()
	for _, c := range chapters {
		for _, s := range c.shortcuts {
			for _, k := range s.Keys {
				if shortcut := k.Shortcut(); shortcut != nil && s.Do != nil {
					canvas.AddShortcut(shortcut, func(fyne.Shortcut) { w.press(func(other keys.Key) bool { return other == k }) })
				}
			}
		}
	}
	canvas.SetOnTypedKey(func(e *fyne.KeyEvent) {
		w.press(func(k keys.Key) bool { return k == keys.Alone(e.Name) })
	})
}

// press does what a key does on the page that is open, or everywhere.
func (w *Window) press(is func(keys.Key) bool) {
	for _, list := range [][]keys.Shortcut{w.shortcutsOfPage(), w.everywhere} {
		if s := keys.Find(list, is); s != nil && s.Do != nil {
			s.Do()
			return
		}
	}
}

func (w *Window) shortcutsOfPage() []keys.Shortcut {
	switch w.page {
	case inspecting:
		return w.inspector.Shortcuts()
	case editing:
		return w.editor.Shortcuts()
	}
	return nil
}

// back leaves a page for the inspector.
func (w *Window) back() {
	if w.page != welcoming {
		w.open(inspecting)
	}
}

// step looks at another project.
func (w *Window) step(by int) {
	for i := range w.state.Projects {
		if at := i + by; w.state.Projects[i].Name == w.project && at >= 0 && at < len(w.state.Projects) {
			w.choose(w.state.Projects[at].Name)
			return
		}
	}
}

// newShortcutsPage returns the page that lists every key.
func newShortcutsPage(chapters []chapter) fyne.CanvasObject {
	column := []fyne.CanvasObject{
		look.NewText(words.T("ui.keyboard"), look.Style{Size: look.Heading, Bold: true}),
	}
	for _, c := range chapters {
		rows := []fyne.CanvasObject{look.NewText(c.title, look.Style{Ink: ink.Dim, Bold: true})}
		for _, s := range c.shortcuts {
			rows = append(rows, look.Row(
				16,
				look.Fixed(180, 0, look.NewText(written(s.Keys), look.Style{Mono: true, Ink: ink.Accent})),
				look.NewText(s.Word, look.Style{}),
			))
		}
		column = append(column, look.Column(6, rows...))
	}
	return container.NewVScroll(look.Pad(16, 24, 24, 24, look.Column(18, column...)))
}

func written(list []keys.Key) string {
	var names []string
	for _, k := range list {
		names = append(names, k.String())
	}
	return strings.Join(slices.Compact(names), "  ") // there are two keys named Enter
}
