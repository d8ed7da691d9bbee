package tunnel

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"sync/atomic"
	"time"

	"culvert/tunnel/capture"
)

// pageServer serves the HTTP requests of an address in one version of the protocol: the page of the socket, its scripts,
// its API.
type pageServer struct {
	http  *http.Server
	queue *connQueue
	done  chan struct{}
}

// clientKey is where a request's context holds its *client.
type clientKey struct{}

// newPageServer returns a server of the protocol that speak sets. net/http has no part in TLS: it is done by then.
func newPageServer(l *listener, speak func(*http.Protocols, bool)) *pageServer {
	var protocols http.Protocols
	speak(&protocols, true)
	s := &pageServer{queue: &connQueue{conns: make(chan net.Conn), closed: make(chan struct{}), addr: l.net.Addr()}, done: make(chan struct{})}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(l.page),
		Protocols:         &protocols,
		ReadHeaderTimeout: headTimeout,
		IdleTimeout:       firstByteTimeout,
		ErrorLog:          log.New(debugLog{l.log}, "", 0),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, clientKey{}, c.(*replay).client)
		},
	}
	go func() {
		defer close(s.done)
		s.http.Serve(s.queue) //nolint:errcheck // ErrServerClosed
	}()
	return s
}

// take serves a connection of which read has been read already.
func (s *pageServer) take(c *client, read []byte) error {
	return s.queue.put(&replay{Conn: c.conn(), client: c, read: read})
}

func (s *pageServer) close() {
	s.http.Close() //nolint:errcheck // closes the queue as well
	<-s.done
}

// debugLog makes net/http's log lines debug ones: most tell of clients that went away.
type debugLog struct{ log *slog.Logger }

func (d debugLog) Write(p []byte) (int, error) {
	d.log.Debug(string(p))
	return len(p), nil
}

// connQueue is a net.Listener of connections that were accepted elsewhere.
type connQueue struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	addr   net.Addr
}

func (q *connQueue) put(c net.Conn) error {
	select {
	case q.conns <- c:
		return nil
	case <-q.closed:
		return net.ErrClosed
	}
}

func (q *connQueue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.closed:
		return nil, net.ErrClosed
	}
}

func (q *connQueue) Close() error {
	q.once.Do(func() { close(q.closed) })
	return nil
}

func (q *connQueue) Addr() net.Addr { return q.addr }

// page serves one HTTP request.
func (l *listener) page(w http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(clientKey{}).(*client)
	s := l.service(r.Host)
	if s == nil {
		refusePage(w, http.StatusMisdirectedRequest, l.misdirected(r.Host))
		return
	}
	if h := headOf(r); h.isUpgrade() {
		l.upgradeLater(w, r, c, h)
		return
	}
	s.page(w, r, c)
}

// upgradeLater opens a WebSocket on a connection that has carried requests before. Browsers never do this, agents that
// keep connections alive do.
func (l *listener) upgradeLater(w http.ResponseWriter, r *http.Request, c *client, h *head) {
	if !r.ProtoAtLeast(1, 1) || r.ContentLength != 0 {
		refusePage(w, http.StatusBadRequest, "a WebSocket opens with a request of HTTP/1.1 without a body (RFC 6455 §4.1)")
		return
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		refusePage(w, http.StatusHTTPVersionNotSupported, "a WebSocket opens over HTTP/1.1 here")
		return
	}
	conn.SetDeadline(time.Time{}) //nolint:errcheck // the socket is open
	c.early, _ = rw.Reader.Peek(rw.Reader.Buffered())
	if replay, ok := conn.(*replay); ok {
		c.early = append(c.early, replay.read...)
	}
	l.upgrade(c, h, h.appendTo(nil))
}

// refusePage answers a request that is not carried, in words.
func refusePage(w http.ResponseWriter, status int, why string) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.Error(w, "culvert: "+why, status)
}

// page carries one HTTP request along its route and records it.
func (s *service) page(w http.ResponseWriter, r *http.Request, c *client) {
	if !s.enter() {
		refusePage(w, http.StatusServiceUnavailable, s.switchedOff())
		return
	}
	defer s.leave()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer s.onOff(func() {
		cancel()
		// A client that takes or sends nothing must not keep the project from being switched off.
		rc := http.NewResponseController(w)
		rc.SetWriteDeadline(time.Now()) //nolint:errcheck // every connection has deadlines
		rc.SetReadDeadline(time.Now())  //nolint:errcheck // likewise
	})()

	// Otherwise net/http closes the request's body at the answer's first byte, while it may still be on its way.
	http.NewResponseController(w).EnableFullDuplex() //nolint:errcheck // h2 is so anyway
	meter := &meter{ResponseWriter: w}
	body := &meteredBody{ReadCloser: r.Body}
	x := capture.Exchange{
		Time: time.Now(), Method: r.Method, URL: c.scheme() + "://" + r.Host + r.URL.RequestURI(),
		Proto: r.Proto, Client: c.wire.RemoteAddr().String(),
	}
	route := s.route(c.listener, r.URL.Path)
	tally := s.paths.at(r.URL.Path, route)
	defer func() {
		broken := recover()
		if broken != nil {
			x.Err = s.broken(r)
		}
		x.Duration, x.Status = time.Since(x.Time), meter.status
		x.RequestBytes, x.ResponseBytes = body.n.Load(), meter.n
		x.ContentType = w.Header().Get("Content-Type")
		s.log.HTTP(x)
		tally.answered(x.Status)
		if broken != nil {
			panic(broken) // net/http ends the stream or the connection
		}
	}()
	if s.answered(meter, r, c, route, &x) {
		return
	}
	t := &trip{route: route, in: r, body: body}
	defer func() {
		x.Upstream, x.Skipped = t.end()
	}()
	r = r.WithContext(context.WithValue(ctx, clientKey{}, c))
	r.Body = body
	t.pages(func(why string) { x.Err = why }).ServeHTTP(meter, r)
}

// broken says why an answer was not finished.
func (s *service) broken(r *http.Request) string {
	switch {
	case s.ctx.Err() != nil:
		return s.switchedOff()
	case r.Context().Err() != nil:
		return "the client went away"
	}
	return "the backend broke off its answer"
}

// pages returns the handler that carries the request; failed is told why there is no answer.
func (t *trip) pages(failed func(why string)) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport:     t,
		FlushInterval: -1,                         // what streams, streams
		ErrorLog:      log.New(io.Discard, "", 0), // what goes wrong is on record
		Rewrite: func(p *httputil.ProxyRequest) {
			h := headOf(p.In)
			t.route.rewrite(h, p.In.Context().Value(clientKey{}).(*client))
			for _, name := range t.route.ours {
				p.Out.Header.Set(name, h.get(name))
			}
			if h.asksForHTTP2() {
				p.Out.Header.Del("Upgrade")
				p.Out.Header.Del("Connection")
			}
			p.Out.Header.Del("Http2-Settings")
		},
		ModifyResponse: func(resp *http.Response) error {
			if loopbackHost(resp.Request.Header.Get("X-Forwarded-Host")) {
				resp.Header.Del("Strict-Transport-Security")
			}
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, context.Canceled) {
				panic(http.ErrAbortHandler) // nobody waits for the answer
			}
			status, why := http.StatusBadGateway, err.Error()
			if errors.Is(err, errUnserved) {
				status, why = t.failed.told(t.route)
			}
			failed(why)
			refusePage(w, status, why)
		},
	}
}

// meter counts what is answered.
type meter struct {
	http.ResponseWriter
	status int
	n      int64
	before func(http.Header) // called once with the answer's headers when they are complete, nil calls nobody
}

func (m *meter) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		if m.before != nil && m.status == 0 {
			m.before(m.Header())
		}
		m.status = status
	}
	m.ResponseWriter.WriteHeader(status)
}

func (m *meter) Write(p []byte) (int, error) {
	if m.status == 0 {
		m.WriteHeader(http.StatusOK)
	}
	n, err := m.ResponseWriter.Write(p)
	m.n += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController flush and hijack.
func (m *meter) Unwrap() http.ResponseWriter { return m.ResponseWriter }

// meteredBody counts what is asked with.
type meteredBody struct {
	io.ReadCloser
	n      atomic.Int64          // the transport may read on after the answer
	broken atomic.Pointer[error] // why the rest did not come
}

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	if err != nil && err != io.EOF {
		b.broken.CompareAndSwap(nil, &err)
	}
	return n, err
}
