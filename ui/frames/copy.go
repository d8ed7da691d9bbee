package frames

import (
	"culvert/tunnel/frame"
)

// Form is a form in which messages are copied.
type Form uint8

// The forms.
const (
	AsText     Form = iota // the payload as it is
	AsJSON                 // indented, if it is JSON
	AsHex                  // two digits a byte, with blanks
	AsBase64               // RFC 4648 §4
	AsWebsocat             // a line for a POSIX shell that sends it with websocat
	AsSend                 // a line of JavaScript that sends it: ws.send(…)
)

// Message is what is copied of one row: a message, or the line that tells of a row that is none.
type Message struct {
	ID       int64
	Frame    bool // a message, or a control frame; else Payload is a line of text
	Dir      frame.Direction
	Opcode   frame.Opcode // of the message's first frame
	Payload  []byte       // inflated where it was compressed
	Whole    bool         // Payload is all of it
	URL      string       // of its connection, as the client asked for it
	Protocol string       // that its connection agreed on
}

// ReadMessage reads the message that row id belongs to, at most limit bytes of it (limit < 0: all).
func ReadMessage(log Capture, id int64, limit int) (Message, error) { return Message{}, nil }

// Copy returns messages in a form, one after another, a line for each.
func Copy(form Form, messages ...Message) string { return "" }
