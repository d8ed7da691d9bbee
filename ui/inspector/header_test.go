package inspector

import (
	"testing"

	"culvert/ui/look"
	"culvert/ui/state"

	"fyne.io/fyne/v2/test"
)

func TestBackendsAreToldShortly(t *testing.T) {
	for name, c := range map[string]struct {
		to   []string
		want string
	}{
		"none":                         {nil, ""},
		"one":                          {[]string{"ws://127.0.0.1:8083"}, "ws://127.0.0.1:8083"},
		"of one host by port":          {[]string{"ws://127.0.0.1:8083", "ws://127.0.0.1:8093"}, "ws://127.0.0.1:8083 · :8093"},
		"of several hosts in full":     {[]string{"ws://a:1", "ws://b:1"}, "ws://a:1 · ws://b:1"},
		"each once":                    {[]string{"ws://a:1", "http://b:2", "ws://a:1"}, "ws://a:1 · http://b:2"},
		"folders beside them left out": {[]string{"ws://a:1", "./dist"}, "ws://a:1"},
		"folders alone":                {[]string{"./dist"}, "./dist"},
		"a unix socket":                {[]string{"unix:/run/app.sock"}, "unix:/run/app.sock"},
	} {
		var routes []state.Route
		for _, to := range c.to {
			routes = append(routes, state.Route{Path: "/", To: to})
		}
		if got := backends(routes); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

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
