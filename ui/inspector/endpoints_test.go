package inspector

import (
	"slices"
	"testing"

	"culvert/ui/look"
)

func TestEndpointsAreEveryURLWithEveryRoute(t *testing.T) {
	want := []endpoint{
		{"wss://web-chat.localhost:8443/ws", "ws://127.0.0.1:8083 · ws://127.0.0.1:8093"},
		{"https://web-chat.localhost:8443/", "./dist"},
		{"wss://localhost:8443/ws", "ws://127.0.0.1:8083 · ws://127.0.0.1:8093"},
		{"https://localhost:8443/", "./dist"},
	}
	if got := endpointsOf(webChat()); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestHostsOfURLs(t *testing.T) {
	got := hosts([]string{"https://a.localhost:8443", "https://[::1]:8443", "https://[::1]", "https://a.localhost"})
	if want := []string{"a.localhost", "[::1]"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestEndpointsFollowTheProject(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	p, log := webChat(), newSample(t).log
	d.pane.Show(p, log)
	if n := len(d.pane.endpoints.shown); n != 4 {
		t.Errorf("%d endpoints", n)
	}
	off := *p
	off.URLs = nil
	d.pane.Show(&off, log)
	if n := len(d.pane.endpoints.shown); n != 0 {
		t.Errorf("%d endpoints of a project that is off", n)
	}
}
