package capture

import (
	"encoding/binary"

	"culvert/tunnel/frame"
)

// Most messages are recorded by the run: an extent of the kind holdsRun has the frames of a run one after the other, as
// they were on the wire but for their payloads, which are unmasked. Its row is that of the first frame, and the others
// have the rows that follow.
//
// All that is in those rows is in the frames, but for what they share. So the rows are only reserved, and spelled out
// once one of them is asked for: writing a row takes longer than decoding its frame. Rows of runs point straight at
// their payload: their tail is its position, negative.

// minRun is how much space at the end of a block is still offered to a run.
const minRun = 4 << 10

// run is a run that is being recorded.
type run struct {
	block    *block
	at       int   // offset of its extent's header in block
	messages int   // so far
	bytes    int64 // of payload
	number   int64 // of the first frame
	offset   int64
}

// Run implements [frame.RunSink].
func (d *direction) Run(n int) []byte {
	l := d.conn.log
	l.seal()
	b := l.head
	at := 0
	if b != nil {
		at = (b.used + 7) &^ 7
	}
	if b == nil || len(b.mem)-at < extentHeader+min(n, minRun) {
		b, at = l.newHead(), 0
	}
	l.run = run{block: b, at: at}
	space := b.mem[at+extentHeader:]
	return space[:min(n, len(space))]
}

// Message implements [frame.RunSink].
func (d *direction) Message(h *frame.Header) {
	u := &d.conn.log.run
	if u.messages == 0 {
		u.number, u.offset = h.Number, h.Offset
	}
	u.messages++
	u.bytes += int64(h.Length)
}

// Ran implements [frame.RunSink].
func (d *direction) Ran(n int) {
	l := d.conn.log
	u := l.run
	l.run.block = nil
	if n == 0 {
		return
	}
	b, first := u.block, l.next
	last := first + int64(u.messages) - 1
	binary.LittleEndian.PutUint64(b.mem[u.at:], uint64(first))
	binary.LittleEndian.PutUint64(b.mem[u.at+8:], uint64(n)|uint64(holdsRun)<<lengthBits)
	b.used = u.at + extentHeader + n
	b.low, b.high = min(b.low, first), last
	b.payload += u.bytes
	l.payload += u.bytes

	d.link(first)
	shared := row{
		wall: d.wall, mono: d.mono, number: u.number, offset: u.offset, wire: uint64(u.messages),
		tail: b.number*l.blockLen + int64(u.at+extentHeader), conn: d.conn.id, kind: Frame, dir: uint8(d.dir),
	}
	if r := l.reserve(u.messages); r != nil {
		*r = shared
	} else {
		l.spellInto(shared, func(int) *row { r, _ := l.add(); return r })
	}
	d.last, d.since, d.number = last, first, u.number+int64(u.messages)-1
	d.messages += int64(u.messages)
	d.conn.touch(last)
	t := Traffic{Frames: int64(u.messages), Payload: u.bytes, Wire: int64(n)}
	d.totals.add(t)
	l.totals[d.dir&1].add(t)
}

// spell writes the rows of the run that the row at the given place of b is one of. The lock is held.
func (l *Log) spell(b *block, at int) {
	for !b.starts.has(at) {
		at--
	}
	rows := rowsOf(b)
	shared := rows[at]
	n := int(shared.wire)
	b.starts.clear(at, 1)
	b.lazy.clear(at, n)
	l.spellInto(shared, func(i int) *row { return &rows[at+i] })
}

// spellInto writes the rows of a run from what they share: the position of the first frame in tail, how many there are
// in wire, the link of the last one in ahead. The lock is held.
func (l *Log) spellInto(shared row, next func(i int) *row) {
	b, at := l.block(shared.tail)
	position := shared.tail - int64(at)
	for i := range int(shared.wire) {
		size, length := runHeader(b.mem[at:])
		r := next(i)
		*r = row{
			wall: shared.wall, mono: shared.mono, ended: shared.mono,
			number: shared.number + int64(i), offset: shared.offset, wire: uint64(length),
			tail: -(position + int64(at+size)), stored: uint32(length), conn: shared.conn, ahead: 1,
			kind: Frame, dir: shared.dir, opcode: b.mem[at] & (finBit | opcodeMask), header: uint8(size), flags: Complete,
		}
		if b.mem[at+1]&maskBit != 0 {
			r.opcode |= maskedBit
			r.key = [4]byte(b.mem[at+size-4:])
		}
		if i+1 == int(shared.wire) {
			r.ahead = shared.ahead
		}
		at += size + length
		shared.offset += int64(size + length)
	}
}

// maskBit is the bit of a header's second byte that says that a key follows (RFC 6455 §5.2).
const maskBit = 0x80

// runHeader returns the size of the header that p begins with and the length of its payload. Runs have no frames with
// the 64-bit form of the length.
func runHeader(p []byte) (size, length int) {
	size, length = 2, int(p[1]&^maskBit)
	if length == 126 {
		size, length = 4, int(binary.BigEndian.Uint16(p[2:]))
	}
	if p[1]&maskBit != 0 {
		size += 4
	}
	return size, length
}

// runFrame is a frame of a run that is being searched.
type runFrame struct {
	row        int64
	start, end int // of its payload in the window
}

// frames returns the first frame of the run e.
func (w *window) frames(e extent) runFrame {
	f := runFrame{row: e.row - 1, end: w.start(e)}
	return w.nextFrame(f)
}

// nextFrame returns the frame of a run that follows f, which is not its last.
func (w *window) nextFrame(f runFrame) runFrame {
	size, length := runHeader(w.data[f.end:])
	start := f.end + size
	return runFrame{row: f.row + 1, start: start, end: start + length}
}
