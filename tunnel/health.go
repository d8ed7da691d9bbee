package tunnel

import (
	"context"
	"strings"
	"sync"
	"time"
)

// rhythm is how a service deals with backends that fail.
type rhythm struct {
	probing time.Duration // between two probes of a node that is down
	sparing time.Duration // for how long others are asked before one that gave no answer, as nginx's fail_timeout
	now     func() time.Time
	after   func(time.Duration) <-chan time.Time
}

// steady is the rhythm of every engine but those of tests.
var steady = rhythm{probing: 2 * time.Second, sparing: 10 * time.Second, now: time.Now, after: time.After}

// probeTimeout bounds a probe of a node whose route sets no connect_timeout.
const probeTimeout = 10 * time.Second

// health knows the nodes of a service, and looks after those that are down.
type health struct {
	rhythm
	ctx     context.Context // ends when the service is switched off
	changed func()

	mu     sync.Mutex
	nodes  map[string]*node // by where they are
	closed bool
	probes sync.WaitGroup
}

func newHealth(ctx context.Context, r rhythm, changed func()) *health {
	return &health{rhythm: r, ctx: ctx, changed: changed, nodes: map[string]*node{}}
}

// node returns the node that an upstream leads to.
func (h *health) node(u *upstream) *node {
	where := u.network + " " + strings.Join(u.addrs, " ")
	if u.secure != nil {
		where += " tls"
	}
	n := h.nodes[where]
	if n == nil {
		n = &node{health: h, reach: u.probe}
		h.nodes[where] = n
	}
	return n
}

// watch has a node that is down probed until it is up, so that no user's request has to find out.
func (h *health) watch(n *node) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || n.probed {
		return
	}
	n.probed = true
	h.probes.Add(1)
	go func() {
		rose := h.heal(n)
		h.probes.Done() // first: whoever is told may wait for the service to end
		if rose {
			h.changed()
		}
	}()
}

// heal probes a node until it is up or the service ends. It reports whether it was the first to see it up.
func (h *health) heal(n *node) bool {
	for {
		select {
		case <-h.ctx.Done():
			return false
		case <-h.after(h.probing):
		}
		reached := n.down.Load() != nil && n.reach(h.ctx) == nil // a probe that fails tells nothing new
		if over, rose := h.settle(n, reached); over {
			return rose
		}
	}
}

// settle ends the probing of a node that was reached, or is up since somebody else reached it.
func (h *health) settle(n *node, reached bool) (over, rose bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	rose = reached && n.rise()
	n.probed = n.down.Load() != nil
	return !n.probed, rose
}

// close waits for the probes. The context has ended.
func (h *health) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.probes.Wait()
}

// probe connects to the upstream and hangs up.
func (u *upstream) probe(ctx context.Context) error {
	if u.timeout == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, probeTimeout)
		defer cancel()
	}
	end, err := u.shake(ctx)
	if err == nil {
		end.conn().Close() //nolint:errcheck // nobody needs it
	}
	return err
}
