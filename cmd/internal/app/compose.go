package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"culvert/tunnel/compose"
	"culvert/tunnel/control"
)

// Compose opens a WebSocket to a project that is on, through its own address, so that what is sent and received is
// carried and recorded like everything else. t.URL is a path with its query; Addr, RootCAs, Certificate and, with the
// password that the project asks for, Header are filled in. The error is a [*compose.Refused] where the backend, or the
// tunnel for it, answered with something else than a WebSocket.
func (a *App) Compose(ctx context.Context, name string, t compose.Target) (*compose.Session, error) {
	p, err := a.project(name)
	switch {
	case err != nil:
		return nil, err
	case p.State != control.On || len(p.URLs) == 0:
		return nil, fmt.Errorf("project %s is not served (switch it on to send through it)", name)
	}
	path, _, _ := strings.Cut(t.URL, "?")
	route, _ := p.Serving("/" + strings.TrimPrefix(path, "/")) // none: the tunnel says so
	url, addr := p.Entrance(route)
	t.URL = "wss" + strings.TrimPrefix(url, "https") + "/" + strings.TrimPrefix(t.URL, "/")
	t.Addr = reachable(addr)
	t.RootCAs, t.Certificate = a.trusted(), a.engine.Certificate(name)
	t.Header = http.Header{}
	a.engine.Authorize(name, t.Header)
	return compose.Dial(ctx, t)
}

// reachable returns the address at which this machine reaches what listens at addr.
func reachable(addr string) string {
	at, err := netip.ParseAddrPort(addr)
	if err != nil || !at.Addr().IsUnspecified() {
		return addr
	}
	host := "127.0.0.1"
	if at.Addr().Is6() {
		host = "::1"
	}
	_, port, _ := net.SplitHostPort(addr)
	return net.JoinHostPort(host, port)
}
