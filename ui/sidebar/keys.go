package sidebar

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"culvert/ui/keys"
	"culvert/ui/words"
)

// Shortcuts lists what the list of projects does by key while it has the focus. It does so itself.
func (p *Pane) Shortcuts() []keys.Shortcut {
	return []keys.Shortcut{
		{Keys: []keys.Key{keys.Alone(fyne.KeyUp), keys.Alone(fyne.KeyDown)}, Word: words.T("sidebar.key.choose")},
		{Keys: []keys.Key{keys.Alone(fyne.KeySpace)}, Word: words.T("sidebar.key.switch")},
		{Keys: []keys.Key{keys.Alone(fyne.KeyReturn)}, Word: words.T("sidebar.key.open")},
		{Keys: []keys.Key{keys.Alone(fyne.KeyDelete)}, Word: words.T("sidebar.key.remove")},
		{Keys: []keys.Key{keys.Alone(desktop.KeyMenu)}, Word: words.T("sidebar.key.menu")},
	}
}
