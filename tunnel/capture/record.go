package capture

import (
	"encoding/binary"
	"time"

	"culvert/tunnel/frame"
)

// direction records one direction of a connection: it is the sink of its decoder. All of it is under the log's lock.
type direction struct {
	conn *Conn
	dec  frame.Decoder
	dir  frame.Direction

	wall, mono int64 // of the bytes being fed

	id     int64        // the frame under way, 0 between frames
	row    *row         // its row, valid while it is held
	last   int64        // the newest frame
	since  int64        // the first frame of its run, itself if it came in none
	limit  int64        // payload bytes of the frame under way that may still be stored
	number int64        // of the newest frame
	opcode frame.Opcode // its header
	fin    bool

	message    int64           // first frame of the data message under way, 0 between messages
	compressed bool            // that message is
	pending    int             // compressed messages that wait to be inflated
	missed     bool            // the next of them comes after one that cannot be
	context    *frame.Inflater // nil before the first; used by the inflater only while pending
	closing    bool            // a Close frame has passed
	ended      bool            // the stream is

	totals   Traffic
	messages int64
}

// Begin implements [frame.Sink].
func (d *direction) Begin(h *frame.Header) {
	l := d.conn.log
	r, id := l.add()
	op := uint8(h.Opcode)
	first := id
	flags := Flags(0)
	d.opcode, d.fin = h.Opcode, h.Fin
	if !h.Opcode.Control() {
		if h.Opcode != frame.Continuation || d.message == 0 {
			d.message = id
			d.compressed = d.conn.deflated && h.RSV&frame.RSV1 != 0
		}
		first = d.message
		if d.compressed {
			flags = Compressed
			if first == id {
				flags |= Inflating
			}
		}
	}
	if h.Fin {
		op |= finBit
	}
	if h.Masked {
		op |= maskedBit
	}
	*r = row{
		wall: d.wall, mono: d.mono, number: h.Number, offset: h.Offset, wire: h.Length,
		conn: d.conn.id, back: uint32(id - first), key: h.Key,
		kind: Frame, dir: uint8(d.dir), opcode: op, rsv: h.RSV, header: h.Size, flags: flags,
	}
	d.link(id)
	d.id, d.row, d.last, d.since = id, r, id, id
	d.limit, d.number = l.maxSize, h.Number
	d.conn.touch(id)
	d.totals.Frames++
	d.totals.Wire += int64(h.Size)
	t := &l.totals[d.dir&1]
	t.Frames++
	t.Wire += int64(h.Size)
}

// link makes id known as the next frame to the newest one.
func (d *direction) link(id int64) {
	l := d.conn.log
	if d.last == 0 || d.last < l.first {
		return
	}
	b, at := l.place(d.last)
	ahead := uint32(id - d.last)
	if b.lazy.has(at) {
		at -= int(d.last - d.since) // a run is in one block, and its first row keeps the link of its last
	}
	rowsOf(b)[at].ahead = ahead
}

// Room implements [frame.Sink].
func (d *direction) Room(n int) []byte {
	l := d.conn.log
	d.totals.Payload += int64(n)
	d.totals.Wire += int64(n)
	t := &l.totals[d.dir&1]
	t.Payload += int64(n)
	t.Wire += int64(n)
	if d.id < l.first {
		return nil
	}
	r := d.row
	if d.limit == 0 {
		r.flags |= Truncated
		return nil
	}
	h := holdsPlain
	if r.flags&Compressed != 0 {
		h = holdsDeflated
	}
	space, tail := l.room(d.id, r.tail, int(min(int64(n), d.limit)), h)
	if space == nil {
		return nil
	}
	r.tail = tail
	r.stored += uint32(len(space))
	d.limit -= int64(len(space))
	// What does not fit here is asked for again.
	if over := int64(n - len(space)); over > 0 {
		d.totals.Payload -= over
		d.totals.Wire -= over
		t.Payload -= over
		t.Wire -= over
	}
	return space
}

// End implements [frame.Sink].
func (d *direction) End() {
	l := d.conn.log
	id, r := d.id, d.row
	d.id, d.row = 0, nil
	held := id >= l.first
	if held {
		r.flags |= Complete
		r.ended = d.mono
	}
	switch {
	case d.opcode == frame.Close:
		if held {
			d.closed(r)
		}
	case !d.opcode.Control() && d.fin:
		d.messages++
		if d.compressed {
			l.inflater.queue(d)
		}
		d.message, d.compressed = 0, false
	}
}

// Violation implements [frame.Sink].
func (d *direction) Violation(v frame.Violation) {
	l := d.conn.log
	whole := v.Rule == frame.CloseMissing || v.Rule == frame.MessageUnfinished // of the stream, not of its last frame
	if !whole && v.Frame == d.number && d.last != 0 && d.last >= l.first {
		l.row(d.last).flags |= Faulty
	}
	if v.Rule == frame.TextInvalid || v.Rule == frame.TextTruncated {
		first := d.message
		if first == 0 {
			first = d.last // it came in a run
		}
		if r := l.row(first); r != nil {
			r.flags |= InvalidUTF8
		}
	}
	d.fault(v, d.wall, d.mono)
}

// fault makes the row of a violation. The lock is held.
func (d *direction) fault(v frame.Violation, wall, mono int64) {
	l := d.conn.log
	r, id := l.add()
	*r = row{
		kind: Violation, dir: uint8(d.dir), opcode: uint8(v.Rule), conn: d.conn.id, number: v.Frame, offset: v.Offset,
		wall: wall, mono: mono, ended: mono, flags: Complete,
	}
	if v.Lost {
		r.flags |= LostSync
	}
	d.conn.faults++
	d.conn.touch(id)
	l.writeString(id, r, v.Rule.Section())
	l.writeString(id, r, ": ")
	l.writeString(id, r, v.Rule.String())
	if v.Detail != "" {
		l.writeString(id, r, ": ")
		l.writeString(id, r, v.Detail)
	}
}

// closed notes what the Close frame in r says, if it is the connection's first.
func (d *direction) closed(r *row) {
	c := d.conn
	d.closing = true
	if c.closeBy != Unknown {
		return
	}
	c.closeAt = time.Unix(0, d.wall)
	c.closeBy = Client
	if d.dir == frame.Received {
		c.closeBy = Backend
	}
	var body [125]byte
	p := c.log.copyHeld(body[:0], r.tail, int(r.stored), min(int(r.stored), len(body)))
	if len(p) >= 2 {
		c.closeCode = int(binary.BigEndian.Uint16(p))
		c.closeText = string(p[2:])
	}
}

// eof ends the direction. The lock is held.
func (d *direction) eof(t time.Time) {
	if d.ended {
		return
	}
	d.wall, d.mono = t.UnixNano(), d.conn.log.elapsed(t)
	d.cut()
	d.dec.EOF(d)
}

// cut notes that nothing more comes. The lock is held.
func (d *direction) cut() {
	if d.ended {
		return
	}
	d.ended = true
	l := d.conn.log
	if d.id != 0 && d.id >= l.first {
		d.row.flags |= Cut
	}
	if r := l.row(d.message); r != nil && d.compressed {
		r.flags = r.flags&^Inflating | NotInflated
	}
}
