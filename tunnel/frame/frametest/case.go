// Package frametest holds a table of WebSocket streams and what they mean: several hundred cases in the sections of the
// Autobahn test suite (1–7, 9, 10, 12, 13), written anew from RFC 6455 and RFC 7692, and a section E of edges beyond it.
// Each is the bytes of one direction after the handshake, together with the frames, violations and messages that a
// decoder has to find in them, in whatever pieces they arrive.
package frametest

import "culvert/tunnel/frame"

// Case is one stream.
type Case struct {
	ID         string          // section, number and direction, such as "6.4.2 sent"; unique
	Name       string          // what the stream does, in words
	Dir        frame.Direction // the way it travels
	Deflate    *frame.Deflate  // what was negotiated of permessage-deflate; nil: nothing
	Extensions string          // the response's Sec-WebSocket-Extensions that negotiates Deflate; ""
	Bytes      []byte          // the stream, from the first byte after the handshake to its end
	Chop       int             // size of the pieces in which the case is meant to be written; 0: at once
	Frames     []Frame         // what it holds, in order
	Violations []Violation     // what is wrong with it, in the order in which it is found
	Messages   []Message       // the text and binary messages that it completes, joined and inflated
}

// Frame is a frame that a stream holds.
type Frame struct {
	Header  frame.Header
	Payload []byte // unmasked; what there is of it, if Cut
	Cut     bool   // the stream ends inside it
}

// Violation is a [frame.Violation] without its detail.
type Violation struct {
	Rule   frame.Rule
	Frame  int64
	Offset int64
	Lost   bool
}

// Message is a text or binary message.
type Message struct {
	Opcode  frame.Opcode
	Payload []byte // inflated
	Broken  bool   // it was compressed and does not inflate; Payload is nil
}

// Cases returns the table, in the order of its sections. Payloads share memory and must not be changed.
func Cases() []Case {
	var t table
	for _, dir := range []frame.Direction{frame.Sent, frame.Received} {
		t.dir = dir
		t.framing()
		t.pings()
		t.reservedBits()
		t.opcodes()
		t.fragments()
		t.text()
		t.closes()
		t.limits()
		t.deflatePayloads()
		t.deflateParameters()
		t.edges()
	}
	return t.cases
}

// table collects cases for one direction after the other.
type table struct {
	dir   frame.Direction
	cases []Case
}

// add starts a case and returns its stream, for the caller to fill in and end.
func (t *table) add(id, name string) *stream {
	return &stream{table: t, Case: Case{ID: id + " " + t.dir.String(), Name: name, Dir: t.dir}}
}
