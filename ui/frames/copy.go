package frames

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

// Form is a form in which messages are copied.
type Form uint8

// The forms.
const (
	AsText     Form = iota // the payload as it is; of a row without one the line that tells of it
	AsJSON                 // indented, if it is JSON; else a JSON string, or {"base64": …}
	AsHex                  // two digits a byte, with blanks between
	AsBase64               // RFC 4648 §4
	AsWebsocat             // a line for a POSIX shell that sends it with websocat
	AsSend                 // a line of JavaScript that sends it: ws.send(…)
)

// Message is what is copied of one row: a message, or the line that tells of a row that is none.
type Message struct {
	ID       int64
	Frame    bool // it is a message or a control frame; else Payload is a line of text
	Dir      frame.Direction
	Opcode   frame.Opcode // of the message's first frame
	Payload  []byte       // inflated where it was compressed
	Whole    bool         // Payload is all of it
	Raw      bool         // it is compressed, and could not be inflated
	URL      string       // of its connection, as the client asked for it
	Protocol string       // that its connection agreed on
}

// ReadMessage reads the message that row id belongs to, at most limit bytes of it (limit < 0: all that is held).
func ReadMessage(log Capture, id int64, limit int) (Message, error) {
	row, ok := log.Row(id)
	if !ok {
		return Message{}, capture.ErrGone
	}
	if row.Kind != capture.Frame {
		return Message{ID: id, Dir: row.Dir, Payload: log.AppendText(nil, &row, -1), Whole: true}, nil
	}
	all, err := log.Message(id, limit)
	if err != nil {
		return Message{}, err
	}
	first := &all.Frames[0]
	m := Message{
		ID: id, Frame: true, Dir: row.Dir, Opcode: first.Opcode, Payload: all.Payload, Whole: all.Whole,
		Raw: first.Has(capture.Compressed) && !first.Has(capture.Inflated),
	}
	if info, ok := log.Conn(row.Conn); ok {
		m.URL, m.Protocol = info.URL, info.Subprotocol
	}
	return m, nil
}

// text reports whether the payload is text to be shown and sent as such.
func (m *Message) text() bool {
	return !m.Frame || m.Opcode != frame.Binary && !m.Raw && utf8.Valid(m.Payload)
}

// data reports whether m is a message that a client could send.
func (m *Message) data() bool {
	return m.Frame && !m.Raw && (m.Opcode == frame.Text || m.Opcode == frame.Binary)
}

// Copy returns messages in a form, one after another, each on a line of its own. What cannot be sent by a program is left
// out in the forms that send: of control frames a Close frame only can be, by JavaScript.
func Copy(form Form, messages ...Message) string {
	var b []byte
	for i := range messages {
		n := len(b)
		if b = messages[i].append(b, form); len(b) > n || form < AsWebsocat {
			b = append(b, '\n')
		}
	}
	return string(bytes.TrimSuffix(b, []byte("\n")))
}

func (m *Message) append(dst []byte, form Form) []byte {
	switch form {
	case AsText:
		return append(dst, strings.ToValidUTF8(string(m.Payload), "\uFFFD")...)
	case AsJSON:
		return m.appendJSON(dst)
	case AsHex:
		for i, c := range m.Payload {
			if i > 0 {
				dst = append(dst, ' ')
			}
			dst = hex.AppendEncode(dst, []byte{c})
		}
		return dst
	case AsBase64:
		return base64.StdEncoding.AppendEncode(dst, m.Payload)
	case AsWebsocat:
		return m.appendWebsocat(dst)
	case AsSend:
		return m.appendSend(dst)
	}
	return dst
}

func (m *Message) appendJSON(dst []byte) []byte {
	var b bytes.Buffer
	switch {
	case m.Frame && !m.Raw && json.Indent(&b, bytes.TrimSpace(m.Payload), "", "  ") == nil:
		return append(dst, b.Bytes()...)
	case m.text():
		return appendScript(dst, m.Payload)
	}
	dst = append(dst, `{"base64": "`...)
	dst = base64.StdEncoding.AppendEncode(dst, m.Payload)
	return append(dst, `"}`...)
}
