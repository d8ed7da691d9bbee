package ui

import "fyne.io/fyne/v2"

// How the window was left is kept under these keys.
const (
	sizeKey    = "window.size"
	sidebarKey = "window.sidebar"
	projectKey = "window.project"
)

// sidebarWidth is in Fyne units.
const sidebarWidth = 248

// least and usual are sizes of the window. A display may be smaller than the usual one: Fyne fits the window to it.
var (
	least = fyne.NewSize(720, 420)
	usual = fyne.NewSize(1280, 800)
)

// size returns how large the window was left, if that makes sense.
func (w *Window) size() fyne.Size {
	var s fyne.Size
	if !w.o.Settings.Get(sizeKey, &s) || s.Width < least.Width || s.Height < least.Height || s.Width > 16384 || s.Height > 16384 {
		return usual
	}
	return s
}

// remember keeps how the window is left.
func (w *Window) remember() {
	if s := w.window.Canvas().Size(); s.Width >= least.Width && s.Height >= least.Height {
		w.o.Settings.Set(sizeKey, s)
	}
}
