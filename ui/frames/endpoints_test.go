package frames

import (
	"slices"
	"testing"

	"culvert/ui/ink"
	"culvert/ui/state"
)

// counted is a project with a path of each kind.
func counted() *state.Project {
	return &state.Project{
		Routes: []state.Route{
			{Path: "/app", To: "./dist"},
			{Path: "/ws", To: "ws://127.0.0.1:1", Upstreams: []state.Upstream{{URL: "ws://127.0.0.1:1"}, {URL: "ws://127.0.0.1:2"}}},
			{Path: "/ws", To: "ws://127.0.0.1:3", Upstreams: []state.Upstream{{URL: "ws://127.0.0.1:3"}}},
		},
		Endpoints: []state.Endpoint{
			{Path: "/app/a\nb", Route: "/app", Requests: 2},
			{Path: "/nowhere", Requests: 1, Refused: 1},
			{Path: "/ws", Route: "/ws", Open: 3, Sockets: 12},
			{Path: "…", Others: true, Requests: 7},
		},
	}
}

func TestEndpointsInCells(t *testing.T) {
	e := NewEndpoints()
	if !e.Set(counted()) || e.Set(counted()) {
		t.Error("the list does not know what differs")
	}
	want := [][]string{
		{"/app/a b", "/app", "./dist", "0", "0", "2", "0"},
		{"/nowhere", "no route", "", "0", "0", "1", "1"},
		{"/ws", "/ws", "3 backends", "3", "12", "0", "0"},
		{"all other paths", "", "", "0", "0", "7", "0"},
	}
	var r ink.Row
	for pos, cells := range want {
		if !e.Row(int64(pos), &r) || len(r.Cells) != EndpointColumns {
			t.Fatalf("row %d has %d cells", pos, len(r.Cells))
		}
		var got []string
		for _, c := range r.Cells {
			got = append(got, string(c.Text))
		}
		if !slices.Equal(got, cells) {
			t.Errorf("row %d: %q, want %q", pos, got, cells)
		}
	}
	if e.Row(4, &r) || e.Row(-1, &r) {
		t.Error("there are rows beyond the ends")
	}
	if e.Find("/ws") != 3 || e.Find("/none") != 0 || e.Pos(9) != 4 {
		t.Errorf("finds /ws at %d, /none at %d", e.Find("/ws"), e.Find("/none"))
	}
}

func TestEndpointsTellOfAnotherBackendToo(t *testing.T) {
	e := NewEndpoints()
	e.Set(counted())
	p := counted()
	p.Routes[0].To = "./build"
	if !e.Set(p) {
		t.Error("a route leads elsewhere, and nothing looks different")
	}
}
