package state

import (
	"slices"
	"testing"
)

func TestOnlyWhatDoesNotWorkAsksForAttention(t *testing.T) {
	for health, want := range map[Health]bool{
		Off: false, On: false, Degraded: false, BackendDown: true, PortTaken: true, FileBroken: true, Failed: true,
	} {
		if p := (Project{Switched: true, Health: health}); p.Attention() != want {
			t.Errorf("%d: attention %t", health, !want)
		}
		if p := (Project{Health: health}); p.Attention() {
			t.Errorf("%d: attention for a project that is switched off", health)
		}
	}
}

func TestABackendOfSeveralRoutesIsOne(t *testing.T) {
	shared := Upstream{URL: "ws://a:1", Down: "a:1 refuses connections"}
	p := Project{Routes: []Route{
		{Path: "/", Upstreams: []Upstream{shared, {URL: "ws://b:1"}}},
		{Path: "/ws", Upstreams: []Upstream{shared}},
		{Path: "/files", To: "./dist"},
		{Path: "/api", Upstreams: []Upstream{{URL: "http://b:1/api"}, {URL: "http://c"}, {URL: "unix:/run/d"}}},
		{Path: "/in", Upstreams: []Upstream{{URL: "ws://c:80"}, {URL: "https://c"}, {URL: "http://[::1]"}, {URL: "http://[::1]:80/"}}},
	}}
	var urls []string
	for _, u := range p.Upstreams() {
		urls = append(urls, u.URL)
	}
	if want := []string{"ws://a:1", "ws://b:1", "http://c", "unix:/run/d", "https://c", "http://[::1]"}; !slices.Equal(urls, want) {
		t.Errorf("the backends are %q, want %q", urls, want)
	}
	if down, all := p.Down(); down != 1 || all != 6 {
		t.Errorf("%d of %d backends are down, want 1 of 6", down, all)
	}
}
