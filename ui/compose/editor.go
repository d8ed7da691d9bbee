package compose

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/keys"
	"culvert/ui/look"
	"culvert/ui/words"
)

// The keys of the editor.
var (
	sendKey  = keys.Ctrl(fyne.KeyReturn)
	olderKey = keys.Ctrl(fyne.KeyUp)
	newerKey = keys.Ctrl(fyne.KeyDown)
)

// Shortcuts lists what the editor does by key. It does so itself.
func (p *Panel) Shortcuts() []keys.Shortcut {
	return []keys.Shortcut{
		{Keys: []keys.Key{sendKey}, Word: words.T("compose.key.send")},
		{Keys: []keys.Key{olderKey}, Word: words.T("compose.key.older")},
		{Keys: []keys.Key{newerKey}, Word: words.T("compose.key.newer")},
	}
}

// editor is an entry that sends on Ctrl+Enter, and never takes more text than it can bear.
type editor struct {
	widget.Entry

	send         func()
	older, newer func()            // the history
	large        func(text string) // called instead of pasting a text that would make it too large
}

func newEditor() *editor {
	e := &editor{}
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapBreak
	e.TextStyle = look.AnyText
	e.ExtendBaseWidget(e)
	return e
}

// TypedShortcut is for Fyne.
func (e *editor) TypedShortcut(s fyne.Shortcut) {
	if paste, ok := s.(*fyne.ShortcutPaste); ok {
		if text := paste.Clipboard.Content(); len(e.Text)+len(text) > editable {
			e.large(e.with(text))
			return
		}
	}
	switch {
	case sendKey.Matches(s):
		e.send()
	case olderKey.Matches(s):
		e.older()
	case newerKey.Matches(s):
		e.newer()
	case !keys.OfText(s):
		keys.Pass(e, s)
	default:
		e.Entry.TypedShortcut(s)
	}
}

// with returns the text with more at its end, or in place of all of it where all is selected.
func (e *editor) with(more string) string {
	if e.SelectedText() == e.Text {
		return more
	}
	return e.Text + more
}
