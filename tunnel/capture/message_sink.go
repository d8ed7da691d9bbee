package capture

import (
	"encoding/binary"

	"culvert/tunnel/frame"
)

// Message implements [frame.MessageSink]: it is Begin, Room and End in one, for a message whose payload fits in the
// block under way and whose row does in its own. All else goes the long way.
func (d *direction) Message(h *frame.Header) ([]byte, bool) {
	l := d.conn.log
	b, n := l.head, int(h.Length)
	if b == nil || l.filled == len(l.last) || h.RSV != 0 || int64(n) > l.maxSize {
		return nil, false
	}
	at := (b.used + 7) &^ 7
	if n == 0 || at+extentHeader+n > len(b.mem) {
		return nil, false
	}
	l.seal()
	id := l.next
	r := &l.last[l.filled]
	l.filled++
	l.next++

	pos := b.number*l.blockLen + int64(at)
	binary.LittleEndian.PutUint64(b.mem[at:], uint64(id))
	binary.LittleEndian.PutUint64(b.mem[at+8:], uint64(n)|uint64(holdsPlain)<<lengthBits)
	at += extentHeader
	b.used = at + n
	b.low, b.high = min(b.low, id), id
	b.payload += int64(n)
	l.payload += int64(n)

	op := uint8(h.Opcode) | finBit
	if h.Masked {
		op |= maskedBit
	}
	// Field by field: a literal would be built on the stack and copied.
	r.wall, r.mono, r.ended = d.wall, d.mono, d.mono
	r.number, r.offset, r.wire = h.Number, h.Offset, h.Length
	r.tail, r.inflated = pos, 0
	r.stored, r.inflatedLen = uint32(n), 0
	r.conn, r.back, r.ahead, r.key = d.conn.id, 0, 0, h.Key
	r.kind, r.dir, r.opcode, r.rsv, r.header, r.flags = Frame, uint8(d.dir), op, 0, h.Size, Complete
	if d.last >= l.first && d.last != 0 {
		d.lastR.ahead = uint32(id - d.last)
	}
	d.last, d.lastR, d.number = id, r, h.Number
	d.opcode, d.fin = h.Opcode, true
	d.messages++
	d.conn.touch(id)
	d.totals.count(h)
	l.totals[d.dir&1].count(h)
	return b.mem[at : at+n : at+n], true
}
