package capture

import "culvert/tunnel/frame"

// rowsAtOnce is how many rows are copied under the lock at a time.
const rowsAtOnce = 128

// Rows fills dst with the rows from id from on, in order, and returns how many. Where from has gone it starts with the
// oldest row held.
func (l *Log) Rows(dst []Row, from int64) int {
	n := 0
	for n < len(dst) {
		l.mu.Lock()
		from = max(from, l.first)
		k := int(max(0, min(rowsAtOnce, int64(len(dst)-n), l.next-from)))
		for i := range k {
			dst[n+i] = l.row(from).public(from)
			from++
		}
		l.mu.Unlock()
		if k == 0 {
			break
		}
		n += k
	}
	return n
}

// Row returns the row id; false when it is not held.
func (l *Log) Row(id int64) (Row, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.row(id)
	if r == nil {
		return Row{}, false
	}
	return r.public(id), true
}

// Unsettled appends the ids of the rows from id from up to but not including to (0: the end) of which it may still change
// whether they match a query: frames that are not [Row.Settled], and Open rows without an answer.
func (l *Log) Unsettled(dst []int64, from, to int64) []int64 {
	const atOnce = 8 * rowsAtOnce // a look at a row is short
	for to <= 0 || from < to {
		l.mu.Lock()
		from = max(from, l.first)
		end := min(from+atOnce, l.next)
		if to > 0 {
			end = min(end, to)
		}
		if from >= end {
			l.mu.Unlock()
			break
		}
		for ; from < end; from++ {
			b, at := l.place(from)
			if b.lazy.has(at) {
				continue // a frame of a run has come whole, and is not compressed
			}
			r := &rowsOf(b)[at]
			if !r.flags.settled() || r.kind == Open && l.unanswered(r.conn) {
				dst = append(dst, from)
			}
		}
		l.mu.Unlock()
	}
	return dst
}

// unanswered reports whether the connection waits for the backend's answer. The lock is held.
func (l *Log) unanswered(conn uint32) bool {
	c, ok := l.conns.byID[conn]
	return ok && c.status == 0 && !c.over
}

// piece is a part of a payload, in a block that is pinned.
type piece struct {
	block *block
	data  []byte
}

// directCopy is the size up to which a payload is copied under the lock: cheaper than to pin its blocks.
const directCopy = 2 << 10

// Payload appends the payload of row id to dst, at most limit bytes of it (limit < 0: all that is held). Of a frame it
// is the frame's own, unmasked; of the first frame of a message that was inflated it is the inflated message. Of an
// Open row it is the URL and the heads of both sides, of a Violation and a Close row their text.
func (l *Log) Payload(dst []byte, id int64, limit int) ([]byte, error) {
	return l.read(dst, id, limit, true)
}

// Wire is [Log.Payload] without inflating: unmasked, but compressed where it passed compressed.
func (l *Log) Wire(dst []byte, id int64, limit int) ([]byte, error) {
	return l.read(dst, id, limit, false)
}

func (l *Log) read(dst []byte, id int64, limit int, inflated bool) ([]byte, error) {
	l.mu.Lock()
	r := l.row(id)
	if r == nil {
		l.mu.Unlock()
		return dst, ErrGone
	}
	tail, size := r.tail, int(r.stored)
	if inflated && r.flags&Inflated != 0 {
		tail, size = r.inflated, int(r.inflatedLen)
	}
	n := size
	if limit >= 0 {
		n = min(n, limit)
	}
	if n <= directCopy {
		dst = l.copyHeld(dst, tail, size, n)
		l.mu.Unlock()
		return dst, nil
	}
	pieces := l.pin(nil, tail, size, n)
	l.mu.Unlock()
	for _, p := range pieces {
		dst = append(dst, p.data...)
	}
	l.mu.Lock()
	l.unpinAll(pieces)
	l.mu.Unlock()
	return dst, nil
}

// copyHeld appends the first n bytes of the payload of size bytes whose last extent is at tail. The lock is held.
func (l *Log) copyHeld(dst []byte, tail int64, size, n int) []byte {
	start := len(dst)
	if n == 0 {
		return dst
	}
	if tail < 0 {
		b, at := l.block(-tail)
		return append(dst, b.mem[at:at+n]...)
	}
	dst = append(dst, make([]byte, n)...)
	for end := size; tail != 0; {
		e, b, at := l.extent(tail)
		from := end - e.length
		if from < n {
			copy(dst[start+from:start+n], b.mem[at+extentHeader:at+extentHeader+e.length])
		}
		end, tail = from, e.before
	}
	return dst
}

// pin pins the blocks of the first n bytes of the payload of size bytes whose last extent is at tail, and appends the
// bytes to pieces, in order. The lock is held.
func (l *Log) pin(pieces []piece, tail int64, size, n int) []piece {
	if tail < 0 {
		b, at := l.block(-tail)
		b.pins++
		return append(pieces, piece{b, b.mem[at : at+n]})
	}
	start := len(pieces)
	for end := size; tail != 0; {
		e, b, at := l.extent(tail)
		from := end - e.length
		if from < n {
			b.pins++
			data := b.mem[at+extentHeader : at+extentHeader+min(e.length, n-from)]
			pieces = append(pieces, piece{b, data})
		}
		end, tail = from, e.before
	}
	reverse(pieces[start:])
	return pieces
}

func reverse(p []piece) {
	for i, j := 0, len(p)-1; i < j; i, j = i+1, j-1 {
		p[i], p[j] = p[j], p[i]
	}
}

func (l *Log) unpinAll(pieces []piece) {
	for _, p := range pieces {
		l.unpin(p.block)
	}
}

// pinMessage pins the payload of the data frames of the message that begins with row first, and returns its size.
// whole tells that all of the message is held. The lock is held.
func (l *Log) pinMessage(first int64) (pieces []piece, size int, whole bool) {
	for id := first; ; {
		r := l.row(id)
		if r == nil {
			return pieces, size, false
		}
		op := frame.Opcode(r.opcode & opcodeMask)
		if !op.Control() && id-int64(r.back) == first {
			if uint64(r.stored) != r.wire {
				return pieces, size, false
			}
			pieces = l.pin(pieces, r.tail, int(r.stored), int(r.stored))
			size += int(r.stored)
			if r.opcode&finBit != 0 {
				return pieces, size, true
			}
		}
		if r.ahead == 0 {
			return pieces, size, false
		}
		id += int64(r.ahead)
	}
}
