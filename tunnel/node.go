package tunnel

import (
	"context"
	"sync/atomic"
)

// node is a backend as all routes that lead to its address know it: how much it has to do, and whether it serves.
type node struct {
	health *health
	reach  func(context.Context) error // connects and hangs up

	load   atomic.Int64           // WebSockets and requests under way
	down   atomic.Pointer[string] // why it could not be reached, nil if it could or was not dialled yet
	spared atomic.Int64           // until when others are asked first, in Unix nanoseconds; 0 if they are not
	probed bool                   // a probe is under way; under the lock of health
}

// note keeps how a dial went, and tells of it where the last one went otherwise.
func (n *node) note(err error) {
	if err == nil {
		if n.rise() {
			n.health.changed()
		}
		return
	}
	why := err.Error()
	before := n.down.Swap(&why)
	if before == nil {
		n.health.watch(n)
	}
	if before == nil || *before != why {
		n.health.changed()
	}
}

// rise notes that the node could be reached. It reports whether that is news.
func (n *node) rise() bool { return n.down.Load() != nil && n.down.Swap(nil) != nil }

// spare has others asked first for a while: the node took a request and gave no answer.
func (n *node) spare() {
	n.spared.Store(n.health.now().Add(n.health.sparing).UnixNano())
}

// answered notes that the node gave an answer.
func (n *node) answered() {
	if n.spared.Load() != 0 {
		n.spared.Store(0)
	}
}

// serves reports whether the node is one to be asked before others.
func (n *node) serves() bool {
	if n.down.Load() != nil {
		return false
	}
	until := n.spared.Load()
	return until == 0 || n.health.now().UnixNano() >= until
}
