package tunnel

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"culvert/tunnel/capture"
)

func TestMaxConnectionsIsOfAllAddressesTogether(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		const limit, clients = 5, 24
		b := newBackend(t)
		b.echo(t)
		h.on(t, "name = \"app\"\nmax_connections = %d\nlisten = [%q, %q]\n[[route]]\nto = [\"ws://%s\"]\n", limit, freeAddr(t), freeAddr(t), b.addr)
		addrs := h.status(t, "app").Listen
		var open, refused atomic.Int64
		var all, opened sync.WaitGroup
		done := make(chan struct{})
		for i := range clients {
			opened.Add(1)
			all.Go(func() {
				c, err := net.Dial("tcp", addrs[i%len(addrs)])
				if err != nil {
					t.Error(err)
					opened.Done()
					return
				}
				p := newPeer(t, c)
				defer p.Close()
				p.Write([]byte(ask)) //nolint:errcheck // the answer tells
				head, err := headFrom(p.in)
				switch {
				case strings.HasPrefix(head, "HTTP/1.1 101"):
					open.Add(1)
				case strings.HasPrefix(head, "HTTP/1.1 503"):
					refused.Add(1)
				default:
					t.Errorf("%q, %v", head, err)
				}
				opened.Done()
				<-done
			})
		}
		opened.Wait()
		if open.Load() != limit || refused.Load() != clients-limit || h.status(t, "app").Connections != limit {
			t.Errorf("%d are open and %d refused, want %d open; the status says %d", open.Load(), refused.Load(), limit, h.status(t, "app").Connections)
		}
		close(done)
		all.Wait()
		eventually(t, "all are closed", func() bool { return h.status(t, "app").Connections == 0 })
		if echoOnce(dial(t, addrs[1], nil)) != 1 {
			t.Error("there is no room though all are gone")
		}
	})
}

func TestConnectTimeoutIsOfItsRoute(t *testing.T) {
	t.Parallel()       // it mostly waits
	b := newBackend(t) // it accepts, and never shakes hands
	p := newSite(t, Config{}, "[[route]]\nto = [\"wss://%s\"]\nconnect_timeout = \"300ms\"\n[[route]]\npath = \"/patient\"\nto = [\"wss://%s\"]\n", b.addr, b.addr)
	patient := dial(t, p.house.address(t, "app"), p.house.tls())
	patient.write(t, strings.Replace(ask, "/ws", "/patient", 1))
	b.next(t)
	resp, body, info := p.house.refused(t, p.house.address(t, "app"), ask, nil, nil)
	if resp.StatusCode != http.StatusGatewayTimeout || info.End.Cause != capture.ByDialFailure {
		t.Errorf("socket: %d %q, on record: %s", resp.StatusCode, body, info.Ending())
	}
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		if resp, body := p.ask(t, c, "GET", "/"); resp.StatusCode != http.StatusGatewayTimeout {
			t.Errorf("page: %d %q", resp.StatusCode, body)
		}
	})
	if open := p.house.log(t).Stats().Open; open != 1 { // the patient one
		t.Errorf("%d are open on record", open)
	}
}
