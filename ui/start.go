package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
)

// startedKey remembers that the user has gone past the start page.
const startedKey = "window.started"

// begin shows the start page to a user who has not gone past it and has nothing of their own yet.
func (w *Window) begin() {
	started := false
	w.o.Settings.Get(startedKey, &started)
	if !started && w.onlyDemo() {
		w.open(welcoming)
	}
}

// skipStart leaves the start page to whom it has nothing to offer: the CA was trusted before the window was first
// opened, and the demo is there to be looked at.
func (w *Window) skipStart() {
	if w.page == welcoming && w.state.Trust.Trusted() > 0 && w.state.Serving() {
		w.open(inspecting)
	}
}

// onlyDemo reports whether the user has made no project known.
func (w *Window) onlyDemo() bool {
	for i := range w.state.Projects {
		if !w.state.Projects[i].Demo {
			return false
		}
	}
	return true
}

// leaveStart goes past the start page for good.
func (w *Window) leaveStart() {
	w.o.Settings.Set(startedKey, true)
	w.open(inspecting)
}

// pick lets the user choose a folder.
func (w *Window) pick(done func(path string)) {
	d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		if err == nil && folder != nil {
			done(folder.Path())
		}
	}, w.window)
	w.showDialog(d)
}

// pickFile lets the user choose a file.
func (w *Window) pickFile(done func(path string)) {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err != nil || file == nil {
			return
		}
		_ = file.Close() // it is read by its path
		done(file.URI().Path())
	}, w.window)
	w.showDialog(d)
}

// showDialog shows a dialog nearly as large as the window. It has a size only once it is shown.
func (w *Window) showDialog(d dialog.Dialog) {
	d.Show()
	d.Resize(w.window.Canvas().Size().Subtract(fyne.NewSize(80, 80)))
}
