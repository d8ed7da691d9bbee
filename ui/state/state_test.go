package state

import "testing"

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

func TestABackendOfTwoRoutesIsOne(t *testing.T) {
	shared := Upstream{URL: "ws://a:1", Down: "a:1 refuses connections"}
	p := Project{Routes: []Route{
		{Path: "/", Upstreams: []Upstream{shared, {URL: "ws://b:1"}}},
		{Path: "/ws", Upstreams: []Upstream{shared}},
		{Path: "/files", To: "./dist"},
	}}
	if down, all := p.Down(); down != 1 || all != 2 {
		t.Errorf("%d of %d backends are down, want 1 of 2", down, all)
	}
}
