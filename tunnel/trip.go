package tunnel

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// carryPages prepares an upstream for HTTP requests, the answers to which begin within readTimeout.
func (u *upstream) carryPages(readTimeout time.Duration) {
	u.httpURL = &url.URL{Scheme: "http", Host: u.url.Host}
	if u.network == "unix" {
		u.httpURL.Host = "localhost"
	}
	u.transport = &http.Transport{
		DialContext:           u.dialPlain,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   u.timeout,
		ResponseHeaderTimeout: readTimeout,
		DisableCompression:    true, // the answer passes as it is
	}
	if u.secure != nil {
		u.httpURL.Scheme = "https"
		u.transport.TLSClientConfig = u.secure.Clone()
		u.transport.TLSClientConfig.NextProtos = nil
		u.transport.ForceAttemptHTTP2 = true
	}
}

// dialPlain dials for the transport, which does TLS itself. How it went is noted, for TLS by tracing the handshake.
func (u *upstream) dialPlain(ctx context.Context, _, _ string) (net.Conn, error) {
	bounded := ctx
	if u.timeout > 0 {
		var cancel context.CancelFunc
		bounded, cancel = context.WithTimeout(ctx, u.timeout)
		defer cancel()
	}
	c, err := u.connect(bounded)
	if err != nil || u.secure == nil {
		u.note(ctx, err)
	}
	return c, err
}

// trip is an HTTP request on its way to an upstream of its route. It is the transport for that one request.
type trip struct {
	route    *route
	in       *http.Request // as it came
	body     *meteredBody  // of it
	upstream *upstream     // that has it, where it counts as under way; nil if none has
	failed   misses
}

// end uncounts the request once its answer has passed. It returns the upstream that had it last, and what kept others
// from serving it.
func (t *trip) end() (served, skipped string) {
	u := t.upstream
	switch {
	case u != nil:
		u.release()
		return u.url.String(), t.failed.list()
	case len(t.failed) > 0:
		last := len(t.failed) - 1
		return t.failed[last].upstream.url.String(), t.failed[:last].list()
	}
	return "", ""
}

// errUnserved says that a trip's misses tell why there is no answer.
var errUnserved = errors.New("no upstream answered")

// RoundTrip sends the request to the upstream whose turn it is, and to others where that one fails and it is safe.
func (t *trip) RoundTrip(req *http.Request) (*http.Response, error) {
	for {
		t.upstream = t.route.pool.choose(t.failed)
		if t.upstream == nil {
			return nil, errUnserved
		}
		resp, err := t.attempt(req)
		if err == nil {
			t.upstream.node.answered()
			return resp, nil
		}
		if ended := req.Context().Err(); ended != nil {
			return nil, ended
		}
		t.upstream.release()
		t.upstream = nil
		if !errors.Is(err, errElsewhere) {
			return nil, err
		}
	}
}

// errElsewhere says that an upstream failed and that another may be asked.
var errElsewhere = errors.New("this upstream does not serve")

// attempt sends the request to the upstream. Its miss is among those of the trip then.
func (t *trip) attempt(req *http.Request) (*http.Response, error) {
	u := t.upstream
	var p progress
	out := req.WithContext(p.traced(req.Context(), u))
	out.URL = t.route.place(t.in.URL, u)
	out.Host = t.route.host(t.in.Host, u)
	if req.Body != nil {
		out.Body = io.NopCloser(req.Body) // a transport that cannot connect closes it, and another may need it
	}
	resp, err := u.transport.RoundTrip(out)
	if err == nil || req.Context().Err() != nil {
		return resp, err
	}
	if !p.connected.Load() {
		if shake := p.shake.Load(); shake != nil {
			err = *shake
		}
		t.failed = append(t.failed, undialled(u, err))
		return nil, errElsewhere
	}
	if broken := t.body.broken.Load(); broken != nil { // that is no fault of the upstream
		why := fmt.Sprintf("the client did not send the whole of its request: %v", *broken)
		t.failed = append(t.failed, miss{upstream: u, why: why, status: http.StatusBadRequest})
		return nil, errUnserved
	}
	t.failed = append(t.failed, t.unanswered(err))
	if p.answered.Load() {
		return nil, errUnserved
	}
	u.node.spare()
	if !repeatable(req) {
		return nil, errUnserved
	}
	return nil, errElsewhere
}

// repeatable reports whether a request that an upstream may have had can be sent to another: it means the same when it
// comes twice (RFC 9110 §9.2.2), and is whole still.
func repeatable(r *http.Request) bool {
	idempotent := []string{
		http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete,
	}
	return r.Body == nil && slices.Contains(idempotent, r.Method)
}

// unanswered puts in words why the upstream gave no answer.
func (t *trip) unanswered(err error) miss {
	f := miss{upstream: t.upstream, why: err.Error(), status: http.StatusBadGateway}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errnoReset):
		f.why = fmt.Sprintf("the backend at %s closed the connection without an answer", f.upstream.url)
	case isTimeout(err):
		f.status = http.StatusGatewayTimeout
		if strings.Contains(err.Error(), "awaiting response headers") {
			f.why = fmt.Sprintf("the backend at %s did not answer within read_timeout %s", f.upstream.url, t.route.ReadTimeout)
		}
	}
	return f
}

// progress is how far an upstream has come with a request.
type progress struct {
	connected atomic.Bool           // a connection was had, and the request may have been sent on it
	answered  atomic.Bool           // the first byte of an answer came
	shake     atomic.Pointer[error] // why the TLS handshake failed
}

// traced returns ctx such that p is kept, and that the transport's TLS handshakes with the upstream are noted.
func (p *progress) traced(ctx context.Context, u *upstream) context.Context {
	trace := &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { p.connected.Store(true) },
		GotFirstResponseByte: func() { p.answered.Store(true) },
	}
	if u.secure != nil {
		trace.TLSHandshakeDone = func(_ tls.ConnectionState, err error) {
			if err != nil {
				err = fmt.Errorf("TLS with %s: %w", strings.Join(u.addrs, " or "), err)
				p.shake.Store(&err)
			}
			u.note(ctx, err)
		}
	}
	return httptrace.WithClientTrace(ctx, trace)
}

// place is where a request for in is at an upstream. Path and query keep their spelling, which net/url would normalise.
func (rt *route) place(in *url.URL, at *upstream) *url.URL {
	path := in.EscapedPath()
	if strings.HasPrefix(in.Path, "/") { // else it is "*" (RFC 9112 §3.2.4)
		path = rt.path(path, at)
	}
	return &url.URL{
		Scheme: at.httpURL.Scheme, Host: at.httpURL.Host, Path: targetPath(path), RawPath: path, RawQuery: in.RawQuery,
	}
}
