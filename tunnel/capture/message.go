package capture

import "culvert/tunnel/frame"

// maxFrames is how many frames a [Message] lists; a message may have any number.
const maxFrames = 10_000

// Message is a message with the frames that carried it.
type Message struct {
	Frames  []Row // of the message, and the control frames of its direction between them, in order; at most 10,000
	More    int   // frames beyond those
	Payload []byte
	Whole   bool // Payload is all of the message: nothing of it is yet to come, has gone, or was cut off
}

// Message returns the message that frame id belongs to, with at most limit bytes of its payload (limit < 0: all that is
// held), inflated where it was compressed. Of a message that is compressed and not inflated it is the compressed form.
// A control frame is a message of its own. Where the message's first frames have gone, it begins with frame id.
func (l *Log) Message(id int64, limit int) (Message, error) {
	r, ok := l.Row(id)
	if !ok || r.Kind != Frame {
		return Message{}, ErrGone
	}
	var m Message
	if r.Opcode.Control() {
		p, err := l.Payload(nil, id, limit)
		m = Message{Frames: []Row{r}, Payload: p, Whole: r.Has(Complete) && int64(len(p)) == int64(r.Wire)}
		return m, err
	}
	first, headless := r.First, false
	if _, ok := l.Row(first); !ok {
		first, headless = id, true
	}
	fin, total := l.frames(&m, first, r.First)
	if len(m.Frames) == 0 {
		return Message{}, ErrGone
	}
	if head := &m.Frames[0]; head.Has(Inflated) {
		p, err := l.Payload(nil, first, limit)
		m.Payload, m.Whole = p, !head.Has(InflateCut) && int64(len(p)) == head.Inflated
		return m, err
	}
	var err error
	m.Payload, err = l.join(first, r.First, limit)
	m.Whole = fin && !headless && uint64(len(m.Payload)) == total
	return m, err
}

// frames lists the frames from id on that belong to the message named first, and what is between them. It tells
// whether the last is there and complete, and how many payload bytes the message was declared to have.
func (l *Log) frames(m *Message, id, first int64) (fin bool, total uint64) {
	for {
		l.mu.Lock()
		for range rowsAtOnce {
			held := l.row(id)
			if held == nil {
				break
			}
			r := held.public(id)
			if len(m.Frames) < maxFrames {
				m.Frames = append(m.Frames, r)
			} else {
				m.More++
			}
			if r.First == first {
				total += r.Wire
				fin = r.Fin && r.Has(Complete)
			}
			if fin || held.ahead == 0 {
				id = 0
				break
			}
			id += int64(held.ahead)
		}
		gone := l.row(id) == nil
		l.mu.Unlock()
		if gone {
			return fin, total
		}
	}
}

// Fragments counts the frames of the message that begins with row first, and their payload bytes on the wire; it counts no
// more than limit frames. whole tells that the message's last frame is among them.
func (l *Log) Fragments(first int64, limit int) (frames int, wire uint64, whole bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := first; frames < limit; {
		r := l.row(id)
		if r == nil {
			break
		}
		if op := frame.Opcode(r.opcode & opcodeMask); !op.Control() && id-int64(r.back) == first {
			frames++
			wire += r.wire
			if r.opcode&finBit != 0 {
				return frames, wire, true
			}
		}
		if r.ahead == 0 {
			break
		}
		id += int64(r.ahead)
	}
	return frames, wire, false
}

// join returns the payload of the data frames from id on that belong to the message named first.
func (l *Log) join(id, first int64, limit int) ([]byte, error) {
	var p []byte
	for {
		l.mu.Lock()
		r := l.row(id)
		if r == nil {
			l.mu.Unlock()
			return p, ErrGone
		}
		ours := id-int64(r.back) == first
		fin := ours && r.opcode&finBit != 0
		ahead := int64(r.ahead)
		l.mu.Unlock()
		if ours {
			room := -1
			if limit >= 0 {
				room = limit - len(p)
			}
			var err error
			if p, err = l.Wire(p, id, room); err != nil {
				return p, err
			}
		}
		if fin || ahead == 0 || limit >= 0 && len(p) >= limit || int64(len(p)) >= l.maxSize {
			return p, nil
		}
		id += ahead
	}
}

// isText reports whether the frame's payload is text: by its own opcode, or that of the message it continues.
func (l *Log) isText(r *Row) bool {
	if r.Opcode == frame.Continuation {
		if first, ok := l.Row(r.First); ok {
			return first.Opcode == frame.Text
		}
	}
	return r.Opcode == frame.Text
}
