package tunnel

import (
	"os"
	"sync"
	"testing"
	"time"

	"culvert/tunnel/frame"
)

// descriptors is how many file descriptors the process has open.
func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestNoDescriptorIsLeftOfConnectionsThatEndedInAnyWay(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		ends := []func(w *passage){
			func(w *passage) { w.client.Close() },
			func(w *passage) { w.server.Close() },
			func(w *passage) { w.client.reset() },
			func(w *passage) { w.server.reset() },
			func(w *passage) { w.client.socket.Close() },
			func(w *passage) { w.server.write(t, goodbye); w.client.reset(); w.server.reset() },
			func(w *passage) { w.client.Close(); w.server.Close() },
		}
		round := func() {
			for _, end := range ends {
				for dir := range frame.Direction(2) {
					w := h.open(t, addr, h.tls(), b)
					from, _ := w.ends(dir)
					from.write(t, "hello")
					end(w)
					w.client.Close()
					w.server.Close()
					w.ending(t)
				}
			}
		}
		round()
		before := descriptors(t)
		for range 5 {
			round()
		}
		eventually(t, "as many descriptors as before", func() bool { return descriptors(t) <= before })
	})
}

func TestSlotsAreUsedAgainWhileConnectionsComeAndGo(t *testing.T) {
	h := newHouse(t)
	b := newBackend(t)
	go func() { // echoes
		for p := range b.accepted {
			go func() {
				defer p.Close()
				if _, err := headFrom(p.in); err != nil {
					return
				}
				p.Write([]byte(switching))
				buf := make([]byte, 4096)
				for {
					n, err := p.Read(buf)
					if err != nil {
						return
					}
					p.Write(buf[:n])
				}
			}()
		}
	}()
	defer close(b.accepted)
	addr := h.serve(t, "ws://"+b.addr)
	var clients sync.WaitGroup
	for i := range 8 {
		clients.Go(func() {
			for j := range 60 {
				p := dial(t, addr, nil)
				p.write(t, ask)
				p.readHead(t)
				for range 1 + (i+j)%4 {
					p.write(t, "echo")
					p.want(t, "echo")
				}
				if (i+j)%3 == 0 {
					p.reset()
				} else {
					p.Close()
				}
			}
		})
	}
	clients.Wait()
	eventually(t, "no connection is left", func() bool { return h.status(t, "app").Connections == 0 })
	r := h.engine.mover.(*reactor)
	h.engine.Close() // run has ended: its fields may be read
	if len(r.sockets) > 64 {
		t.Errorf("480 connections, 8 at once, took %d slots", len(r.sockets))
	}
	if len(r.free) != len(r.sockets) {
		t.Errorf("%d of %d slots are free", len(r.free), len(r.sockets))
	}
}

func TestAFlowWhoseClientTakesNothingHasNoReadTimeout(t *testing.T) {
	now := time.Now()
	f := &flow{relay: &relay{limits: limits{read: time.Second, send: time.Second}}, lastAny: now, lastBackend: now, lastTaken: now}
	later := now.Add(time.Minute)
	if f.expired(later) == "" {
		t.Error("a backend that was silent for a minute is within its read_timeout of a second")
	}
	f.sides[frame.Sent].pending = []byte("waits for the client")
	if what := f.expired(later); what != "" {
		t.Errorf("%s, while the client takes nothing of what the backend has sent", what)
	}
}
