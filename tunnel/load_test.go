package tunnel

import (
	"crypto/tls"
	"runtime"
	"sync"
	"testing"
)

func TestTwoThousandConnectionsAtOnce(t *testing.T) {
	const connections = 2000
	raiseFileLimit(t, 5*connections)
	h, b := newHouse(t), newBackend(t)
	b.echo(t)
	addr := h.serve(t, "ws://"+b.addr)
	config := h.tls()
	config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	clients := make([]*peer, connections)
	each := func(do func(i int)) {
		var workers sync.WaitGroup
		work := make(chan int)
		for range 4 * runtime.GOMAXPROCS(0) {
			workers.Go(func() {
				for i := range work {
					do(i)
				}
			})
		}
		for i := range connections {
			work <- i
		}
		close(work)
		workers.Wait()
	}
	each(func(i int) {
		if i%4 == 0 {
			clients[i] = dial(t, addr, config)
		} else {
			clients[i] = dial(t, addr, nil)
		}
		clients[i].write(t, ask)
		clients[i].readHead(t)
	})
	eventually(t, "all are open", func() bool { return h.status(t, "app").Connections == connections })
	for range 2 {
		each(func(i int) {
			clients[i].write(t, "there and back")
			clients[i].want(t, "there and back")
		})
	}
	if err := h.engine.Off("app"); err != nil {
		t.Fatal(err)
	}
	each(func(i int) { clients[i].wantEnd(t, ""); clients[i].Close() })
	if stats := h.log(t).Stats(); stats.Open != 0 {
		t.Errorf("%d connections are open on record", stats.Open)
	}
}
