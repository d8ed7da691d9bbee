package frame

import (
	"fmt"
	"math"
)

// Decoder decodes one direction of one connection. It is small, points to nothing, and allocates nothing in Feed but
// for the Detail of a violation. Make one with [NewDecoder]. It is used by one goroutine at a time.
type Decoder struct {
	h      Header // of the frame that is open, else of the last one
	offset int64  // of the next byte to come
	left   uint64 // bytes of payload that the open frame still lacks

	head [maxHeader]byte // a header that has come in part
	have uint8           // how many bytes of it

	code   uint16 // of the first Close frame
	text   UTF8   // of the open text message
	reason UTF8   // of the open Close frame

	dir     Direction
	deflate bool
	open    bool // a frame's header is complete, its payload is not
	message bool // a data message has begun whose last frame has not
	checked bool // the open message is text to be checked
	closed  bool // a Close frame has ended
	lost    bool
	watch   watch // what the open frame's payload is checked for
}

// watch says what a frame's payload is checked for.
type watch uint8

const (
	nothing   watch = iota
	textUTF8        // it is a piece of a text message
	closeBody       // it is a close code and reason
)

// NewDecoder returns a decoder for the bytes that travel in dir after the handshake. deflate says that
// permessage-deflate was negotiated (RFC 7692): RSV1 then marks a message as compressed, and the text of such a message
// is not checked for UTF-8 here, as it has to be inflated first.
func NewDecoder(dir Direction, deflate bool) Decoder {
	return Decoder{dir: dir, deflate: deflate}
}

// Idle reports whether the stream is between two frames. It is false for ever once sync is lost.
func (d *Decoder) Idle() bool { return !d.open && d.have == 0 && !d.lost }

// Closed returns the code of the first Close frame, and whether there was one: 1005 if it carried none
// (RFC 6455 §7.1.5). A code that may not be sent is returned as it was.
func (d *Decoder) Closed() (code uint16, ok bool) {
	if !d.closed {
		return 0, false
	}
	return d.code, true
}

// Feed decodes the bytes that follow those of the last Feed. It does not keep p.
func (d *Decoder) Feed(p []byte, s Sink) {
	runs, _ := s.(RunSink)
	for len(p) > 0 {
		if d.lost {
			d.offset += int64(len(p))
			return
		}
		if d.open {
			n := len(p)
			if uint64(n) > d.left {
				n = int(d.left)
			}
			d.payload(p[:n], s)
			p = p[n:]
			continue
		}
		n := 0
		if runs != nil && d.have == 0 && !d.message && !d.closed {
			n = d.run(p, runs)
		}
		if n == 0 {
			if n = d.header(p); n < 0 {
				return
			}
			d.begin(s)
		}
		p = p[n:]
	}
}

// EOF tells the decoder that the stream ended, orderly or not: it reports what was cut short, and a Close frame that
// never came. Nothing may be fed afterwards.
func (d *Decoder) EOF(s Sink) {
	if d.lost {
		return
	}
	switch {
	case d.have > 0:
		s.Violation(Violation{
			Rule: FrameTruncated, Frame: d.h.Number + 1, Offset: d.offset,
			Detail: fmt.Sprintf("after %d bytes of its header", d.have),
		})
	case d.open:
		d.violate(s, FrameTruncated, d.offset, fmt.Sprintf("%d of %d payload bytes are missing", d.left, d.h.Length))
	case d.message && !d.closed:
		d.violate(s, MessageUnfinished, d.offset, "")
	}
	if !d.closed {
		d.violate(s, CloseMissing, d.offset, "the connection's close code is 1006")
	}
}

// header takes a header from the start of p and returns its size there, or -1 if p ends before the header does.
func (d *Decoder) header(p []byte) int {
	if d.have == 0 && len(p) >= 2 {
		if size := headerSize(p[1]); len(p) >= size {
			d.h.parse(p, size)
			d.offset += int64(size)
			return size
		}
	}
	taken := 0
	for need := max(2, int(d.have)); ; {
		n := copy(d.head[d.have:need], p[taken:])
		taken += n
		d.have += uint8(n)
		d.offset += int64(n)
		if int(d.have) < need {
			return -1
		}
		size := headerSize(d.head[1])
		if need == size {
			break
		}
		need = size
	}
	d.h.parse(d.head[:], int(d.have))
	d.have = 0
	return taken
}

// begin starts the frame whose header has just been parsed into d.h.
func (d *Decoder) begin(s Sink) {
	h := &d.h
	h.Number++
	h.Offset = d.offset - int64(h.Size)
	if h.Length > math.MaxInt64 {
		d.lost = true
		s.Violation(Violation{
			Rule: LengthTooLarge, Frame: h.Number, Offset: h.Offset + 2, Lost: true,
			Detail: fmt.Sprintf("%d bytes", h.Length),
		})
		return
	}
	s.Begin(h)
	d.left = h.Length
	d.open = true
	d.check(s)
	if d.left == 0 {
		d.end(s)
	}
}

// check reports what is wrong with the header of the frame that begins, and follows it: which message the frame
// belongs to, and what its payload is checked for.
func (d *Decoder) check(s Sink) {
	h := &d.h
	d.watch = nothing
	if d.closed {
		d.violate(s, FrameAfterClose, h.Offset, "")
		return
	}
	switch {
	case h.Masked && d.dir == Received:
		d.violate(s, MaskForbidden, h.Offset+1, "")
	case !h.Masked && d.dir == Sent:
		d.violate(s, MaskMissing, h.Offset+1, "")
	}
	if h.RSV != 0 {
		d.checkRSV(s)
	}
	if form := h.form(); form > 2 && form > minimalForm(h.Length) {
		d.violate(s, LengthNotMinimal, h.Offset+2, fmt.Sprintf("%d in %d bytes", h.Length, form-2))
	}
	if h.Opcode.Control() {
		d.checkControl(s)
	} else {
		d.checkData(s)
	}
}

// checkRSV checks the reserved bits, of which at least one is set (RFC 6455 §5.2, RFC 7692 §6).
func (d *Decoder) checkRSV(s Sink) {
	h := &d.h
	rsv := h.RSV
	if d.deflate && rsv&RSV1 != 0 {
		rsv &^= RSV1
		switch {
		case h.Opcode.Control():
			d.violate(s, CompressedControl, h.Offset, h.Opcode.String())
		case h.Opcode == Continuation:
			d.violate(s, CompressedContinuation, h.Offset, "")
		}
	}
	if rsv != 0 {
		d.violate(s, ReservedBits, h.Offset, rsvNames[rsv])
	}
}

var rsvNames = [8]string{
	RSV1: "RSV1", RSV2: "RSV2", RSV3: "RSV3", RSV1 | RSV2: "RSV1, RSV2", RSV1 | RSV3: "RSV1, RSV3",
	RSV2 | RSV3: "RSV2, RSV3", RSV1 | RSV2 | RSV3: "RSV1, RSV2, RSV3",
}

// checkControl checks a control frame (RFC 6455 §5.5).
func (d *Decoder) checkControl(s Sink) {
	h := &d.h
	if h.Opcode > Pong {
		d.violate(s, ReservedOpcode, h.Offset, h.Opcode.String())
	}
	if !h.Fin {
		d.violate(s, ControlFragmented, h.Offset, h.Opcode.String())
	}
	if h.Length > maxControl {
		d.violate(s, ControlTooLong, h.Offset+1, fmt.Sprintf("%s of %d bytes", h.Opcode, h.Length))
	}
	if h.Opcode != Close {
		return
	}
	d.code = noStatus
	if h.Length == 1 {
		d.violate(s, CloseTooShort, h.Offset+int64(h.Size), "")
		return
	}
	d.watch = closeBody
	d.reason = UTF8{}
}

// checkData checks a data frame, reserved opcodes included, and opens or continues its message (RFC 6455 §5.4).
func (d *Decoder) checkData(s Sink) {
	h := &d.h
	if h.Opcode == Continuation {
		if !d.message {
			d.violate(s, ContinuationWithoutStart, h.Offset, "")
			return
		}
	} else {
		if h.Opcode > Binary {
			d.violate(s, ReservedOpcode, h.Offset, h.Opcode.String())
		}
		if d.message {
			d.violate(s, MessageInterrupted, h.Offset, "")
		}
		// RSV bits say that an extension changed the payload: it is no text before that is undone.
		d.checked = h.Opcode == Text && h.RSV == 0
		d.text = UTF8{}
	}
	d.message = !h.Fin
	if d.checked {
		d.watch = textUTF8
	}
}

// end ends the open frame: all its payload has arrived.
func (d *Decoder) end(s Sink) {
	d.open = false
	if d.watch != nothing {
		d.conclude(s)
	}
	if d.h.Opcode == Close {
		d.closed = true
	}
	s.End()
}

// conclude checks what can be told at a payload's end only: that its text does not end inside a character.
func (d *Decoder) conclude(s Sink) {
	switch d.watch {
	case textUTF8:
		if d.h.Fin && !d.text.Complete() {
			d.violate(s, TextTruncated, d.offset, "")
		}
	case closeBody:
		if !d.reason.Complete() {
			d.violate(s, CloseReasonInvalid, d.offset, "it ends inside a character")
		}
	}
}

func (d *Decoder) violate(s Sink, r Rule, offset int64, detail string) {
	s.Violation(Violation{Rule: r, Frame: d.h.Number, Offset: offset, Detail: detail})
}
