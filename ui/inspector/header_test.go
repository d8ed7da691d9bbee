package inspector

import (
	"testing"

	"culvert/ui/look"
	"culvert/ui/state"

	"fyne.io/fyne/v2/test"
)

func TestHeaderActsOnItsProject(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	d.pane.Show(webChat(), newSample(t).log)
	h := d.pane.header
	for _, b := range []*look.Button{h.copy, h.open, h.edit} {
		test.Tap(b)
	}
	h.address.OnTapped()
	if len(d.copied) != 2 || d.copied[0] != "wss://web-chat.localhost:8443" || d.copied[1] != d.copied[0] {
		t.Errorf("copied %q", d.copied)
	}
	if len(d.opened) != 1 || d.opened[0] != "https://web-chat.localhost:8443" {
		t.Errorf("opened %q", d.opened)
	}
	if len(d.edited) != 1 || d.edited[0] != "web-chat" {
		t.Errorf("edited %q", d.edited)
	}
	if got := d.pane.status.note.Text(); got != "Address copied" {
		t.Errorf("the status bar says %q", got)
	}
}

func TestHeaderOfAProjectThatIsOffOffersNoAddress(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	off := webChat()
	off.Switched, off.Serving, off.Health, off.URLs = false, false, state.Off, nil
	d.pane.Show(off, newSample(t).log)
	if h := d.pane.header; !h.copy.Disabled() || !h.open.Disabled() || h.edit.Disabled() {
		t.Error("copy and open are to be disabled, edit not")
	}
	failed := *off
	failed.Switched, failed.Health, failed.Reason = true, state.Failed, "certificate keystore.jks: there is no such file"
	d.pane.Show(&failed, newSample(t).log)
	if h := d.pane.header; h.address.Text() != "not open" {
		t.Errorf("a project that is on and not served is said to be %q", h.address.Text())
	}
}

func TestTroubleIsToldInWords(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	p, log := webChat(), newSample(t).log
	d.pane.Show(p, log)
	if d.pane.trouble.content.Visible() {
		t.Error("there is no trouble yet")
	}
	bad := *p
	bad.Health, bad.Reason = state.BackendDown, "127.0.0.1:8083 refuses connections (start the backend)"
	d.pane.Show(&bad, log)
	if !d.pane.trouble.content.Visible() || d.pane.trouble.reason.Text() != bad.Reason {
		t.Errorf("it says %q", d.pane.trouble.reason.Text())
	}
	d.pane.Show(p, log)
	if d.pane.trouble.content.Visible() {
		t.Error("the trouble is over")
	}
}
