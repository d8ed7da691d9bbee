package capture

import (
	"errors"
	"fmt"
	"time"

	"culvert/tunnel/frame"
)

// Errors of reading.
var (
	// ErrGone: the row has been evicted or cleared, or never was.
	ErrGone = errors.New("row is not held: it went to stay within the capture's budget, or was cleared")
	// ErrClosed: the log records nothing more.
	ErrClosed = errors.New("capture is closed")
)

// Kind says what a [Row] tells of.
type Kind uint8

// The kinds of row.
const (
	Open      Kind = iota + 1 // a connection was asked for; its payload is the URL and the heads of both sides
	Frame                     // a frame
	Violation                 // a departure from the RFCs, in one direction of a connection
	Close                     // a connection is over
	HTTP                      // a request and its answer, without bodies
	Handshake                 // a TLS handshake that failed
)

// String returns the kind in lower case.
func (k Kind) String() string {
	switch k {
	case Open:
		return "open"
	case Frame:
		return "frame"
	case Violation:
		return "violation"
	case Close:
		return "close"
	case HTTP:
		return "http"
	case Handshake:
		return "handshake"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Flags are what is to be said of a row besides its fields.
type Flags uint16

// The flags of a row.
const (
	Complete    Flags = 1 << iota // all of the frame's payload has arrived; set on rows of every other kind
	Cut                           // the stream ended within the frame
	Truncated                     // only the first Stored bytes are held, for the frame is larger than an eighth of the budget
	Compressed                    // part of a message compressed by permessage-deflate (RFC 7692)
	Inflating                     // the message waits to be inflated
	Inflated                      // the message is inflated (set on its first frame)
	InflateCut                    // only the first Inflated bytes of the inflated message are held
	NotInflated                   // the message could not be inflated: damaged, or an earlier one was missed (set on its first frame)
	InvalidUTF8                   // text that is not UTF-8 (RFC 6455 §8.1)
	Faulty                        // a violation was found in this frame
	LostSync                      // what follows in this direction is no longer read as frames
)

// Row is one thing that happened.
type Row struct {
	ID     int64
	Kind   Kind
	Dir    frame.Direction // of frames and violations
	Flags  Flags
	Conn   uint32        // the connection's number; 0 for HTTP and handshakes
	Wall   int64         // Unix time in ns: when the header of a frame was complete
	Mono   time.Duration // the same on the monotonic clock, since the log was made
	Ended  time.Duration // when a frame was complete on the monotonic clock; 0 before
	Number int64         // of the frame in its direction, from 1; of a violation's frame; how often a handshake failed so
	Offset int64         // of the frame's header, or of the violation, in bytes since the handshake in its direction
	Wire   uint64        // declared payload length in bytes, as it was on the wire
	Stored int64         // payload bytes that are held

	// Of frames.
	Opcode   frame.Opcode
	RSV      uint8 // frame.RSV1 …
	Header   uint8 // size of the frame's header in bytes
	Key      [4]byte
	First    int64      // id of the first frame of its message; its own for control frames
	Rule     frame.Rule // of violations
	Inflated int64      // size of the inflated message in bytes, in its first frame
	Fin      bool
	Masked   bool
}

// Time returns when the row was made, by the wall clock.
func (r *Row) Time() time.Time { return time.Unix(0, r.Wall) }

// Has reports whether all of f are set.
func (r *Row) Has(f Flags) bool { return r.Flags&f == f }

// Size returns the payload's size in bytes as the application sees it: inflated where that is known, declared elsewhere.
func (r *Row) Size() int64 {
	switch {
	case r.Kind != Frame:
		return r.Stored
	case r.Has(Inflated):
		return r.Inflated
	}
	return int64(min(r.Wire, 1<<63-1))
}

// LengthForm returns in how many bits the frame's header gives the length: 7, 16 or 64 (RFC 6455 §5.2).
func (r *Row) LengthForm() int {
	size := r.Header
	if r.Masked {
		size -= 4
	}
	switch size {
	case 2:
		return 7
	case 4:
		return 16
	}
	return 64
}

// Settled reports whether nothing about the row will change any more.
func (r *Row) Settled() bool { return r.Flags.settled() }

func (f Flags) settled() bool { return f&(Complete|Cut) != 0 && f&Inflating == 0 }

// Message opcode of a fragment: bits that rows keep in one byte.
const (
	opcodeMask = 0x0F
	finBit     = 0x80
	maskedBit  = 0x40
)

// public returns r as readers see it.
func (r *row) public(id int64) Row {
	p := Row{
		ID: id, Kind: r.kind, Dir: frame.Direction(r.dir), Flags: r.flags, Conn: r.conn,
		Wall: r.wall, Mono: time.Duration(r.mono), Ended: time.Duration(r.ended),
		Number: r.number, Offset: r.offset, Wire: r.wire, Stored: int64(r.stored),
		RSV: r.rsv, Header: r.header, Key: r.key, First: id - int64(r.back), Inflated: int64(r.inflatedLen),
	}
	if r.kind == Violation {
		p.Rule = frame.Rule(r.opcode)
		return p
	}
	p.Opcode = frame.Opcode(r.opcode & opcodeMask)
	p.Fin, p.Masked = r.opcode&finBit != 0, r.opcode&maskedBit != 0
	return p
}
