package compose

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

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
	e.TextStyle.Monospace = true
	e.ExtendBaseWidget(e)
	return e
}

// TypedShortcut is for Fyne.
func (e *editor) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *desktop.CustomShortcut:
		if s.Modifier == fyne.KeyModifierShortcutDefault && e.command(s.KeyName) {
			return
		}
	case *fyne.ShortcutPaste:
		if text := s.Clipboard.Content(); len(e.Text)+len(text) > editable {
			e.large(e.with(text))
			return
		}
	}
	e.Entry.TypedShortcut(s)
}

// command does what Ctrl and a key mean here, and reports whether they mean something.
func (e *editor) command(key fyne.KeyName) bool {
	switch key {
	case fyne.KeyReturn, fyne.KeyEnter:
		e.send()
	case fyne.KeyUp:
		e.older()
	case fyne.KeyDown:
		e.newer()
	default:
		return false
	}
	return true
}

// with returns the text with more at its end, or in place of all of it where all is selected.
func (e *editor) with(more string) string {
	if e.SelectedText() == e.Text {
		return more
	}
	return e.Text + more
}
