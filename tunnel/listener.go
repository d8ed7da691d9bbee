package tunnel

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// How long a client may take: browsers open connections ahead of need and keep them for minutes.
const (
	firstByteTimeout = 5 * time.Minute
	handshakeTimeout = 15 * time.Second
	headTimeout      = time.Minute
	lingerTimeout    = time.Second // to take an answer after which the connection is closed
)

// listener is one address, which the services of several projects may share. A connection's first byte tells TLS from
// plain, its first request's Host tells the service.
type listener struct {
	addr  string
	net   net.Listener
	tls   *tls.Config
	pages *pageServer // of HTTP/1.1
	h2    *pageServer // of HTTP/2
	log   *slog.Logger
	wg    sync.WaitGroup

	mu       sync.RWMutex
	services []*service         // in the order in which they came: the first has "localhost"
	backlog  int                // as set last, or systemBacklog
	waiting  map[*wire]struct{} // connections that have not made a request yet
	closed   bool
}

// familyOf is the network of an address "IP:port".
//
// SECURITY: with "tcp" 0.0.0.0 would be opened to IPv6 too, which nobody asked for, and [::] could not stand beside it.
func familyOf(addr string) string {
	switch at, err := netip.ParseAddrPort(addr); {
	case err != nil:
		return "tcp"
	case at.Addr().Is4():
		return "tcp4"
	}
	return "tcp6"
}

// listen opens an address.
func listen(addr string, getCertificate func(*tls.ClientHelloInfo) (*tls.Certificate, error), log *slog.Logger) (*listener, error) {
	n, err := net.Listen(familyOf(addr), addr)
	if err != nil {
		return nil, err
	}
	l := &listener{addr: addr, net: n, log: log, waiting: map[*wire]struct{}{}, backlog: systemBacklog}
	l.tls = &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"},
		// Post-quantum key exchange guards against those who record traffic today; nobody can record a loopback's.
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384},
		// Small first records help pages over slow lines; here they would only cost.
		DynamicRecordSizingDisabled: true,
		GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) { // before anything of it is refused
			h.Conn.(*wire).greeting.hello = h
			return nil, nil
		},
		GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return l.certificateFor(h, getCertificate)
		},
		WrapSession:   l.wrapSession,
		UnwrapSession: l.unwrapSession,
	}
	l.pages, l.h2 = newPageServer(l, (*http.Protocols).SetHTTP1), newPageServer(l, (*http.Protocols).SetUnencryptedHTTP2)
	l.wg.Go(l.accept)
	return l, nil
}

// port is the port listened on.
func (l *listener) port() int { return l.net.Addr().(*net.TCPAddr).Port }

// close stops listening, ends the connections that no service has, and waits.
func (l *listener) close() {
	l.mu.Lock()
	l.closed = true
	waiting := l.waiting
	l.waiting = nil
	l.mu.Unlock()
	l.net.Close()
	for w := range waiting {
		w.Close()
	}
	l.pages.close()
	l.h2.close()
	l.wg.Wait()
}

// accept takes connections until the listener is closed. When the process is out of file descriptors it waits for one.
func (l *listener) accept() {
	for {
		c, err := l.net.Accept()
		if err == nil {
			l.wg.Go(func() { l.serve(&wire{Conn: c}) })
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		l.log.Error("cannot accept a connection", "address", l.addr, "err", err)
		time.Sleep(50 * time.Millisecond)
	}
}

// serve brings a connection to its first request and hands it to whom it concerns.
func (l *listener) serve(w *wire) {
	if !l.hold(w) {
		w.Close()
		return
	}
	c, err := l.greet(w)
	if err == nil {
		err = l.first(c)
	}
	if err != nil {
		l.fail(w, err)
		l.log.Debug("connection ended before a request", "client", w.RemoteAddr(), "address", l.addr, "err", err)
		l.release(w)
		w.Close()
	}
}

// hold remembers a connection that nobody has yet, so that close can end it.
func (l *listener) hold(w *wire) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.waiting[w] = struct{}{}
	return true
}

// release forgets a connection that somebody has taken.
func (l *listener) release(w *wire) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, w)
}

// greet finds out whether the client speaks TLS, and shakes hands if so.
func (l *listener) greet(w *wire) (*client, error) {
	c := &client{endpoint: endpoint{wire: w}, listener: l}
	w.SetDeadline(time.Now().Add(firstByteTimeout)) //nolint:errcheck // then there is none
	first, err := w.peek()
	if err != nil {
		return nil, err
	}
	const recordTypeHandshake = 22 // RFC 8446 §5.1
	if first != recordTypeHandshake {
		return c, nil
	}
	now := time.Now()
	w.SetDeadline(now.Add(handshakeTimeout)) //nolint:errcheck // likewise
	w.greeting = &greeting{began: now}
	c.tls = tls.Server(w, l.tls)
	if err := c.tls.Handshake(); err != nil {
		return nil, err
	}
	w.greeting.shaken = true
	return c, nil
}

// first reads a connection's first request. One that opens a WebSocket is served here, byte for byte; all others go
// to the page server, with what was read.
func (l *listener) first(c *client) error {
	if c.tls != nil && c.tls.ConnectionState().NegotiatedProtocol == "h2" {
		return l.firstH2(c)
	}
	c.wire.SetDeadline(time.Now().Add(headTimeout)) //nolint:errcheck // the socket is open
	raw, rest, err := readHead(c.conn(), make([]byte, 2<<10), beginsRequest)
	if len(raw) > 0 {
		c.wire.greeting = nil
	}
	if err != nil {
		if len(raw) > 0 {
			c.refuse(http.StatusBadRequest, "this is not an HTTP request: "+err.Error())
		}
		return err
	}
	c.wire.SetDeadline(time.Time{}) //nolint:errcheck // likewise
	h, err := parseHead(raw)
	if err == nil && h.opensWebSocket() {
		l.release(c.wire)
		c.early = slices.Clone(rest)
		l.upgrade(c, h, raw)
		return nil
	}
	l.release(c.wire)
	return l.pages.take(c, raw[:len(raw)+len(rest)]) // what is malformed, net/http answers
}

// firstH2 hands a connection over HTTP/2 to the page server once the client has begun to speak (RFC 9113 §3.4): instead
// of that an alert may come.
func (l *listener) firstH2(c *client) error {
	c.wire.SetDeadline(time.Now().Add(headTimeout)) //nolint:errcheck // the socket is open
	p := make([]byte, 512)
	n, err := c.tls.Read(p)
	if n == 0 {
		return err
	}
	c.wire.greeting = nil
	c.wire.SetDeadline(time.Time{}) //nolint:errcheck // likewise
	l.release(c.wire)
	return l.h2.take(c, p[:n])
}

// upgrade finds the service that a request to open a WebSocket is for.
func (l *listener) upgrade(c *client, h *head, raw []byte) {
	host := h.get("Host")
	s := l.service(host)
	if s == nil {
		c.refuse(http.StatusMisdirectedRequest, l.misdirected(host))
		return
	}
	s.upgrade(c, h, raw)
}

// service returns the service that a Host header names, or nil. Several projects may have "localhost", which is the
// first one's; a bare address is taken for localhost, as no DNS name can be made to point here through it.
func (l *listener) service(hostport string) *service {
	host := hostOnly(hostport)
	l.mu.RLock()
	defer l.mu.RUnlock()
	if s := l.named(host); s != nil {
		return s
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Unmap().IsLoopback() {
		host = "localhost"
	}
	if s := l.named(host); s != nil {
		return s
	}
	if len(l.services) == 1 && host == "localhost" {
		return l.services[0]
	}
	return nil
}

// concerned returns the services that a client who asks for host may have meant.
func (l *listener) concerned(host string) []*service {
	if s := l.service(host); s != nil {
		return []*service{s}
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Clone(l.services)
}

// named returns the first service with that host, or nil. The lock is held.
func (l *listener) named(host string) *service {
	for _, s := range l.services {
		if slices.Contains(s.project.Hosts, host) {
			return s
		}
	}
	return nil
}

// hostOnly is a Host header's name or address in lower case, without port and brackets.
//
// SECURITY: what is no port belongs to the name, which nobody has then: a redirect to "localhost:1@elsewhere" leads elsewhere.
func hostOnly(hostport string) string {
	host := hostport
	if h, port, err := net.SplitHostPort(hostport); err == nil && strings.Trim(port, "0123456789") == "" {
		host = h
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
}

// misdirected says which hosts there are (RFC 9110 §15.5.20).
//
// SECURITY: this also ends DNS rebinding, where a foreign name is made to resolve to this machine.
func (l *listener) misdirected(host string) string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var known []string
	for _, s := range l.services {
		known = append(known, s.project.Hosts...)
	}
	return fmt.Sprintf("no project on %s has the host %q; there is %s (add it to hosts in the project file)",
		l.net.Addr(), hostOnly(host), strings.Join(known, ", "))
}

// add gives s its hosts on this address.
func (l *listener) add(s *service) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, other := range l.services {
		for _, h := range s.project.Hosts {
			if h != "localhost" && slices.Contains(other.project.Hosts, h) {
				return fmt.Errorf("host %s on %s: project %s has it (give one of them other hosts, or another address)",
					h, l.addr, other.project.Name)
			}
		}
	}
	l.services = append(l.services, s)
	return l.fitBacklog()
}

// remove takes s's hosts away.
func (l *listener) remove(s *service) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.services = slices.DeleteFunc(l.services, func(o *service) bool { return o == s })
	if err := l.fitBacklog(); err != nil {
		l.log.Error("cannot set the queue of connections not yet accepted", "address", l.addr, "err", err)
	}
}

// empty reports whether no service is left.
func (l *listener) empty() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.services) == 0
}
