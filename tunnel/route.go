package tunnel

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"

	"culvert/tunnel/project"
)

// route carries requests under one path to one upstream, or answers them.
type route struct {
	*project.Route
	at        []*listener // where it serves; all that there are if Listen is empty
	access    *access     // of its own, nil for the project's
	upstream  *upstream
	httpURL   *url.URL // scheme and host for net/http's transport
	transport *http.Transport
	ours      []string // the request headers that rewrite sets
}

// forwarded are the headers by which a reverse proxy tells the backend whom it speaks for.
var forwarded = []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP"}

func newRoute(r *project.Route) *route {
	if len(r.To) == 0 {
		return &route{Route: r}
	}
	up := newUpstream(r.To[0], r.ConnectTimeout)
	rt := &route{Route: r, upstream: up, httpURL: &url.URL{Scheme: "http", Host: r.To[0].Host}}
	if up.network == "unix" {
		rt.httpURL.Host = "localhost"
	}
	rt.transport = &http.Transport{
		DialContext:           rt.dialPlain,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   r.ConnectTimeout,
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

// dialPlain dials for the transport, which does TLS itself. How it went is noted, for TLS by tracing the handshake.
func (rt *route) dialPlain(ctx context.Context, _, _ string) (net.Conn, error) {
	up, bounded := rt.upstream, ctx
	if up.timeout > 0 {
		var cancel context.CancelFunc
		bounded, cancel = context.WithTimeout(ctx, up.timeout)
		defer cancel()
	}
	c, err := up.connect(bounded)
	if err != nil || up.secure == nil {
		up.note(ctx, err)
	}
	return c, err
}

// traced returns ctx such that the transport's TLS handshakes with the upstream are noted.
func (rt *route) traced(ctx context.Context) context.Context {
	up := rt.upstream
	if up.secure == nil {
		return ctx
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err != nil {
				err = fmt.Errorf("TLS with %s: %w", strings.Join(up.addrs, " or "), err)
			}
			up.note(ctx, err)
		},
	})
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

// path is where a request's path, escaped as it came, is at the upstream.
func (rt *route) path(p string) string {
	if rt.StripPrefix {
		rest, ok := strings.CutPrefix(p, rt.Path)
		if !ok { // it is spelt with escapes, or with segments that lead elsewhere
			rest = (&url.URL{Path: strings.TrimPrefix(normalPath(targetPath(p)), rt.Path)}).EscapedPath()
		}
		p = "/" + strings.TrimPrefix(rest, "/")
	}
	if rt.upstream.network != "unix" {
		p = strings.TrimSuffix(rt.upstream.url.EscapedPath(), "/") + p
	}
	return p
}

// rewrite makes a client's request what the upstream is sent: as it came, but for what a reverse proxy owes.
func (rt *route) rewrite(h *head, c *client) {
	client, asked := c.addr().String(), h.get("Host")
	if by := h.list("X-Forwarded-For"); by != "" {
		h.set("X-Forwarded-For", by+", "+client)
	} else {
		h.set("X-Forwarded-For", client)
	}
	h.set("X-Forwarded-Proto", c.scheme())
	h.set("X-Forwarded-Host", asked)
	h.set("X-Real-IP", client)
	h.set("Host", rt.host(asked))
	for _, name := range slices.Sorted(maps.Keys(rt.SetHeaders)) {
		h.set(name, rt.SetHeaders[name])
	}
}

// target is a request target in origin form (RFC 9112 §3.2.1) at the upstream.
func (rt *route) target(target string) string {
	p, query, found := strings.Cut(target, "?")
	p = rt.path(p)
	if found {
		p += "?" + query
	}
	return p
}

// targetPath is the path, unescaped, of a request target in origin form. Routes are found by it.
func targetPath(target string) string {
	p, _, _ := strings.Cut(target, "?")
	if plain, err := url.PathUnescape(p); err == nil {
		return plain
	}
	return p
}

// loopbackHost reports whether a Host header names this machine, where an HSTS header would stick to every port.
func loopbackHost(hostport string) bool { return isLoopback(hostOnly(hostport)) }
