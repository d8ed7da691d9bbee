package tunnel

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

// tight starts a relay between sockets that hold little, so that who reads nothing is felt at once. config is the
// client's, nil for plain.
func (h *house) tight(t *testing.T, config *tls.Config, l limits) (w *passage, stop func()) {
	t.Helper()
	ends := listenAt(t, "tcp", "127.0.0.1:0")
	connect := func() (near, far *peer) {
		near, far = dial(t, ends.addr, nil), ends.next(t)
		for _, p := range []*peer{near, far} {
			p.socket.(*net.TCPConn).SetReadBuffer(32 << 10)
			p.socket.(*net.TCPConn).SetWriteBuffer(32 << 10)
			p.SetDeadline(time.Time{})
		}
		near.SetDeadline(time.Now().Add(patience))
		return near, far
	}
	client, in := connect()
	server, out := connect()
	log := capture.New(0)
	t.Cleanup(log.Close)
	r := &relay{
		client: endpoint{wire: &wire{Conn: in.Conn}}, backend: endpoint{wire: &wire{Conn: out.Conn}}, limits: l,
		record: log.Open(capture.Request{Time: time.Now()}),
	}
	r.record.Answered(time.Now(), 101, []byte(switching))
	if config != nil {
		secure := tls.Client(client.socket, config)
		client.stream(secure)
		r.client.tls = tls.Server(r.client.wire, &tls.Config{GetCertificate: h.engine.config.GetCertificate})
		shaken := make(chan error, 1)
		go func() { shaken <- secure.Handshake() }()
		if err := errors.Join(r.client.tls.Handshake(), <-shaken); err != nil {
			t.Fatal(err)
		}
	}
	ended := make(chan struct{})
	r.ended = func() { close(ended) }
	h.engine.mover.start(r)
	t.Cleanup(func() { h.engine.mover.stop(r); <-ended })
	return &passage{client: client, server: server, log: log, id: r.record.ID()}, func() { h.engine.mover.stop(r) }
}

// fill writes into from, which is plain, until nothing more fits, and returns how much that was.
func fill(t *testing.T, from *peer, p []byte) int {
	t.Helper()
	for total := 0; total < len(p); {
		from.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		n, err := from.Write(p[total:])
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		if total += n; n == 0 {
			from.SetWriteDeadline(time.Now().Add(patience))
			return total
		}
	}
	t.Fatalf("all of %d bytes were taken though nobody reads", len(p))
	return 0
}

// tightly runs a test over both movers, plain and TLS clients.
func tightly(t *testing.T, test func(t *testing.T, h *house, config *tls.Config)) {
	t.Helper()
	overMovers(t, func(t *testing.T, h *house) {
		t.Run("ws", func(t *testing.T) { test(t, h, nil) })
		t.Run("wss", func(t *testing.T) { test(t, h, h.tls()) })
	})
}

func TestASlowReaderSlowsItsSender(t *testing.T) {
	p := make([]byte, 16<<20)
	for i := range p {
		p[i] = byte(i>>8 ^ i)
	}
	tightly(t, func(t *testing.T, h *house, config *tls.Config) {
		for dir := range frame.Direction(2) {
			if dir == frame.Sent && config != nil {
				continue // a TLS connection cannot go on after a write's deadline
			}
			w, _ := h.tight(t, config, limits{})
			from, to := w.ends(dir)
			n := fill(t, from, p)
			if n > 1<<20 {
				t.Errorf("%v: %d bytes are on their way to who reads nothing", dir, n)
			}
			go func() {
				from.Write(p[n : n+1<<20])
				from.closeWrite(t)
			}()
			got, err := io.ReadAll(to)
			if !bytes.Equal(got, p[:n+1<<20]) || err != nil {
				t.Errorf("%v: %d bytes came that are not the %d sent, %v", dir, len(got), n+1<<20, err)
			}
			to.closeWrite(t)
			w.wantEnding(t, party(dir), capture.ByFIN, "")
		}
	})
}

func TestAnEndBehindWhatWaitsLeavesTheOtherDirectionAlone(t *testing.T) {
	p := bytes.Repeat([]byte("behind "), 2<<20)
	tightly(t, func(t *testing.T, h *house, config *tls.Config) {
		w, _ := h.tight(t, config, limits{})
		n := fill(t, w.server, p)
		w.server.closeWrite(t)
		w.client.write(t, "meanwhile")
		w.server.want(t, "meanwhile")
		if m, err := io.Copy(io.Discard, w.client); m != int64(n) || err != nil {
			t.Errorf("%d of %d bytes and %v", m, n, err)
		}
		w.client.write(t, "afterwards")
		w.server.want(t, "afterwards")
		w.client.closeWrite(t)
		w.server.wantEnd(t, "")
		w.wantEnding(t, capture.Backend, capture.ByFIN, "")
	})
}

func TestAReaderThatGoesWithoutReadingEndsTheConnection(t *testing.T) {
	p := bytes.Repeat([]byte("gone"), 4<<20)
	tightly(t, func(t *testing.T, h *house, config *tls.Config) {
		w, _ := h.tight(t, config, limits{})
		fill(t, w.server, p)
		w.client.reset()
		if _, err := io.Copy(io.Discard, w.server); !errors.Is(err, errnoReset) {
			t.Errorf("the sender saw %v, want a reset", err)
		}
		w.wantEnding(t, capture.Client, capture.ByRST, "")
	})
}

func TestASenderThatGoesWhileItsReaderIsSlowEndsTheConnection(t *testing.T) {
	p := bytes.Repeat([]byte("gone"), 4<<20)
	tightly(t, func(t *testing.T, h *house, config *tls.Config) {
		w, _ := h.tight(t, config, limits{})
		n := fill(t, w.server, p)
		w.server.reset()
		m, err := io.Copy(io.Discard, w.client)
		if m > int64(n) || err == nil {
			t.Errorf("the reader got %d of %d bytes and then %v, want an error", m, n, err)
		}
		w.wantEnding(t, capture.Backend, capture.ByRST, "")
	})
}

func TestAStalledConnectionCanBeStopped(t *testing.T) {
	p := bytes.Repeat([]byte("stall"), 4<<20)
	tightly(t, func(t *testing.T, h *house, config *tls.Config) {
		w, stop := h.tight(t, config, limits{})
		fill(t, w.server, p)
		stop()
		w.wantEnding(t, capture.Tunnel, capture.ByStop, "")
		if config == nil {
			return
		}
		if _, err := io.Copy(io.Discard, w.client); err == nil {
			t.Error("a stream that was cut short ended like a whole one")
		}
	})
}

func TestASilentConnectionIsEnded(t *testing.T) {
	t.Parallel() // it mostly waits
	overMovers(t, func(t *testing.T, h *house) {
		for _, test := range []struct {
			name   string
			limits limits
			detail string
			busy   func(w *passage, stop <-chan struct{})
		}{
			{"no byte either way", limits{idle: 100 * time.Millisecond}, "idle_timeout 100ms", func(*passage, <-chan struct{}) {}},
			{"no byte from the backend", limits{read: 200 * time.Millisecond}, "read_timeout 200ms", func(w *passage, stop <-chan struct{}) {
				tick(stop, func() error { _, err := w.client.Write([]byte("?")); return err })
			}},
			{"the backend takes nothing", limits{send: 200 * time.Millisecond}, "send_timeout 200ms", func(w *passage, stop <-chan struct{}) {
				go io.Copy(io.Discard, w.client)
				go w.client.Write(make([]byte, 4<<20))
				tick(stop, func() error { _, err := w.server.Write([]byte("!")); return err })
			}},
		} {
			t.Run(test.name, func(t *testing.T) {
				w, _ := h.tight(t, h.tls(), test.limits)
				stop, stopped := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(stopped)
					test.busy(w, stop)
				}()
				w.wantEnding(t, capture.Tunnel, capture.ByTimeout, test.detail)
				close(stop)
				<-stopped
			})
		}
	})
}

// tick does something again and again until it fails or stop is closed.
func tick(stop <-chan struct{}, do func() error) {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for do() == nil {
		select {
		case <-ticker.C:
		case <-stop:
			return
		}
	}
}

func TestTheProjectsIdleTimeoutHolds(t *testing.T) {
	h := newHouse(t)
	b := newBackend(t)
	w := h.open(t, h.serve(t, "ws://"+b.addr, `idle_timeout = "200ms"`), h.tls(), b)
	w.client.wantEnd(t, "")
	w.server.wantEnd(t, "")
	w.wantEnding(t, capture.Tunnel, capture.ByTimeout, "idle_timeout 200ms")
}

func TestATunnelThatIsSwitchedOffEndsItsConnectionsInOrder(t *testing.T) {
	secured(t, func(t *testing.T, h *house, config *tls.Config) {
		b := newBackend(t)
		w := h.open(t, h.serve(t, "ws://"+b.addr), config, b)
		w.client.write(t, "hello")
		w.server.want(t, "hello")
		if err := h.engine.Off("app"); err != nil {
			t.Fatal(err)
		}
		if info, _ := w.log.Conn(w.id); !info.Over {
			t.Error("Off returned before the connection's end was on record")
		}
		w.wantEnding(t, capture.Tunnel, capture.ByStop, "")
		w.client.wantEnd(t, "")
		w.server.wantEnd(t, "")
	})
}

func TestTrafficKeepsAConnectionFromItsIdleTimeout(t *testing.T) {
	t.Parallel() // it mostly waits
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		w := h.open(t, h.serve(t, "ws://"+b.addr, `idle_timeout = "3s"`), h.tls(), b)
		started := time.Now()
		for time.Since(started) < 4*time.Second {
			w.client.write(t, "ping")
			w.server.want(t, "ping")
			time.Sleep(50 * time.Millisecond) // the traffic's pace
		}
		w.client.Close()
		w.server.wantEnd(t, "")
	})
}

func TestABackendThatIsKeptFromSendingIsNotSilent(t *testing.T) {
	now := time.Now()
	f := &copyFlow{relay: &relay{limits: limits{read: time.Second}}, last: [2]time.Time{now, now}}
	later := now.Add(time.Minute)
	if f.expired(later) == "" {
		t.Error("a backend that was silent for a minute is within its read_timeout of a second")
	}
	f.since[frame.Received] = now
	if what := f.expired(later); what != "" {
		t.Errorf("%s, while the client takes nothing of what the backend has sent", what)
	}
}

func TestARelayThatIsStoppedBeforeItStartsIsDropped(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		log := capture.New(0)
		defer log.Close()
		client, server := dial(t, b.addr, nil), b.next(t)
		backend, far := dial(t, b.addr, nil), b.next(t)
		ended := make(chan struct{})
		r := &relay{
			client: endpoint{wire: &wire{Conn: server.Conn}}, backend: endpoint{wire: &wire{Conn: backend.Conn}},
			record: log.Open(capture.Request{Time: time.Now()}), ended: func() { close(ended) },
		}
		h.engine.mover.stop(r)
		h.engine.mover.start(r)
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatal("it runs")
		}
		client.wantEnd(t, "")
		far.wantEnd(t, "")
	})
}
