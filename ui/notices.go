package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// notices are the lines across the window's top: what failed, that there is no tray, the question before an end, and what
// is to be known of the CA.
type notices struct {
	failed  *look.Banner
	done    *look.Banner
	noTray  *look.Banner
	ending  *look.Banner
	trust   *trustNotices
	content *fyne.Container

	dismissed bool   // the user has closed the line about the tray
	file      string // that was saved last
	reveal    func(file string)
	resized   func() // told that the lines need more room, or less
}

func newNotices(quit func(), trust *trustNotices) *notices {
	n := &notices{
		trust:   trust,
		resized: func() {},
		failed:  look.NewBanner(ink.Error, ""),
		noTray:  look.NewBanner(ink.Warning, ""),
		ending:  look.NewBanner(ink.Warning, words.T("ui.endsWithWindow"), look.NewButton(words.T("ui.quit"), look.Plain, quit)),
	}
	n.done = look.NewBanner(ink.Accent, "", look.NewButton(words.T("ui.show"), look.Plain, func() { n.reveal(n.file); n.put(n.done, false) }))
	n.done.Hide()
	n.failed.Hide()
	n.noTray.Hide()
	n.ending.Hide()
	for _, b := range []*look.Banner{n.failed, n.done, n.ending} {
		b.OnClosed = func() { n.resized() }
	}
	n.noTray.OnClosed = func() { n.dismissed = true; n.resized() }
	trust.ending.OnClosed = func() { trust.later = trust.ends; n.resized() }
	trust.appeared.OnClosed = func() { trust.closed = trust.stores; n.resized() }
	n.content = look.Column(0, n.failed, n.done, trust.ending, trust.appeared, n.noTray, n.ending)
	return n
}

// put shows a line, or takes it away.
func (n *notices) put(b *look.Banner, shown bool) {
	if b.Visible() == shown {
		return
	}
	if shown {
		b.Show()
	} else {
		b.Hide()
	}
	n.resized()
}

// show brings the lines about the CA and about the tray up to date.
func (n *notices) show(s *state.State) {
	n.trust.show(&s.Trust, n.put)
	if s.Tray {
		n.dismissed = false
		n.put(n.ending, false)
	}
	if s.Tray || n.dismissed {
		n.put(n.noTray, false)
		return
	}
	n.noTray.SetText(words.T(trayKey(s.Desktop)))
	n.put(n.noTray, true)
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
	n.failed.SetText(words.Sentence(err.Error()))
	n.put(n.failed, true)
}

// askToQuit asks before the window, and with it the app, is closed.
func (n *notices) askToQuit() { n.put(n.ending, true) }

// saved tells where an exported file is.
func (n *notices) saved(file string, reveal func(file string)) {
	n.file, n.reveal = file, reveal
	n.done.SetText(words.T("ui.saved", "file", file))
	n.put(n.done, true)
}
