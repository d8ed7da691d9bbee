package app

import (
	"io"
	"sync"
)

// lineRoom is how many bytes may wait for a reader; then those who add wait, and the capture moves on without them.
const lineRoom = 256 << 10

// lines passes lines from many goroutines to one writer: while a write is under way the next ones gather, so that a
// quiet log is seen at once and a busy one costs few writes. It is made with newLines.
type lines struct {
	w io.Writer

	mu      sync.Mutex
	changed sync.Cond
	waiting []byte
	closed  bool
	err     error // of w
	written chan struct{}
}

func newLines(w io.Writer) *lines {
	l := &lines{w: w, written: make(chan struct{})}
	l.changed.L = &l.mu
	go l.write()
	return l
}

// add lets f append to what waits. It returns the writer's error.
func (l *lines) add(f func(dst []byte) []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) > lineRoom && l.err == nil {
		l.changed.Wait()
	}
	if l.err == nil {
		l.waiting = f(l.waiting)
		l.changed.Broadcast()
	}
	return l.err
}

// close writes what waits, and returns the writer's error. Nothing is added any more.
func (l *lines) close() error {
	l.mu.Lock()
	l.closed = true
	l.changed.Broadcast()
	l.mu.Unlock()
	<-l.written
	return l.err
}

func (l *lines) write() {
	defer close(l.written)
	var out []byte
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		for len(l.waiting) == 0 && !l.closed {
			l.changed.Wait()
		}
		if len(l.waiting) == 0 || l.err != nil {
			return
		}
		out, l.waiting = l.waiting, out[:0]
		l.changed.Broadcast()
		l.mu.Unlock()
		_, err := l.w.Write(out)
		if cap(out) > 2*lineRoom {
			out = nil // one large payload is no reason to keep as much for good
		}
		l.mu.Lock()
		if err != nil {
			l.err = err
			l.changed.Broadcast()
		}
	}
}
