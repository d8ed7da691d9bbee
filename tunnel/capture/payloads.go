package capture

import (
	"encoding/binary"
	"unsafe"
)

// Payload is held in extents, each within one block. The frames of many connections arrive interleaved, so a payload
// may be several extents, each of which names the one before it; a row names its last. An extent is a header of
// 16 bytes and its bytes:
//
//	row   int64   the row it belongs to
//	link  uint64  bits 0–20 length in bytes, 21–23 what it holds, 24–63 distance back to the extent before it, in
//	              units of 8 bytes, 0 for none
//
// A header is written when its extent is sealed and never changes after that, so that a reader who has pinned the
// block may walk it without the lock. The extent that is being written is in store.open.
const (
	extentHeader = 16
	lengthBits   = 21
	holdsBits    = 3
)

// holds says what an extent holds.
type holds uint8

const (
	holdsPlain    holds = iota // payload as it passed, unmasked
	holdsDeflated              // payload as it passed, compressed: not searched
	holdsInflated              // a whole message, inflated
	holdsRun                   // frames, see run
)

// extent is a header, unpacked.
type extent struct {
	row    int64
	pos    int64 // of the header: block number × block size + offset
	before int64 // position of the extent before it, 0 for none
	length int
	holds  holds
}

func (e extent) write(p []byte) {
	link := uint64(e.length) | uint64(e.holds)<<lengthBits
	if e.before > 0 {
		link |= uint64(e.pos-e.before) / 8 << (lengthBits + holdsBits)
	}
	binary.LittleEndian.PutUint64(p, uint64(e.row))
	binary.LittleEndian.PutUint64(p[8:], link)
}

// readExtent unpacks the header at pos, which p begins with.
func readExtent(p []byte, pos int64) extent {
	link := binary.LittleEndian.Uint64(p[8:])
	e := extent{
		row: int64(binary.LittleEndian.Uint64(p)), pos: pos,
		length: int(link & (1<<lengthBits - 1)),
		holds:  holds(link >> lengthBits & (1<<holdsBits - 1)),
	}
	if d := link >> (lengthBits + holdsBits); d > 0 {
		e.before = pos - int64(d)*8
	}
	return e
}

// store holds the payloads: blocks of extents, oldest first.
type store struct {
	payloads []*block
	head     *block // the newest, nil before the first
	made     int64  // blocks so far; the first is number 1, so that position 0 is none
	open     extent // being written at the end of head; row 0 for none
	openAt   int    // offset of its header in head
	run      run    // the run that is being written
	blockLen int64
	payload  int64 // bytes held
}

func (s *store) init(size int) { s.blockLen = int64(size) }

// payloadEnd returns the id after the last row that needs the oldest block, 0 when that block cannot go.
func (s *store) payloadEnd() int64 {
	if len(s.payloads) == 0 || s.payloads[0] == s.head {
		return 0
	}
	return s.payloads[0].high + 1
}

// seal ends the extent that is being written. The lock is held.
func (s *store) seal() {
	if s.open.row != 0 {
		s.open.write(s.head.mem[s.openAt:])
		s.open = extent{}
	}
}

// room returns space for 1 to n bytes more of the payload whose last extent is at tail (0: none yet), and the position
// of its last extent now. It returns nil when the row id has gone meanwhile. The lock is held.
func (l *Log) room(id, tail int64, n int, h holds) (space []byte, now int64) {
	b := l.head
	if l.open.row == id && l.open.pos == tail && b.used < len(b.mem) {
		n = min(n, len(b.mem)-b.used)
		l.open.length += n
	} else {
		at := 0
		if b != nil {
			at = (b.used + 7) &^ 7
		}
		if b == nil || len(b.mem)-at < extentHeader+min(n, 64) {
			l.seal()
			if b = l.newHead(); id < l.first {
				return nil, 0
			}
			at = 0
		} else {
			l.seal()
		}
		n = min(n, len(b.mem)-at-extentHeader)
		pos := b.number*l.blockLen + int64(at)
		l.open = extent{row: id, pos: pos, before: tail, length: n, holds: h}
		l.openAt = at
		b.used = at + extentHeader
		b.low, b.high = min(b.low, id), max(b.high, id)
		if tail != 0 {
			b.joints++
		}
		tail = pos
	}
	space = b.mem[b.used : b.used+n : b.used+n]
	b.used += n
	b.payload += int64(n)
	l.payload += int64(n)
	return space, tail
}

// newHead starts a payload block. The lock is held.
func (l *Log) newHead() *block {
	b := l.take()
	l.made++
	b.number, b.low = l.made, 1<<62
	l.payloads = append(l.payloads, b)
	l.head = b
	return b
}

// write adds p to the payload of row id, as far as the row is held and the limit for one payload allows. The lock is
// held.
func (l *Log) write(id int64, r *row, p []byte) {
	for len(p) > 0 && int64(r.stored) < l.maxSize {
		space, tail := l.room(id, r.tail, int(min(int64(len(p)), l.maxSize-int64(r.stored))), holdsPlain)
		if space == nil {
			return
		}
		n := copy(space, p)
		r.tail = tail
		r.stored += uint32(n)
		p = p[n:]
	}
	if len(p) > 0 {
		r.flags |= Truncated
	}
}

// writeString is write for a short text. The lock is held.
func (l *Log) writeString(id int64, r *row, s string) {
	l.write(id, r, unsafe.Slice(unsafe.StringData(s), len(s)))
}

// block returns the payload block that pos lies in, and the offset in it. The lock is held, and the row that pos
// belongs to is held.
func (l *Log) block(pos int64) (*block, int) {
	return l.payloads[pos/l.blockLen-l.payloads[0].number], int(pos % l.blockLen)
}

// extent returns the extent at pos. The lock is held, and the row it belongs to is held.
func (l *Log) extent(pos int64) (extent, *block, int) {
	b, at := l.block(pos)
	if l.open.row != 0 && l.open.pos == pos {
		return l.open, b, at
	}
	return readExtent(b.mem[at:], pos), b, at
}
