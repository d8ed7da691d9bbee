// Package capture records what passes through a tunnel: connections, frames, violations, HTTP exchanges, and TLS
// handshakes that failed.
//
// A [Log] is the record of one project. The relay writes to it; the window, tail and export read from it while it
// grows. Each thing that happened is a [Row] with an id that counts from 1 and is never used again.
//
// A log is bounded in bytes. Once its budget is used up the oldest rows go, with everything that belongs to them, and
// [Log.Stats] tells how many went. Rows and payloads live in large blocks without pointers, which are used again
// after their rows have gone: recording a frame allocates nothing and gives the garbage collector nothing to walk.
//
// All methods of a log may be called from any goroutine. Readers hold the log's lock for microseconds only: they
// pin the blocks that they read, and a pinned block is not used again before they are done.
package capture

import (
	"context"
	"sync"
	"time"
)

// DefaultBudget is the budget in bytes of a log that asks for none.
const DefaultBudget = 256 << 20

// The smallest budget; less than this holds nothing worth reading.
const minBudget = 1 << 20

// A Log is the record of one project. Make one with [New].
type Log struct {
	budget  int64
	started time.Time // zero of the monotonic clock
	maxSize int64     // stored payload bytes of one frame, or of one inflated message

	mu     sync.Mutex
	closed bool
	pool
	table
	store
	conns    registry
	inflater inflater
	totals   [2]Traffic
	requests int64
	failed   failures
	evicted  int64 // rows
	cleared  int64 // rows
	gone     int64 // payload bytes of evicted rows, whose blocks were taken back
	version  uint64
	wake     chan struct{} // closed at the next change; nil while nobody waits
}

// New returns an empty log that keeps within budget bytes of memory; 0 means [DefaultBudget], and a budget below
// 1 MiB is raised to that.
func New(budget int64) *Log {
	if budget == 0 {
		budget = DefaultBudget
	}
	budget = max(budget, minBudget)
	l := &Log{budget: budget, started: time.Now(), maxSize: min(budget/8, 1<<30)}
	l.arena = newArena(l)
	l.pool.init(budget)
	l.table.init(l.pool.size)
	l.store.init(l.pool.size)
	l.conns.init()
	l.inflater.init(l)
	return l
}

// Close ends the recording and waits for the log's goroutine. What is held can still be read.
func (l *Log) Close() {
	l.mu.Lock()
	l.closed = true
	l.changed()
	l.mu.Unlock()
	l.inflater.stop()
}

// Range returns the ids of the rows that are held: first, up to but not including next.
func (l *Log) Range() (first, next int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first, l.next
}

// Traffic counts the frames of one direction.
type Traffic struct {
	Frames  int64
	Payload int64 // bytes, as they were on the wire (compressed, where compression was negotiated)
	Wire    int64 // bytes with the frame headers
}

func (t *Traffic) add(o Traffic) {
	t.Frames += o.Frames
	t.Payload += o.Payload
	t.Wire += o.Wire
}

// Stats is a log's account of itself.
type Stats struct {
	Started  time.Time // when the log was made
	Budget   int64     // bytes
	Memory   int64     // bytes in use; stays within Budget but for what readers keep pinned
	First    int64     // id of the oldest row held; First == Next when none is
	Next     int64     // id that the next row will get
	Evicted  int64     // rows that went to stay within the budget
	Cleared  int64     // rows that went with Clear
	Gone     int64     // payload bytes that went with them, counted when their block is reused
	Payload  int64     // payload bytes held
	Sent     Traffic
	Received Traffic
	Requests int64 // HTTP exchanges
	Failed   int64 // TLS handshakes that failed
	Conns    int   // connections, open or held
	Open     int   // connections that are open
	Inflate  int   // compressed messages that wait to be inflated
}

// Stats returns the log's account of itself. The traffic counts everything since New, held or not.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Stats{
		Started: l.started,
		Budget:  l.budget, Memory: l.memory(), First: l.first, Next: l.next,
		Evicted: l.evicted, Cleared: l.cleared, Gone: l.gone, Payload: l.payload,
		Sent: l.totals[0], Received: l.totals[1], Requests: l.requests, Failed: l.failed.count,
		Conns: len(l.conns.byID), Open: l.conns.open, Inflate: l.inflater.waiting(),
	}
}

// Clear lets every row go. Connections that are open stay; a frame that is under way is not recorded further.
func (l *Log) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cleared += l.next - l.first
	l.seal()
	l.head = nil
	l.drop(l.next)
	l.changed()
}

// Wait returns once a row with an id above after is there, or with the error of ctx. It costs the writer nothing
// while nobody waits. On a closed log it returns [ErrClosed] when no such row is held.
func (l *Log) Wait(ctx context.Context, after int64) error {
	for {
		l.mu.Lock()
		if l.next > after+1 {
			l.mu.Unlock()
			return nil
		}
		if l.closed {
			l.mu.Unlock()
			return ErrClosed
		}
		wake := l.waiting()
		l.mu.Unlock()
		select {
		case <-wake:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// waiting returns a channel that is closed at the next change. The lock is held.
func (l *Log) waiting() <-chan struct{} {
	if l.wake == nil {
		l.wake = make(chan struct{})
	}
	return l.wake
}

// changed wakes those who wait. The lock is held.
func (l *Log) changed() {
	l.version++
	if l.wake != nil {
		close(l.wake)
		l.wake = nil
	}
}

// elapsed returns t on the log's monotonic clock, in nanoseconds.
func (l *Log) elapsed(t time.Time) int64 { return int64(t.Sub(l.started)) }
