package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// notices are the lines across the window's top: what failed, that there is no tray, and the question before an end.
type notices struct {
	failed  *look.Banner
	done    *look.Banner
	noTray  *look.Banner
	ending  *look.Banner
	content *fyne.Container

	dismissed bool   // the user has closed the line about the tray
	file      string // that was saved last
	reveal    func(file string)
}

func newNotices(quit func()) *notices {
	n := &notices{
		failed: look.NewBanner(ink.Error, "", "", nil),
		noTray: look.NewBanner(ink.Warning, "", "", nil),
		ending: look.NewBanner(ink.Warning, words.T("ui.endsWithWindow"), words.T("ui.quit"), quit),
	}
	n.done = look.NewBanner(ink.Accent, "", words.T("ui.show"), func() { n.reveal(n.file); n.done.Hide() })
	n.done.Hide()
	n.noTray.OnClosed = func() { n.dismissed = true }
	n.failed.Hide()
	n.noTray.Hide()
	n.ending.Hide()
	n.content = look.Column(0, n.failed, n.done, n.noTray, n.ending)
	return n
}

// show brings the line about the tray up to date.
func (n *notices) show(s *state.State) {
	if s.Tray {
		n.dismissed = false
		n.ending.Hide()
	}
	if s.Tray || n.dismissed {
		n.noTray.Hide()
		return
	}
	n.noTray.SetText(words.T(trayKey(s.Desktop)))
	n.noTray.Show()
}

// trayKey is the key of the line that says which package or extension shows tray icons on a desktop.
func trayKey(desktop string) string {
	desktop = strings.ToLower(desktop)
	for _, d := range []struct{ part, key string }{
		{"gnome", "ui.noTrayGNOME"},
		{"unity", "ui.noTrayGNOME"},
		{"xfce", "ui.noTrayXfce"},
		{"sway", "ui.noTrayWayland"},
		{"hyprland", "ui.noTrayWayland"},
		{"i3", "ui.noTrayX11"},
	} {
		if strings.Contains(desktop, d.part) {
			return d.key
		}
	}
	return "ui.noTray"
}

// fail tells what went wrong.
func (n *notices) fail(err error) {
	n.failed.SetText(err.Error())
	n.failed.Show()
}

// askToQuit asks before the window, and with it the app, is closed.
func (n *notices) askToQuit() { n.ending.Show() }

// saved tells where an exported file is.
func (n *notices) saved(file string, reveal func(file string)) {
	n.file, n.reveal = file, reveal
	n.done.SetText(words.T("ui.saved", "file", file))
	n.done.Show()
}
