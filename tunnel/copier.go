package tunnel

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

// copier moves relays with two goroutines each. It is the mover of systems for which there is no reactor, and the
// plain text by which the reactor is tested.
type copier struct {
	mu     sync.Mutex
	flows  map[*relay]*copyFlow
	closed bool
	wg     sync.WaitGroup
}

// copyFlow is a relay in a copier's hands.
type copyFlow struct {
	*relay
	mu    sync.Mutex
	first *capture.End // the first reason for the end: the later ones follow from it
	last  [2]time.Time // when bytes last came, by their direction
	since time.Time    // when the write to the backend that is under way began, or zero
}

// newCopier returns a mover that works on any system.
func newCopier() *copier { return &copier{flows: map[*relay]*copyFlow{}} }

func (c *copier) start(re *relay) {
	now := time.Now()
	f := &copyFlow{relay: re, last: [2]time.Time{now, now}}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		go re.drop()
		return
	}
	c.flows[re] = f
	c.wg.Go(func() {
		f.run()
		c.mu.Lock()
		delete(c.flows, re)
		c.mu.Unlock()
	})
}

func (c *copier) stop(re *relay) {
	re.stopped.Store(true)
	c.mu.Lock()
	f := c.flows[re]
	c.mu.Unlock()
	if f != nil {
		f.end(capture.End{By: capture.Tunnel, Cause: capture.ByStop}, false)
	}
}

func (c *copier) close() {
	c.mu.Lock()
	c.closed = true
	flows := c.flows
	c.flows = map[*relay]*copyFlow{}
	c.mu.Unlock()
	for _, f := range flows {
		f.end(capture.End{By: capture.Tunnel, Cause: capture.ByStop}, false)
	}
	c.wg.Wait()
}

// run moves both directions until both have ended.
func (f *copyFlow) run() {
	stop := make(chan struct{})
	var watch, move sync.WaitGroup
	if f.limits.any() {
		watch.Go(func() { f.watch(stop) })
	}
	move.Go(func() { f.copy(frame.Sent, &f.client, &f.backend) })
	move.Go(func() { f.copy(frame.Received, &f.backend, &f.client) })
	move.Wait()
	close(stop)
	watch.Wait()
	f.end(capture.End{By: capture.Unknown, Cause: capture.ByFIN}, false)
	f.report(*f.first)
}

// copy moves one direction.
func (f *copyFlow) copy(dir frame.Direction, from, to *endpoint) {
	src, dst := from.conn(), to.conn()
	buf := make([]byte, 32<<10)
	n, err := copy(buf, from.early), error(nil)
	from.early = from.early[n:]
	for {
		if n > 0 {
			now := f.moved(dir, n)
			_, writeErr := dst.Write(buf[:n])
			f.taking(dir, false)
			f.record.Data(dir, now, buf[:n])
			if writeErr != nil {
				f.lost(1-dir, writeErr, to)
				return
			}
		}
		if err != nil {
			break
		}
		if n = copy(buf, from.early); n > 0 {
			from.early = from.early[n:]
			continue
		}
		n, err = src.Read(buf)
	}
	f.record.EOF(dir, time.Now())
	if err != io.EOF {
		f.lost(dir, err, from)
		return
	}
	f.note(ending(dir, err, from.tls != nil, from.wire.fin))
	if to.tls != nil {
		to.tls.CloseWrite() //nolint:errcheck // the FIN below says it as well
	}
	to.wire.closeWrite() //nolint:errcheck // the peer is told as well as can be
}

// moved notes that n bytes came.
func (f *copyFlow) moved(dir frame.Direction, n int) time.Time {
	now := time.Now()
	if dir == frame.Sent {
		f.sent.Add(int64(n))
	} else {
		f.received.Add(int64(n))
	}
	f.mu.Lock()
	f.last[dir] = now
	f.mu.Unlock()
	f.taking(dir, true)
	return now
}

// taking notes that a write to the backend begins or has ended.
func (f *copyFlow) taking(dir frame.Direction, begins bool) {
	if dir != frame.Sent {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.since = time.Time{}
	if begins {
		f.since = time.Now()
	}
}

// lost ends the relay after an error of the end from which dir's bytes come.
func (f *copyFlow) lost(dir frame.Direction, err error, at *endpoint) {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) {
		return // by end
	}
	e := ending(dir, err, at.tls != nil, at.wire.fin)
	f.end(e, e.Cause == capture.ByRST || e.Cause == capture.ByError)
}

// note keeps the first reason.
func (f *copyFlow) note(e capture.End) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == nil {
		e.Time = time.Now()
		f.first = &e
	}
}

// end closes both sockets; abort makes that a RST.
func (f *copyFlow) end(e capture.End, abort bool) {
	f.note(e)
	for _, end := range []*endpoint{&f.client, &f.backend} {
		if tcp, ok := end.wire.Conn.(*net.TCPConn); ok && abort {
			tcp.SetLinger(0) //nolint:errcheck // then it is a FIN
		}
		if end.tls != nil && !abort {
			end.tls.Close() //nolint:errcheck // with its close_notify, and the socket
		}
		end.wire.Close() //nolint:errcheck // may be closed
	}
}

// watch enforces the limits.
func (f *copyFlow) watch(stop <-chan struct{}) {
	tick := time.NewTicker(f.limits.tick())
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			if what := f.expired(now); what != "" {
				f.end(capture.End{By: capture.Tunnel, Cause: capture.ByTimeout, Detail: what}, false)
				return
			}
		}
	}
}

// expired names the limit that f has reached, or returns "".
func (f *copyFlow) expired(now time.Time) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := f.last[frame.Sent]
	if f.last[frame.Received].After(last) {
		last = f.last[frame.Received]
	}
	waiting := time.Duration(0)
	if !f.since.IsZero() {
		waiting = now.Sub(f.since)
	}
	return f.limits.reached(now.Sub(last), now.Sub(f.last[frame.Received]), waiting)
}
