package capture

import (
	"encoding/binary"

	"culvert/tunnel/frame"
)

// Most messages are recorded by the run: an extent of the kind holdsRun has the frames of a run one after the other, as
// they were on the wire but for their payloads, which are unmasked. Its row is that of the first frame, and the others
// have the rows that follow. These rows point straight at their payload: their tail is its position, negative.

// minRun is how much space at the end of a block is still offered to a run.
const minRun = 4 << 10

// run is the extent that a run goes to.
type run struct {
	block *block
	at    int   // offset of its header in block
	first int64 // row of its first frame
	bytes int64 // of payload
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
	l.run = run{block: b, at: at, first: l.next}
	space := b.mem[at+extentHeader:]
	return space[:min(n, len(space))]
}

// Message implements [frame.RunSink].
func (d *direction) Message(h *frame.Header, at int) {
	l := d.conn.log
	r, id := l.add()
	op := uint8(h.Opcode) | finBit
	if h.Masked {
		op |= maskedBit
	}
	// Field by field: a literal would be built on the stack and copied.
	r.wall, r.mono, r.ended = d.wall, d.mono, d.mono
	r.number, r.offset, r.wire = h.Number, h.Offset, h.Length
	r.tail = -(l.run.block.number*l.blockLen + int64(l.run.at+extentHeader+at))
	r.inflated, r.inflatedLen, r.stored = 0, 0, uint32(h.Length)
	r.conn, r.back, r.ahead, r.key = d.conn.id, 0, 0, h.Key
	r.kind, r.dir, r.opcode, r.rsv, r.header, r.flags = Frame, uint8(d.dir), op, 0, h.Size, Complete
	if d.last >= l.first && d.last != 0 {
		d.lastR.ahead = uint32(id - d.last)
	}
	d.last, d.lastR, d.number = id, r, h.Number
	d.opcode, d.fin = h.Opcode, true
	l.run.bytes += int64(h.Length)
}

// Ran implements [frame.RunSink].
func (d *direction) Ran(n int) {
	l := d.conn.log
	b, messages := l.run.block, l.next-l.run.first
	if n > 0 {
		binary.LittleEndian.PutUint64(b.mem[l.run.at:], uint64(l.run.first))
		binary.LittleEndian.PutUint64(b.mem[l.run.at+8:], uint64(n)|uint64(holdsRun)<<lengthBits)
		b.used = l.run.at + extentHeader + n
		b.low, b.high = min(b.low, l.run.first), l.next-1
		b.payload += l.run.bytes
		l.payload += l.run.bytes
		d.messages += messages
		d.conn.touch(l.next - 1)
		t := Traffic{Frames: messages, Payload: l.run.bytes, Wire: int64(n)}
		d.totals.add(t)
		l.totals[d.dir&1].add(t)
	}
	l.run.block = nil
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
	p := w.data[f.end:]
	size, length := 2, int(p[1]&0x7F)
	if length == 126 { // the 16-bit form; runs have no longer one
		size, length = 4, int(binary.BigEndian.Uint16(p[2:]))
	}
	if p[1]&0x80 != 0 {
		size += 4
	}
	start := f.end + size
	return runFrame{row: f.row + 1, start: start, end: start + length}
}
