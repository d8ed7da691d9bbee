package tunnel

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

// relay carries one WebSocket connection after its 101: every byte exactly as it came, both ways, with back-pressure
// and half-close, while a capture reads along. Two movers implement it: the reactor (Linux) and the copier (anywhere).
type relay struct {
	client   endpoint
	backend  endpoint
	upstream *upstream // where backend was dialled
	tally    *tally    // of the path that was asked for
	limits   limits
	record   *capture.Conn // written by whoever moves the bytes
	ended    func()        // called once, when both sockets are closed; must not block

	sent, received atomic.Int64 // bytes moved to the backend, to the client
	stopped        atomic.Bool  // the tunnel was switched off
}

// endpoint is one end of a relay as the handshake leaves it.
type endpoint struct {
	wire  *wire     // the socket
	tls   *tls.Conn // over wire; nil when plain
	early []byte    // what the peer sent behind its head, not yet forwarded
}

// conn is the endpoint as a byte stream.
func (e *endpoint) conn() net.Conn {
	if e.tls != nil {
		return e.tls
	}
	return e.wire
}

// limits are how long a relay may be silent; zero is for ever.
type limits struct {
	idle time.Duration // no byte either way
	read time.Duration // no byte from the backend
	send time.Duration // the backend takes no byte of what is waiting for it
}

// any reports whether there is a limit at all.
func (l limits) any() bool { return l.idle > 0 || l.read > 0 || l.send > 0 }

// reached names the limit that has been reached, or returns "": after so long without any byte, without one from the
// backend, and with bytes that wait for it.
func (l limits) reached(idle, read, waiting time.Duration) string {
	switch {
	case l.idle > 0 && idle >= l.idle:
		return "idle_timeout " + l.idle.String()
	case l.read > 0 && read >= l.read:
		return "read_timeout " + l.read.String()
	case l.send > 0 && waiting >= l.send:
		return "send_timeout " + l.send.String()
	}
	return ""
}

// tick is how often the limits need a look.
func (l limits) tick() time.Duration {
	t := time.Second
	for _, d := range []time.Duration{l.idle, l.read, l.send} {
		if d > 0 {
			t = min(t, d/4)
		}
	}
	return max(t, 10*time.Millisecond)
}

// mover moves the bytes of relays.
type mover interface {
	// start takes r over, its sockets included. It does not block.
	start(r *relay)
	// stop ends r in order: what was read is delivered, then both sides are closed.
	stop(r *relay)
	// close ends what is left and waits for it.
	close()
}

// party names the capture's party for the end from which dir's bytes come.
func party(dir frame.Direction) capture.Party {
	if dir == frame.Sent {
		return capture.Client
	}
	return capture.Backend
}

// ending says how a relay ended from the error that its source of dir's bytes gave. fin tells that the TCP stream was
// ended, which for TLS may come without the close_notify that RFC 8446 §6.1 asks for.
func ending(dir frame.Direction, err error, secure, fin bool) capture.End {
	end := capture.End{By: party(dir), Cause: capture.ByError, Detail: err.Error()}
	var remote *net.OpError
	switch {
	case errors.As(err, &remote) && remote.Op == "remote error": // how crypto/tls marks an alert
		end.Cause, end.Detail = capture.ByTLSAlert, remote.Err.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		end.Cause, end.Detail = capture.ByFIN, ""
		if errors.Is(err, io.ErrUnexpectedEOF) {
			end.Detail = "the stream ended inside a TLS record"
		} else if secure && fin {
			end.Detail = "without a TLS close_notify"
		}
	case errors.Is(err, errnoReset), errors.Is(err, errnoBrokenPipe):
		end.Cause, end.Detail = capture.ByRST, ""
	}
	return end
}

// report hands the end to the capture and to the owner.
func (r *relay) report(e capture.End) {
	e.SentBytes, e.ReceivedBytes = r.sent.Load(), r.received.Load()
	r.record.End(e)
	r.ended()
}

// drop ends a relay that no mover has started.
func (r *relay) drop() {
	r.client.wire.Close()
	r.backend.wire.Close()
	r.report(capture.End{Time: time.Now(), By: capture.Tunnel, Cause: capture.ByStop})
}
