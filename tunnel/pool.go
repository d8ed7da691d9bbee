package tunnel

import "sync"

// pool is the upstreams of a route. A request goes to the one whose node has the fewest; among equals they take turns.
// Those that are known not to serve are asked last: all of them may have come back.
type pool struct {
	upstreams []*upstream

	mu   sync.Mutex
	turn int // whose it is among equals
}

// choose returns the upstream for a request that has failed at some, nil if it has failed at all. It counts as under
// way there until it is released.
func (p *pool) choose(failed misses) *upstream {
	switch {
	case len(failed) >= len(p.upstreams):
		return nil
	case len(p.upstreams) > 1:
		return p.balance(failed)
	}
	u := p.upstreams[0]
	u.node.load.Add(1)
	return u
}

func (p *pool) balance(failed misses) *upstream {
	p.mu.Lock()
	defer p.mu.Unlock()
	best, load, serves := -1, int64(0), false // there is one: fewer have failed than there are
	for i := range p.upstreams {
		i = (p.turn + i) % len(p.upstreams)
		u := p.upstreams[i]
		if failed.at(u) {
			continue
		}
		l, s := u.node.load.Load(), u.node.serves()
		if best < 0 || s && !serves || s == serves && l < load {
			best, load, serves = i, l, s
		}
	}
	p.turn = (best + 1) % len(p.upstreams)
	u := p.upstreams[best]
	u.node.load.Add(1)
	return u
}

// release uncounts a request that was under way at the upstream.
func (u *upstream) release() { u.node.load.Add(-1) }

// status tells how each of them is.
func (p *pool) status() (list []UpstreamStatus) {
	for _, u := range p.upstreams {
		s := UpstreamStatus{URL: u.url.String(), Connections: int(u.node.load.Load())}
		if why := u.node.down.Load(); why != nil {
			s.Down = *why
		}
		list = append(list, s)
	}
	return list
}

// down says why none of the pool's upstreams could be reached when it was last dialled, "" if one could or there are none.
func (p *pool) down(route string) string {
	var all misses
	for _, u := range p.upstreams {
		why := u.node.down.Load()
		if why == nil {
			return ""
		}
		all = append(all, miss{upstream: u, why: *why})
	}
	if len(all) == 0 {
		return ""
	}
	return all.in(route)
}
