package inspector

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/keys"
)

// queryField is where the query is written. Keys that mean nothing to a text go to the inspector: Fyne gives a
// shortcut to what has the focus alone.
type queryField struct {
	widget.Entry

	escape, leave func()
	shortcut      func(fyne.Shortcut) bool
}

func newQueryField(placeholder string, changed func(string)) *queryField {
	f := &queryField{}
	f.ExtendBaseWidget(f)
	f.TextStyle.Monospace = true
	f.Scroll = fyne.ScrollHorizontalOnly
	f.SetPlaceHolder(placeholder)
	f.OnChanged = changed
	f.OnSubmitted = func(string) { f.leave() }
	return f
}

// TypedKey is for Fyne.
func (f *queryField) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		f.escape()
	case fyne.KeyDown:
		f.leave()
	default:
		f.Entry.TypedKey(k)
	}
}

// TypedShortcut is for Fyne.
func (f *queryField) TypedShortcut(s fyne.Shortcut) {
	switch {
	case keys.OfText(s):
		f.Entry.TypedShortcut(s)
	case !f.shortcut(s):
		keys.Pass(f, s)
	}
}
