package tunnel

import (
	"errors"
	"io"
	"net"
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
	since [2]time.Time // when the write of such bytes that is under way began, or zero

	refuses [2]bool // the end from which such bytes come takes no more
}

// newCopier returns a mover that works on any system.
func newCopier() *copier { return &copier{flows: map[*relay]*copyFlow{}} }

func (c *copier) start(re *relay) {
	now := time.Now()
	f := &copyFlow{relay: re, last: [2]time.Time{now, now}}
	c.mu.Lock()
	if c.closed || re.stopped.Load() {
		c.mu.Unlock()
		re.drop()
		return
	}
	defer c.mu.Unlock()
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
		f.end(capture.End{By: capture.Tunnel, Cause: capture.ByStop})
	}
}

func (c *copier) close() {
	c.mu.Lock()
	c.closed = true
	flows := c.flows
	c.flows = map[*relay]*copyFlow{}
	c.mu.Unlock()
	for _, f := range flows {
		f.end(capture.End{By: capture.Tunnel, Cause: capture.ByStop})
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
	f.end(capture.End{By: capture.Unknown, Cause: capture.ByFIN})
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
			f.record.Data(dir, now, buf[:n]) // first: an answer to it must not be on record before it
			_, writeErr := dst.Write(buf[:n])
			if writeErr != nil {
				f.refused(1-dir, writeErr, to)
				return
			}
			f.taking(dir, false)
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
	if !errors.Is(err, net.ErrClosed) { // by f.end: the stream itself has not ended
		f.record.EOF(dir, time.Now())
	}
	e := ending(dir, err, from.tls != nil, from.wire.fin)
	if err == io.EOF && f.broken(dir, from) {
		e.Cause, e.Detail = capture.ByRST, ""
	}
	if e.Cause != capture.ByFIN || err != io.EOF {
		f.end(e)
		return
	}
	f.note(e)
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

// taking notes that a write of dir's bytes begins or has ended.
func (f *copyFlow) taking(dir frame.Direction, begins bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.since[dir] = time.Time{}
	if begins {
		f.since[dir] = time.Now()
	}
}

// refused notes that the end from which dir's bytes come takes no more. What it sent before, a Close frame mostly, is
// still read; after a reset that comes to an end by itself.
func (f *copyFlow) refused(dir frame.Direction, err error, at *endpoint) {
	f.note(ending(dir, err, at.tls != nil, false))
	f.mu.Lock()
	f.refuses[dir] = true
	f.mu.Unlock()
	at.wire.SetReadDeadline(time.Now().Add(time.Second)) //nolint:errcheck // then it is closed
}

// broken reports whether the end from which dir's bytes come was reset, though its stream seemed to end in order: a
// system tells a reset once, and it may have told it to who writes to that end.
func (f *copyFlow) broken(dir frame.Direction, from *endpoint) bool {
	f.mu.Lock()
	refuses, writing := f.refuses[dir], !f.since[1-dir].IsZero()
	f.mu.Unlock()
	if c, ok := from.wire.Conn.(interface{ CloseRead() error }); ok && writing && !refuses {
		return c.CloseRead() != nil // not connected
	}
	return refuses
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

// end closes both sockets, with a RST if e or what came before it was one.
func (f *copyFlow) end(e capture.End) {
	f.note(e)
	f.mu.Lock()
	abort := f.first.Cause == capture.ByRST || f.first.Cause == capture.ByError
	f.mu.Unlock()
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
				f.end(capture.End{By: capture.Tunnel, Cause: capture.ByTimeout, Detail: what})
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
	silent, waiting := now.Sub(f.last[frame.Received]), time.Duration(0)
	if !f.since[frame.Received].IsZero() {
		silent = 0 // it is the client that keeps the backend from sending
	}
	if !f.since[frame.Sent].IsZero() {
		waiting = now.Sub(f.since[frame.Sent])
	}
	return f.limits.reached(now.Sub(last), silent, waiting)
}
