package control

import (
	"slices"
	"testing"
)

func TestARouteOfOneAddressIsEnteredThere(t *testing.T) {
	p := Project{
		Listen: []string{"127.0.0.1:443", "127.0.0.1:8443", "[::1]:8443", "127.0.0.1:38889"},
		URLs:   []string{"https://localhost:8443", "https://app.localhost:8443", "https://localhost:38889", "https://localhost"},
		Routes: []Route{
			{Path: "/", To: "http://a"},
			{Path: "/", To: "ws://b", Listen: []string{"127.0.0.1:38889"}},
			{Path: "/ws", To: "ws://c", Listen: []string{"[::1]:443", "127.0.0.1:38889"}},
			{Path: "/ws", To: "http://d", Exact: true},
			{Path: "/std", To: "ws://f", Listen: []string{"127.0.0.1:443"}},
			{Path: "/gone", To: "ws://e", Listen: []string{"127.0.0.1:9"}},
		},
	}
	for _, test := range []struct{ name, path, to, url, addr string }{
		{"a path that all addresses serve", "/page", "http://a", "https://localhost:8443", "127.0.0.1:8443"},
		{"the longest path, at its first address", "/ws/1", "ws://c", "https://localhost:38889", "127.0.0.1:38889"},
		{"an exact path before a longer reach", "/ws", "http://d", "https://localhost:8443", "127.0.0.1:8443"},
		{"a route of the port that https has", "/std", "ws://f", "https://localhost", "127.0.0.1:443"},
		{"a route of an address that is not open", "/gone", "ws://e", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, ok := p.Serving(test.path)
			if url, addr := p.Entrance(r); !ok || r.To != test.to || url != test.url || addr != test.addr {
				t.Errorf("got %s at %q by %q, want %s at %q by %q", r.To, url, addr, test.to, test.url, test.addr)
			}
		})
	}
	for i, want := range [][]string{
		{"https://localhost:8443", "https://app.localhost:8443", "https://localhost"}, // another has / at 38889
		{"https://localhost:38889"},
		{"https://localhost:38889"},
		p.URLs, // that it is exact makes it another path
		{"https://localhost"},
		nil,
	} {
		if got := p.Entrances(p.Routes[i]); !slices.Equal(got, want) {
			t.Errorf("%+v serves at %q, want %q", p.Routes[i], got, want)
		}
	}
	if _, ok := (Project{Routes: p.Routes[2:]}).Serving("/elsewhere"); ok {
		t.Error("a route was found for a path of none")
	}
	if url, addr := (Project{}).Entrance(Route{}); url != "" || addr != "" {
		t.Errorf("a project that is off is entered at %q by %q", url, addr)
	}
}
