package migration

import (
	"slices"
	"testing"
)

func TestAProxyFromWSToWSS(t *testing.T) {
	t.Parallel()
	s := &site{t: t, folder: "proxy", shared: map[string]string{"backend": address(startBackend(t, "backend"))}, roles: []string{"http", "wss"}}
	nginx, culvert := s.nginx(), s.culvert()
	exchanges := slices.Concat(
		sessions("wss://127.0.0.1:{wss}/"),
		[]exchange{
			{name: "by the name instead of the address", url: "wss://localhost:{wss}/", frames: []string{"close 1000"}},
			{name: "ws on the port of wss", url: "ws://127.0.0.1:{wss}/", frames: []string{"text hello", "close 1000"}},
			{name: "a page of the backend's", url: "https://127.0.0.1:{wss}/chat"},
			{name: "http on the port of https", url: "http://127.0.0.1:{wss}/"},
			{name: "the page of the default server", url: "http://localhost:{http}/"},
			{name: "a page that is not there", url: "http://localhost:{http}/nowhere"},
		},
	)
	compare(t, nginx, culvert, exchanges, []difference{ownServer})
}

func TestAProxyFromWSToWSSInFrontOfNode(t *testing.T) {
	t.Parallel()
	s := &site{t: t, folder: "proxy", shared: map[string]string{"backend": startNode(t, "node1").address}, roles: []string{"http", "wss"}}
	compare(t, s.nginx(), s.culvert(), []exchange{
		{name: "a socket", url: "wss://127.0.0.1:{wss}/", frames: []string{"text hello", "text+ in ", "continuation pieces", "binary \x00\xff", "ping", "close 1000 bye"}},
		{name: "a socket with a broken frame", url: "wss://127.0.0.1:{wss}/", frames: []string{"continuation of nothing"}},
		{name: "a page", url: "https://127.0.0.1:{wss}/status"},
	}, []difference{ownServer})
}
