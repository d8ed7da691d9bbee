package doctor

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"culvert/tunnel/project"
)

// userAgent tells a backend who asks.
const userAgent = "culvert doctor"

// probeTimeout bounds one question to a backend.
const probeTimeout = 2 * time.Second

// probe is what one of a route's backends answered when it was asked.
type probe struct {
	route     *project.Route
	to        *url.URL // one of the route's
	socket    bool     // it was asked for a WebSocket
	seen      bool     // for what a client has asked for, not only for the route's path
	target    string   // path and query
	dials     []dialed
	addr      string // the first of the tunnel's that took the connection; "" without one
	elsewhere string // where one listens that the tunnel does not try; "" without one
	speaks    speech
	badCert   error      // why its certificate is not trusted
	answer    *attempt   // to what a browser asks; nil without HTTP
	variants  []*attempt // the same with other Origins, where that may matter
}

// dialed is what became of a connection to one address.
type dialed struct {
	addr string
	err  error
}

// speech is what is spoken on a connection.
type speech uint8

const (
	silence speech = iota // nothing that is known
	plain
	secure
)

// probes asks each backend, all at once.
func (p *Patient) probes(ctx context.Context) []*probe {
	return p.probed.get(func() []*probe {
		var all []*probe
		var asking sync.WaitGroup
		for i := range p.Project.Routes {
			r := &p.Project.Routes[i]
			for _, to := range r.To {
				b := &probe{route: r, to: to}
				all = append(all, b)
				asking.Go(func() { b.run(ctx, p) })
			}
		}
		asking.Wait()
		return all
	})
}

// run asks a backend, no more than is not known from the record.
func (b *probe) run(ctx context.Context, p *Patient) {
	last := p.lastAttempt(ctx, b.route, b.to)
	b.knock(ctx)
	switch {
	case b.addr == "":
		return
	case last != nil && last.good():
		b.speaks, b.seen = wanted(b.to), true // the record has its answer
		return
	case last == nil:
		last = p.lastAttempt(ctx, b.route, nil) // of what another backend was asked for, this one will be too
	}
	b.target = target(b.route, b.to, b.route.Path)
	b.socket = b.to.Scheme != "http" && b.to.Scheme != "https"
	if last != nil && last.target != "" {
		b.target, b.socket, b.seen = last.target, true, true
	}
	b.ask(ctx, p, last)
}

// knock connects to each address at which the backend may be.
func (b *probe) knock(ctx context.Context) {
	own, others := addresses(b.to)
	open := func(addr string) bool {
		c, err := dial(ctx, b.to, addr)
		b.dials = append(b.dials, dialed{addr, err})
		if err == nil {
			c.Close()
		}
		return err == nil
	}
	for _, addr := range own {
		if open(addr) {
			b.addr = cmp.Or(b.addr, addr)
		}
	}
	if b.addr != "" {
		return
	}
	for _, addr := range others {
		if open(addr) {
			b.elsewhere = cmp.Or(b.elsewhere, addr)
		}
	}
}

// ask finds out what the backend speaks, and asks for what a browser does.
func (b *probe) ask(ctx context.Context, p *Patient, last *attempt) {
	h := p.asBrowser(b.route, b.to, last)
	want := wanted(b.to)
	b.answer = b.question(ctx, want, h)
	switch {
	case b.answer != nil && (want == secure || b.answer.status != http.StatusBadRequest):
		b.speaks = want
	case want == plain && b.handshakes(ctx):
		b.speaks = secure
	case want == plain && b.answer != nil:
		b.speaks = plain
	case want == secure && b.badCert == nil && b.question(ctx, plain, h) != nil:
		b.speaks = plain
	}
	if b.speaks != want {
		b.answer = nil
		return
	}
	if b.socket && b.answer.status != http.StatusSwitchingProtocols && b.answer.status >= 400 {
		for _, origin := range []string{"http://" + h.Get("Host"), ""} {
			other := h.Clone()
			other.Del("Origin")
			if origin != "" {
				other.Set("Origin", origin)
			}
			if a := b.question(ctx, want, other); a != nil {
				b.variants = append(b.variants, a)
			}
		}
	}
}

// question sends a request and returns the answer; nil if there was none that is HTTP.
func (b *probe) question(ctx context.Context, as speech, h http.Header) *attempt {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	c, err := dial(ctx, b.to, b.addr)
	if err != nil {
		return nil
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })() //nolint:errcheck // it is open
	if as == secure {
		secured := tls.Client(c, b.tls())
		err := secured.HandshakeContext(ctx)
		var untrusted *tls.CertificateVerificationError
		if errors.As(err, &untrusted) {
			b.badCert = untrusted.Err
		}
		if err != nil {
			return nil
		}
		c = secured
	}
	a := &attempt{at: time.Now(), route: b.route, to: b.to, target: b.target, request: h}
	if _, err := io.WriteString(c, b.text(h)); err != nil {
		return nil
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: http.MethodGet})
	if err != nil {
		return nil
	}
	a.status, a.response = resp.StatusCode, resp.Header
	if a.status == http.StatusSwitchingProtocols {
		// A Close frame with code 1000, masked with the key 0 (RFC 6455 §5.5.1): a backend may log it as the end it is.
		c.Write([]byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8}) //nolint:errcheck // it is the last
	}
	return a
}

// handshakes reports whether the backend completes a TLS handshake.
func (b *probe) handshakes(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	c, err := dial(ctx, b.to, b.addr)
	if err != nil {
		return false
	}
	defer c.Close()
	config := b.tls()
	config.InsecureSkipVerify = true // whether it speaks TLS is the question; nothing is said to it
	return tls.Client(c, config).HandshakeContext(ctx) == nil
}

// tls is the configuration by which the tunnel shakes hands with the backend too.
func (b *probe) tls() *tls.Config {
	host := b.to.Hostname()
	return &tls.Config{ServerName: host, NextProtos: []string{"http/1.1"}, InsecureSkipVerify: loopbackName(host)}
}

// asBrowser is the header of a request as a page of the project sends it: like the last one recorded.
func (p *Patient) asBrowser(r *project.Route, to *url.URL, last *attempt) http.Header {
	host := p.authority()
	h := http.Header{"Host": {host}, "Origin": {"https://" + host}, "User-Agent": {userAgent}}
	var key [16]byte
	rand.Read(key[:]) //nolint:errcheck // never fails
	h.Set("Sec-WebSocket-Key", base64.StdEncoding.EncodeToString(key[:]))
	h.Set("Sec-WebSocket-Version", "13")
	h.Set("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
	if last != nil {
		// SECURITY: what identifies a user, cookies and Authorization, is not repeated.
		for _, name := range []string{"Host", "Origin", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"} {
			h.Del(name)
			if values := last.request.Values(name); len(values) > 0 {
				h[http.CanonicalHeaderKey(name)] = values
			}
		}
	}
	switch r.Host {
	case "", project.HostPreserve:
	case project.HostUpstream:
		h.Set("Host", to.Host)
	default:
		h.Set("Host", r.Host)
	}
	h.Set("X-Forwarded-Proto", "https")
	h.Set("X-Forwarded-Host", host)
	for name, value := range r.SetHeaders {
		h.Set(name, value)
	}
	return h
}

// authority is the host and port by which a browser names the project.
func (p *Patient) authority() string {
	host := "localhost"
	if len(p.Project.Hosts) > 0 {
		host = p.Project.Hosts[0]
	}
	for _, addr := range slices.Concat(p.Listen, p.Project.Listen) {
		if _, port, err := net.SplitHostPort(addr); err == nil && port != "0" {
			return net.JoinHostPort(host, port)
		}
	}
	return host
}

// text is the request: for a WebSocket, or for a page.
func (b *probe) text(h http.Header) string {
	var t strings.Builder
	fmt.Fprintf(&t, "GET %s HTTP/1.1\r\nHost: %s\r\n", b.target, h.Get("Host"))
	without := map[string]bool{"Host": true}
	if b.socket {
		t.WriteString("Connection: Upgrade\r\nUpgrade: websocket\r\n")
	} else {
		t.WriteString("Connection: close\r\n")
		for _, name := range []string{"Key", "Version", "Extensions", "Protocol"} {
			without["Sec-Websocket-"+name] = true
		}
	}
	h.WriteSubset(&t, without) //nolint:errcheck // a Builder takes all
	t.WriteString("\r\n")
	return t.String()
}

// target is what the tunnel asks a backend for when it is asked for path.
func target(r *project.Route, to *url.URL, path string) string {
	if r.StripPrefix {
		path = "/" + strings.TrimPrefix(strings.TrimPrefix(path, r.Path), "/")
	}
	if to.Scheme != "unix" {
		path = strings.TrimSuffix(to.Path, "/") + path
	}
	return (&url.URL{Path: path}).EscapedPath()
}

// wanted is what the tunnel speaks with a backend.
func wanted(u *url.URL) speech {
	if u.Scheme == "wss" || u.Scheme == "https" {
		return secure
	}
	return plain
}

// dial connects to one address of a backend.
func dial(ctx context.Context, u *url.URL, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	network := "tcp"
	if u.Scheme == "unix" {
		network = "unix"
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// addresses returns where the tunnel looks for a backend, and where else on this machine it may be instead.
func addresses(u *url.URL) (own, others []string) {
	if u.Scheme == "unix" {
		return []string{u.Path}, nil
	}
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = "80"
		if wanted(u) == secure {
			port = "443"
		}
	}
	named, v4, v6 := net.JoinHostPort(host, port), net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port)
	switch {
	case !loopbackName(host):
		return []string{named}, nil
	case host == "::1":
		return []string{v6, v4}, nil
	case net.ParseIP(host) == nil || host == "127.0.0.1":
		return []string{v4, v6}, nil
	}
	return []string{named}, []string{v4, v6} // 127.0.0.2 is meant to the letter
}

// loopbackName reports whether a host can only mean this machine (RFC 6761 §6.3).
func loopbackName(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
