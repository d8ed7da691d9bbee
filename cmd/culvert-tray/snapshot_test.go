package main

import (
	"testing"

	"culvert/tunnel"
	"culvert/tunnel/control"
	"culvert/ui/state"
)

func TestHealthOfAProject(t *testing.T) {
	half := []control.Route{{Path: "/", Upstreams: []control.Upstream{{URL: "ws://a:1"}, {URL: "ws://b:1", Down: "b:1 refuses"}}}}
	for name, c := range map[string]struct {
		project control.Project
		health  state.Health
		reason  string
	}{
		"off":                   {control.Project{State: control.Off}, state.Off, ""},
		"on":                    {control.Project{State: control.On}, state.On, ""},
		"one of two is down":    {control.Project{State: control.On, Routes: half}, state.Degraded, "b:1 refuses"},
		"off with one down":     {control.Project{State: control.Off, Routes: half}, state.Off, ""},
		"a whole route is down": {control.Project{State: control.On, Routes: half, Fault: control.BackendDown, Reason: "all"}, state.BackendDown, "all"},
		"another fault first":   {control.Project{State: control.On, Routes: half, Fault: control.BadFile, Reason: "line 3"}, state.FileBroken, "line 3"},
	} {
		if got := shown(&c.project); got.Health != c.health || got.Reason != c.reason {
			t.Errorf("%s: health %d, %q", name, got.Health, got.Reason)
		}
	}
}

func TestEndpointsOfAProject(t *testing.T) {
	p := shown(&control.Project{
		Exposed: []string{"0.0.0.0:1"}, Guarded: true, Certificate: "e3b0",
		Listen: []string{"127.0.0.1:1", "127.0.0.1:2"}, URLs: []string{"https://localhost:1", "https://localhost:2"},
		Routes: []control.Route{{Path: "/", Listen: []string{"127.0.0.1:2"}}},
		Endpoints: []control.Endpoint{
			{Path: "/ws", Route: "/", Open: 1, Sockets: 2, Requests: 3, Refused: 4}, {Path: tunnel.OtherEndpoints, Requests: 5},
		},
	})
	if urls := p.Routes[0].URLs; len(urls) != 1 || urls[0] != "https://localhost:2" {
		t.Errorf("the route serves at %q", urls)
	}
	if want := (state.Endpoint{Path: "/ws", Route: "/", Open: 1, Sockets: 2, Requests: 3, Refused: 4}); p.Endpoints[0] != want {
		t.Errorf("the path is %+v", p.Endpoints[0])
	}
	if !p.Endpoints[1].Others || p.Endpoints[1].Requests != 5 || p.Endpoints[0].Others {
		t.Errorf("the others are %+v", p.Endpoints[1])
	}
	if len(p.Exposed) != 1 || !p.Guarded || p.Certificate != "e3b0" {
		t.Errorf("exposed are %q, guarded %t, the certificate is %q", p.Exposed, p.Guarded, p.Certificate)
	}
}
