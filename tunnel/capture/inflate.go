package capture

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"culvert/tunnel/frame"
)

// contextWeight is what one direction's inflating context weighs in bytes.
const contextWeight = 33 << 10

// inflater inflates compressed messages, in the order of each direction, on one goroutine of its own: never on the
// relay's. It starts with the first message and ends with the log.
type inflater struct {
	log  *Log
	work sync.WaitGroup

	// Under the log's lock.
	calls    sync.Cond
	jobs     []job // a ring
	from     int
	count    int
	most     int // jobs that may wait
	started  bool
	idle     bool // the goroutine waits to be called
	contexts int64
}

// job is a message to be inflated.
type job struct {
	dir    *direction
	first  int64 // id of its first frame
	missed bool  // one before it could not be queued
}

const jobSize = 24

func (f *inflater) init(l *Log) {
	f.log = l
	f.calls.L = &l.mu
	f.most = int(l.budget / 16 / jobSize)
}

func (f *inflater) waiting() int { return f.count }

// queue adds the message that d has under way and that is now complete. The lock is held.
func (f *inflater) queue(d *direction) {
	l := f.log
	r := l.row(d.message)
	if r == nil {
		d.missed = true
		return
	}
	if f.count == len(f.jobs) && !f.grow() {
		d.missed = true
		r.flags = r.flags&^Inflating | NotInflated
		return
	}
	f.jobs[(f.from+f.count)%len(f.jobs)] = job{dir: d, first: d.message, missed: d.missed}
	f.count++
	d.missed = false
	d.pending++
	if !f.started {
		f.started = true
		f.work.Go(f.run)
	}
}

// grow makes room for more jobs, and reports whether there is. The lock is held.
func (f *inflater) grow() bool {
	n := min(max(64, 2*len(f.jobs)), f.most)
	if n <= f.count {
		return false
	}
	jobs := make([]job, n)
	k := copy(jobs, f.jobs[f.from:])
	copy(jobs[k:], f.jobs[:f.from])
	f.log.side += int64(n-len(f.jobs)) * jobSize // weighed with the next block: rows must not go now
	f.jobs, f.from = jobs, 0
	return true
}

// due reports whether the goroutine is to be called. The lock is held.
func (f *inflater) due() bool { return f.idle && f.count > 0 }

// call wakes the goroutine. The lock is not held, so that it does not wake only to wait for it.
func (f *inflater) call() { f.calls.Signal() }

// stop waits for the goroutine to end. The log is closed, and its lock is not held.
func (f *inflater) stop() {
	f.calls.Broadcast()
	f.work.Wait()
}

func (f *inflater) run() {
	var in, out []byte
	l := f.log
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.closed {
		if f.count == 0 {
			f.rest()
			f.idle = true
			f.calls.Wait()
			f.idle = false
			continue
		}
		j := f.jobs[f.from]
		f.jobs[f.from] = job{}
		f.from = (f.from + 1) % len(f.jobs)
		f.count--
		in, out = f.inflate(j, in, out)
		j.dir.pending--
		f.leave(j.dir)
		l.changed()
		if cap(in)+cap(out) > 1<<20 {
			in, out = nil, nil
		}
	}
}

// rest gives back a long queue. The lock is held.
func (f *inflater) rest() {
	if len(f.jobs) > 1024 {
		f.log.weigh(-int64(len(f.jobs)) * jobSize)
		f.jobs, f.from = nil, 0
	}
}

// leave lets d's context go if it is not needed any more. The lock is held.
func (f *inflater) leave(d *direction) {
	if d.context != nil && d.conn.over && d.pending == 0 {
		d.context = nil
		f.contexts--
		f.log.weigh(-contextWeight)
	}
}

// enter returns d's context, nil if there is no memory for one more. The lock is held.
func (f *inflater) enter(d *direction) *frame.Inflater {
	if d.context == nil && (f.contexts+1)*contextWeight <= f.log.budget/4 {
		d.context = d.conn.deflate.Inflater(d.dir)
		f.contexts++
		f.log.weigh(contextWeight)
	}
	return d.context
}

// inflate does the job: in and out are buffers for it. The lock is held when it is called and when it returns, not
// while it inflates.
func (f *inflater) inflate(j job, in, out []byte) ([]byte, []byte) {
	l, d := f.log, j.dir
	context := f.enter(d)
	if context == nil {
		d.missed = true
		f.fail(j)
		return in, out
	}
	if j.missed {
		context.Lose()
	}
	pieces, size, whole := l.pinMessage(j.first)
	if !whole || int64(size) > l.maxSize {
		l.unpinAll(pieces)
		context.Lose()
		f.fail(j)
		return in, out
	}
	text := frame.Opcode(l.row(j.first).opcode&opcodeMask) == frame.Text
	joined := int64(0) // weight of the buffer that the pieces are joined in
	if len(pieces) > 1 && size > cap(in) {
		joined = int64(size)
		l.weigh(joined)
	}
	l.mu.Unlock()
	var src []byte
	if len(pieces) == 1 {
		src = pieces[0].data
	} else {
		in = slices.Grow(in[:0], size)
		for _, p := range pieces {
			in = append(in, p.data...)
		}
		src = in
	}
	out, cut, err := context.Inflate(out[:0], src, int(l.maxSize/2))
	bad := -1
	if text && err == nil {
		var u frame.UTF8
		if bad = u.Write(out); bad < 0 && !cut && !u.Complete() {
			bad = len(out)
		}
	}
	l.mu.Lock()
	l.weigh(-joined)
	l.unpinAll(pieces)
	switch {
	case errors.Is(err, frame.ErrContextLost):
		f.fail(j)
	case err != nil:
		f.fail(j)
		f.report(j, frame.DeflateInvalid, err.Error())
	case f.keep(j, out, cut, bad) && bad >= 0:
		f.invalid(j, bad, bad == len(out))
	}
	return in, out
}

// fail notes that a message is not inflated. The lock is held.
func (f *inflater) fail(j job) {
	if r := f.log.row(j.first); r != nil {
		r.flags = r.flags&^Inflating | NotInflated
	}
}

// keep stores an inflated message, in pieces, so that the relay never waits long for the lock. It reports
// whether the message is still held. The lock is held.
func (f *inflater) keep(j job, p []byte, cut bool, bad int) bool {
	const piece = 16 << 10
	l := f.log
	r := l.row(j.first)
	tail, stored := int64(0), 0
	for r != nil && stored < len(p) {
		space, now := l.room(j.first, tail, min(piece, len(p)-stored), holdsInflated)
		if space == nil {
			return false
		}
		stored += copy(space, p[stored:])
		tail = now
		if stored < len(p) {
			l.mu.Unlock()
			l.mu.Lock()
			r = l.row(j.first)
		}
	}
	if r == nil {
		return false
	}
	r.inflated, r.inflatedLen = tail, uint32(stored)
	r.flags = r.flags&^Inflating | Inflated
	if cut {
		r.flags |= InflateCut
	}
	if bad >= 0 {
		r.flags |= InvalidUTF8
	}
	return true
}

// invalid reports text that is not UTF-8 from byte bad of the inflated message on (RFC 6455 §8.1). The lock is held.
func (f *inflater) invalid(j job, bad int, whole bool) {
	rule := frame.TextInvalid
	if whole {
		rule = frame.TextTruncated
	}
	f.report(j, rule, fmt.Sprintf("byte %d of the inflated text", bad))
}

// report makes the row of a violation found in an inflated message. The lock is held.
func (f *inflater) report(j job, rule frame.Rule, detail string) {
	r := f.log.row(j.first)
	if r == nil || f.log.closed {
		return
	}
	r.flags |= Faulty
	number, offset := r.number, r.offset+int64(r.header)
	d := j.dir
	now := time.Now()
	d.fault(frame.Violation{Rule: rule, Frame: number, Offset: offset, Detail: detail}, now.UnixNano(), f.log.elapsed(now))
}
