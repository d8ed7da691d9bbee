package tunnel

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"culvert/tunnel/project"
)

// route carries requests under one path to one upstream.
type route struct {
	*project.Route
	upstream  *upstream
	httpURL   *url.URL // scheme and host for net/http's transport
	transport *http.Transport
	ours      []string // the request headers that rewrite sets
}

// forwarded are the headers by which a reverse proxy tells the backend whom it speaks for.
var forwarded = []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP"}

func newRoute(r *project.Route) *route {
	up := newUpstream(r.To[0], r.ConnectTimeout)
	rt := &route{Route: r, upstream: up, httpURL: &url.URL{Scheme: "http", Host: r.To[0].Host}}
	if up.network == "unix" {
		rt.httpURL.Host = "localhost"
	}
	rt.transport = &http.Transport{
		DialContext:           rt.dialPlain,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
		ResponseHeaderTimeout: r.ReadTimeout,
		DisableCompression:    true, // the answer passes as it is
	}
	if up.secure != nil {
		rt.httpURL.Scheme = "https"
		rt.transport.TLSClientConfig = up.secure.Clone()
		rt.transport.TLSClientConfig.NextProtos = nil
		rt.transport.ForceAttemptHTTP2 = true
	}
	rt.ours = append(rt.ours, forwarded...)
	for name := range r.SetHeaders {
		rt.ours = append(rt.ours, name)
	}
	return rt
}

// dialPlain dials for the transport, which does TLS itself.
func (rt *route) dialPlain(ctx context.Context, _, _ string) (net.Conn, error) {
	if rt.upstream.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, rt.upstream.timeout)
		defer cancel()
	}
	return rt.upstream.connect(ctx)
}

// host is the Host that the upstream is to see.
func (rt *route) host(asked string) string {
	switch rt.Route.Host {
	case "", project.HostPreserve:
		return asked
	case project.HostUpstream:
		return rt.httpURL.Host
	}
	return rt.Route.Host
}

// path is where a request's path is at the upstream.
func (rt *route) path(p string) string {
	if p == "" {
		return ""
	}
	if rt.StripPrefix {
		p = "/" + strings.TrimPrefix(strings.TrimPrefix(p, rt.Path), "/")
	}
	if rt.upstream.network != "unix" {
		p = strings.TrimSuffix(rt.upstream.url.Path, "/") + p
	}
	return p
}

// rewrite makes a client's request what the upstream is sent: as it came, but for what a reverse proxy owes.
func (rt *route) rewrite(h *head, c *client) {
	client, asked := c.addr().String(), h.get("Host")
	if by := h.get("X-Forwarded-For"); by != "" {
		h.set("X-Forwarded-For", by+", "+client)
	} else {
		h.set("X-Forwarded-For", client)
	}
	h.set("X-Forwarded-Proto", c.scheme())
	h.set("X-Forwarded-Host", asked)
	h.set("X-Real-IP", client)
	h.set("Host", rt.host(asked))
	for name, value := range rt.SetHeaders {
		h.set(name, value)
	}
}

// target is a request target (RFC 9112 §3.2) at the upstream.
func (rt *route) target(target string) string {
	if u, err := url.Parse(target); err == nil && u.IsAbs() {
		target = u.RequestURI()
	}
	p, query, found := strings.Cut(target, "?")
	p = rt.path(p)
	if found {
		p += "?" + query
	}
	return p
}

// loopbackHost reports whether a Host header names this machine, where an HSTS header would stick to every port.
func loopbackHost(hostport string) bool { return isLoopback(hostOnly(hostport)) }
