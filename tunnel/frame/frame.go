// Package frame reads WebSocket traffic: RFC 6455 frames and RFC 7692 compression, decoded from a byte stream
// that arrives in any chunks. It does no I/O and starts no goroutines.
//
// A [Decoder] watches one direction of one connection. It is fed the bytes as they passed and tells a [Sink] what
// they are: frames, their unmasked payload, and every departure from the RFCs as a [Violation] with frame number,
// byte offset and section. It accepts every byte sequence, never allocates by a declared length, and reports the
// same for every chunking of the same bytes.
package frame

import "fmt"

// Direction is the way a frame travels, seen from the client (the browser).
type Direction uint8

const (
	Sent     Direction = iota // client to server: frames must be masked (RFC 6455 §5.1)
	Received                  // server to client: frames must not be masked (RFC 6455 §5.1)
)

// String returns "sent" or "received".
func (d Direction) String() string {
	if d == Sent {
		return "sent"
	}
	return "received"
}

// Opcode says what a frame carries (RFC 6455 §5.2).
type Opcode uint8

// The opcodes that RFC 6455 §5.2 defines; 3–7 and 11–15 are reserved.
const (
	Continuation Opcode = 0x0
	Text         Opcode = 0x1
	Binary       Opcode = 0x2
	Close        Opcode = 0x8
	Ping         Opcode = 0x9
	Pong         Opcode = 0xA
)

// Control reports whether o is a control opcode, defined or reserved (RFC 6455 §5.5).
func (o Opcode) Control() bool { return o&0x8 != 0 }

// String returns the opcode's name in lower case, or "opcode N" for a reserved one.
func (o Opcode) String() string {
	switch o {
	case Continuation:
		return "continuation"
	case Text:
		return "text"
	case Binary:
		return "binary"
	case Close:
		return "close"
	case Ping:
		return "ping"
	case Pong:
		return "pong"
	}
	return fmt.Sprintf("opcode %d", uint8(o))
}

// RSV bits of [Header.RSV].
const (
	RSV1 uint8 = 0b100 // "compressed" under permessage-deflate (RFC 7692 §6)
	RSV2 uint8 = 0b010
	RSV3 uint8 = 0b001
)

// Header is a frame's header as it stood on the wire (RFC 6455 §5.2).
type Header struct {
	Number int64   // 1 for the first frame of its direction
	Offset int64   // of the header's first byte, in bytes since the handshake, in its direction
	Length uint64  // declared payload length in bytes
	Key    [4]byte // masking key, if Masked
	Opcode Opcode
	RSV    uint8 // RSV1, RSV2, RSV3
	Size   uint8 // of the header itself in bytes, 2 to 14; tells the length form too
	Fin    bool
	Masked bool
}

// Sink receives what a [Decoder] finds, during Feed and EOF, in the order of the wire.
//
// The calls for a frame are Begin, Room as often as payload arrives, and End; a frame that the stream cuts short has
// no End. A Violation may come at any point between them, also after a frame's End.
type Sink interface {
	// Begin starts a frame: its header is complete. h is valid until the next Begin.
	Begin(h *Header)
	// Room returns where the next payload bytes of the frame go, unmasked: between 1 and n bytes of space, which the
	// decoder fills before its next call. nil drops n bytes.
	Room(n int) []byte
	// End ends the frame: all its payload has arrived.
	End()
	// Violation reports a departure from the RFCs.
	Violation(v Violation)
}

// RunSink is a [Sink] that takes the messages most traffic consists of by the run, in one piece: a message is one frame
// that has arrived whole and whose header breaks no rule, a run is as many of them as arrived together.
//
// A run is one call of Run, one of Message for each message in place of Begin, Room and End, and one of Ran.
type RunSink interface {
	Sink
	// Run returns space for a run of at most n bytes. With less, the run is the shorter; nil wants none.
	Run(n int) []byte
	// Message tells of the run's next message. h is valid until the next call.
	Message(h *Header)
	// Ran ends the run. The first n bytes of the space are its frames as they were on the wire, but for their payloads,
	// which are unmasked; n is 0 if there was no message. A Violation in the last message's payload may follow.
	Ran(n int)
}

// Violation is a departure from RFC 6455 or RFC 7692.
type Violation struct {
	Rule   Rule
	Frame  int64 // the number of the frame it was found in; 0 before the first
	Offset int64 // of the offending byte, in bytes since the handshake, in its direction
	Detail string
	Lost   bool // frame sync is lost: the decoder ignores all that follows
}
