package frametest

import (
	"encoding/binary"

	"culvert/tunnel/frame"
)

// stream is a case that is being written: each frame added to it is both bytes and an expectation. It encodes by
// itself, so that a fault of package frame is not repeated here.
type stream struct {
	table *table
	Case
	closed bool     // a Close frame was added, or sync is lost: the end needs no Close frame
	key    *[4]byte // of all frames; nil: another for each
}

// spec describes a frame to add. The zero value is an empty final continuation in the form that its direction wants.
type spec struct {
	op       frame.Opcode
	payload  []byte
	more     bool // FIN is clear
	rsv      uint8
	form     int    // 2, 4 or 10 bytes of header before the key; 0: the shortest
	flip     bool   // masked the wrong way: not by the client, or by the server
	declared uint64 // length that the header tells; 0: the payload's
}

// frame adds a frame.
func (s *stream) frame(f spec) *stream {
	length := uint64(len(f.payload))
	if f.declared != 0 {
		length = f.declared
	}
	h := frame.Header{
		Number: int64(len(s.Frames)) + 1, Offset: s.at(), Length: length,
		Opcode: f.op, RSV: f.rsv, Fin: !f.more, Masked: (s.Dir == frame.Sent) != f.flip,
	}
	b0 := byte(f.op) | f.rsv<<4
	if h.Fin {
		b0 |= 0x80
	}
	var b1 byte
	if h.Masked {
		b1 = 0x80
		h.Key = [4]byte{0x37 + byte(h.Number), 0xFA, 0x21, 0x3D + 3*byte(h.Number)}
		if s.key != nil {
			h.Key = *s.key
		}
	}
	switch {
	case f.form <= 2 && length < 126:
		s.Bytes = append(s.Bytes, b0, b1|byte(length))
	case f.form <= 4 && length < 1<<16:
		s.Bytes = binary.BigEndian.AppendUint16(append(s.Bytes, b0, b1|126), uint16(length))
	default:
		s.Bytes = binary.BigEndian.AppendUint64(append(s.Bytes, b0, b1|127), length)
	}
	if h.Masked {
		s.Bytes = append(s.Bytes, h.Key[:]...)
	}
	h.Size = uint8(s.at() - h.Offset)
	for i, c := range f.payload {
		s.Bytes = append(s.Bytes, c^h.Key[i%4])
	}
	s.Frames = append(s.Frames, Frame{Header: h, Payload: f.payload, Cut: uint64(len(f.payload)) < length})
	if f.op == frame.Close {
		s.closed = true
	}
	return s
}

// message adds a data message in one frame.
func (s *stream) message(op frame.Opcode, payload []byte) *stream {
	return s.frame(spec{op: op, payload: payload}).holds(op, payload)
}

// fragments adds a data message in frames of size bytes, and at least one.
func (s *stream) fragments(op frame.Opcode, payload []byte, size int) *stream {
	s.pieces(op, 0, payload, size)
	return s.holds(op, payload)
}

// pieces adds payload in frames of size bytes, the first with op and rsv.
func (s *stream) pieces(op frame.Opcode, rsv uint8, payload []byte, size int) {
	for {
		n := min(size, len(payload))
		s.frame(spec{op: op, rsv: rsv, payload: payload[:n:n], more: n < len(payload)})
		if payload = payload[n:]; len(payload) == 0 {
			return
		}
		op, rsv = frame.Continuation, 0
	}
}

// holds says that a message is complete.
func (s *stream) holds(op frame.Opcode, payload []byte) *stream {
	s.Messages = append(s.Messages, Message{Opcode: op, Payload: payload})
	return s
}

// close adds a Close frame with code and reason.
func (s *stream) close(code uint16, reason string) *stream {
	return s.frame(spec{op: frame.Close, payload: closeBody(code, reason)})
}

func closeBody(code uint16, reason string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, code), reason...)
}

// at is the offset at which the stream ends so far.
func (s *stream) at() int64 { return int64(len(s.Bytes)) }

// last is the frame added last.
func (s *stream) last() *Frame { return &s.Frames[len(s.Frames)-1] }

// wrong says that the last frame breaks r in its header's first byte.
func (s *stream) wrong(r frame.Rule) *stream { return s.wrongAt(r, 0) }

// wrongAt says that the last frame breaks r at the offset in it.
func (s *stream) wrongAt(r frame.Rule, offset int64) *stream {
	return s.violation(r, s.last().Header.Offset+offset)
}

// wrongPayload says that the last frame breaks r at the offset in its payload.
func (s *stream) wrongPayload(r frame.Rule, offset int) *stream {
	return s.wrongAt(r, int64(s.last().Header.Size)+int64(offset))
}

func (s *stream) violation(r frame.Rule, offset int64) *stream {
	s.Violations = append(s.Violations, Violation{Rule: r, Frame: int64(len(s.Frames)), Offset: offset})
	return s
}

// raw adds bytes that are no whole frame.
func (s *stream) raw(p ...byte) *stream {
	s.Bytes = append(s.Bytes, p...)
	return s
}

// chop says in what pieces the case is to be written.
func (s *stream) chop(n int) *stream {
	s.Chop = n
	return s
}

// end ends the case. A stream that has no Close frame lacks it.
func (s *stream) end() {
	if !s.closed {
		s.violation(frame.CloseMissing, s.at())
	}
	s.table.cases = append(s.table.cases, s.Case)
}

// bye ends the case with a proper Close frame.
func (s *stream) bye() { s.close(1000, "").end() }
