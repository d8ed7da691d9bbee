package tunnel

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

// answerTimeout is how long a backend may think about a handshake if its route sets no read_timeout.
const answerTimeout = time.Minute

// upgrade opens a WebSocket through to the backend: the request's head goes there, the answer comes back, and after a
// 101 a relay takes over. raw is the head as the client sent it.
func (s *service) upgrade(c *client, h *head, raw []byte) {
	if !s.enter() {
		c.refuse(http.StatusServiceUnavailable, s.switchedOff())
		return
	}
	defer s.leave()
	_, target, proto, err := h.request()
	if err != nil {
		c.refuse(http.StatusBadRequest, err.Error())
		return
	}
	path := targetPath(target)
	hs := &handshake{service: s, client: c, route: s.route(c.listener, path), asked: h, target: target, proto: proto}
	hs.tally = s.paths.at(path, hs.route)
	req := capture.Request{
		Time: time.Now(), Client: c.wire.RemoteAddr().String(), TLS: c.security(), Head: s.auth.redact(raw),
		URL: strings.Replace(c.scheme(), "http", "ws", 1) + "://" + h.get("Host") + target,
	}
	decline := hs.declined(path, target)
	if decline == nil && hs.choose() {
		req.Upstream, req.Forwarded = hs.upstream.url.String(), s.auth.redact(hs.forwarded)
	}
	hs.record = s.log.Open(req)
	if decline != nil {
		decline()
		return
	}
	hs.run()
}

// handshake is a WebSocket's opening handshake on its way to a backend and back.
type handshake struct {
	service  *service
	client   *client
	route    *route // nil if the path has none
	asked    *head  // as it came
	target   string // that was asked for
	proto    string
	tally    *tally
	record   *capture.Conn
	admitted bool // counted by max_connections

	upstream  *upstream // where it counts as under way; nil if nowhere
	forwarded []byte    // its head as that is sent it
	backend   *endpoint // the connection there
	failed    misses    // of those that were tried before
}

// choose has the upstream whose turn it is asked next. false means that there is none, or none left.
func (hs *handshake) choose() bool {
	hs.upstream = hs.route.pool.choose(hs.failed)
	if hs.upstream == nil {
		return false
	}
	h := hs.asked.clone()
	hs.service.auth.withholdHead(h)
	if h.asksForHTTP2() {
		h.set("Upgrade", "websocket")
		h.del("HTTP2-Settings")
	}
	hs.route.rewrite(h, hs.client)
	h.set("Host", hs.route.host(hs.asked.get("Host"), hs.upstream))
	h.start = "GET " + hs.route.target(hs.target, hs.upstream) + " " + hs.proto
	hs.forwarded = h.appendTo(nil)
	return true
}

// run carries a handshake out that goes to a backend.
func (hs *handshake) run() {
	s := hs.service
	hs.admitted = s.admit()
	if !hs.admitted {
		why := fmt.Sprintf("project %s has its max_connections, %d", s.project.Name, s.project.MaxConnections)
		hs.refuse(http.StatusServiceUnavailable, why, capture.ByLimit)
		return
	}
	for hs.attempt() == errElsewhere {
		hs.upstream.release()
		if !hs.choose() {
			status, why := hs.failed.told(hs.route)
			hs.refuse(status, why, hs.failed[len(hs.failed)-1].cause)
			return
		}
		hs.record.Forward(hs.upstream.url.String(), s.auth.redact(hs.forwarded), hs.failed.list())
	}
}

// errTold says that the client has had its answer.
var errTold = errors.New("the client was told")

// attempt asks the upstream. nil means that the connection is open, or was.
func (hs *handshake) attempt() error {
	s, u := hs.service, hs.upstream
	hs.backend = nil
	backend, err := u.dial(s.ctx)
	switch {
	case err != nil && s.ctx.Err() != nil:
		hs.refuse(http.StatusServiceUnavailable, s.switchedOff(), capture.ByStop)
		return errTold
	case err != nil:
		hs.failed = append(hs.failed, undialled(u, err))
		return errElsewhere
	}
	hs.backend = backend
	// Whoever switches the project off must not wait for a backend that thinks.
	stop := context.AfterFunc(s.ctx, func() {
		hs.client.wire.SetDeadline(time.Now()) //nolint:errcheck // the socket is open
		backend.wire.Close()
	})
	err = hs.exchange()
	stopped := !stop()
	if err == nil && !stopped {
		u.node.answered()
		s.begin(&relay{
			client: hs.client.endpoint, backend: *backend, upstream: u, tally: hs.tally, record: hs.record,
			limits: limits{idle: s.project.IdleTimeout, read: hs.route.ReadTimeout, send: hs.route.SendTimeout},
		})
		return nil
	}
	backend.wire.Close()
	if err == nil {
		hs.over(capture.End{By: capture.Tunnel, Cause: capture.ByStop})
		hs.client.conn().Close()
	}
	return err
}

// exchange sends the request and passes the answer on; nil after a 101.
func (hs *handshake) exchange() error {
	timeout := hs.route.ReadTimeout
	if timeout == 0 {
		timeout = answerTimeout
	}
	b := hs.backend
	b.wire.SetDeadline(time.Now().Add(timeout)) //nolint:errcheck // the socket is open
	if _, err := b.conn().Write(hs.forwarded); err != nil {
		return hs.unanswered(fmt.Sprintf("%s took no request: %v", hs.where(), err), err, timeout)
	}
	raw, rest, answer, status, err := hs.answer(timeout)
	if err != nil {
		return err
	}
	hs.record.Answered(time.Now(), status, raw)
	if loopbackHost(hs.asked.get("Host")) && answer.count("Strict-Transport-Security") > 0 {
		answer.del("Strict-Transport-Security")
		raw = answer.appendTo(nil)
	}
	hs.client.wire.SetDeadline(time.Now().Add(timeout)) //nolint:errcheck // likewise
	if status != http.StatusSwitchingProtocols {
		hs.passRefusal(answer, raw, rest)
		return errTold
	}
	if _, err := hs.client.conn().Write(raw); err != nil {
		hs.over(ending(frame.Sent, err, hs.client.tls != nil, false))
		hs.client.close()
		return errTold
	}
	b.early = slices.Clone(rest)
	b.wire.SetDeadline(time.Time{})         //nolint:errcheck // likewise
	hs.client.wire.SetDeadline(time.Time{}) //nolint:errcheck // likewise
	return nil
}

// answer reads the head of the backend's final answer, and what came behind it. Interim ones (RFC 9110 §15.2), which
// tell a browser nothing here, are skipped.
func (hs *handshake) answer(timeout time.Duration) (raw, rest []byte, answer *head, status int, err error) {
	var stream io.Reader = hs.backend.conn()
	for {
		raw, rest, err := readHead(stream, make([]byte, 1<<10), beginsAnswer)
		switch {
		case err != nil && len(raw) == 0 && answer == nil:
			return nil, nil, nil, 0, hs.unanswered(fmt.Sprintf("%s: %v", hs.where(), err), err, timeout)
		case err != nil:
			return nil, nil, nil, 0, hs.misanswered(raw, err, timeout)
		}
		answer, status, err = parseAnswer(raw)
		if err != nil {
			hs.refuse(http.StatusBadGateway, fmt.Sprintf("%s answered with %v", hs.where(), err), capture.ByError)
			return nil, nil, nil, 0, errTold
		}
		if status >= 200 || status == http.StatusSwitchingProtocols {
			return raw, rest, answer, status, nil
		}
		stream = io.MultiReader(bytes.NewReader(rest), hs.backend.conn())
	}
}

// parseAnswer parses a response's head.
func parseAnswer(raw []byte) (*head, int, error) {
	h, err := parseHead(raw)
	if err != nil {
		return nil, 0, err
	}
	status, err := h.status()
	return h, status, err
}

// unanswered notes that the backend gave not a byte of an answer. A handshake may then be repeated elsewhere: it is a GET
// without a body (RFC 9110 §9.2.2).
func (hs *handshake) unanswered(why string, err error, timeout time.Duration) error {
	f := miss{upstream: hs.upstream, why: why, status: http.StatusBadGateway, cause: capture.ByError}
	switch {
	case hs.service.ctx.Err() != nil:
		hs.refuse(http.StatusServiceUnavailable, hs.service.switchedOff(), capture.ByStop)
		return errTold
	case errors.Is(err, os.ErrDeadlineExceeded):
		f.status, f.cause = http.StatusGatewayTimeout, capture.ByTimeout
		f.why = fmt.Sprintf("%s did not answer the handshake within %s", hs.where(), timeout)
	case err == io.EOF:
		f.why = hs.where() + " closed the connection without an answer (is it a WebSocket server, and plain rather than TLS?)"
	}
	hs.upstream.node.spare()
	hs.failed = append(hs.failed, f)
	return errElsewhere
}

// misanswered explains a backend of whose answer only raw came, which is the client's answer too.
func (hs *handshake) misanswered(raw []byte, err error, timeout time.Duration) error {
	status, cause, why := http.StatusBadGateway, capture.ByError, fmt.Sprintf("%s: %v", hs.where(), err)
	switch {
	case hs.service.ctx.Err() != nil:
		status, cause, why = http.StatusServiceUnavailable, capture.ByStop, hs.service.switchedOff()
	case errors.Is(err, os.ErrDeadlineExceeded):
		status, cause = http.StatusGatewayTimeout, capture.ByTimeout
		why = fmt.Sprintf("%s did not answer the handshake within %s", hs.where(), timeout)
	case len(raw) > 0 && (err == io.EOF || err == errNotHTTP):
		why = fmt.Sprintf("%s answered the handshake with bytes that are not HTTP: %.60q (is it a WebSocket server?)", hs.where(), raw)
	}
	hs.refuse(status, why, cause)
	return errTold
}

// passRefusal passes an answer other than 101 on, its body included, and closes both connections.
func (hs *handshake) passRefusal(answer *head, raw, rest []byte) {
	stream := io.MultiReader(bytes.NewReader(raw), bytes.NewReader(rest), hs.backend.conn())
	resp, err := http.ReadResponse(bufio.NewReader(stream), &http.Request{Method: http.MethodGet})
	if err != nil {
		hs.refuse(http.StatusBadGateway, fmt.Sprintf("%s answered %q and then %v", hs.where(), answer.start, err), capture.ByError)
		return
	}
	defer resp.Body.Close()
	// The body is sent until the connection closes, unless its length was told.
	for _, name := range []string{"Connection", "Keep-Alive", "Transfer-Encoding"} {
		answer.del(name)
	}
	answer.set("Connection", "close")
	end := capture.End{By: capture.Backend, Cause: capture.ByRefusal, Detail: answer.start}
	w := hs.client.conn()
	if _, err := w.Write(answer.appendTo(nil)); err == nil {
		end.ReceivedBytes, _ = io.Copy(w, resp.Body)
	}
	hs.over(end)
	hs.client.close()
}

// refuse answers the client for a backend that did not, with further header lines.
func (hs *handshake) refuse(status int, why string, cause capture.Cause, lines ...string) {
	by := capture.Tunnel
	if hs.backend != nil && cause != capture.ByStop {
		by = capture.Backend
	}
	hs.over(capture.End{By: by, Cause: cause, Detail: fmt.Sprintf("%d %s: %s", status, http.StatusText(status), why)})
	hs.client.refuse(status, why, lines...)
}

// over records the end of a connection that no relay has had.
func (hs *handshake) over(e capture.End) {
	e.Time = time.Now()
	hs.tally.refused.Add(1)
	if hs.admitted {
		hs.service.dismiss()
	}
	if hs.upstream != nil {
		hs.upstream.release()
	}
	hs.record.End(e)
}

// where names the backend that was dialled.
func (hs *handshake) where() string {
	if hs.upstream.network == "unix" {
		return "the backend at " + hs.upstream.url.Path
	}
	return "the backend at " + hs.backend.wire.RemoteAddr().String()
}
