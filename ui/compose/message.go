package compose

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"culvert/ui/ink"
)

// editable is how many bytes of text the editor takes. With more, each key pressed in Fyne's entry would take longer
// than a glance.
const editable = 16 << 10

// message is what is in the editor. It is also an item of the history.
type message struct {
	Path         string   `json:"path"`
	Subprotocols string   `json:"subprotocols,omitempty"` // as in the field
	Notation     notation `json:"notation"`
	Binary       bool     `json:"binary,omitempty"`
	Text         string   `json:"text"`

	// kept holds the bytes where they are too many for the editor; Text is empty then.
	kept []byte
}

// messageOf makes a message of bytes in a notation that shows each of them.
func messageOf(payload []byte, binary bool) message {
	m := message{Notation: hexDigits, Binary: binary}
	switch {
	case !binary && typable(payload):
		m.Notation = plain
		if c := strings.TrimLeft(string(payload[:min(64, len(payload))]), " \t\n"); c != "" && (c[0] == '{' || c[0] == '[') && json.Valid(payload) {
			m.Notation = jsonText
		}
	case len(payload) > editable/3:
		m.Notation = base64Text
	}
	m.setText(m.Notation.format(payload))
	if m.kept != nil {
		m.kept = payload
	}
	return m
}

// setText puts a text into the message, or keeps its bytes where it is too long. A long text with a mistake in its
// notation is kept as it is written.
func (m *message) setText(text string) {
	m.Text, m.kept = text, nil
	if len(text) <= editable {
		return
	}
	data, mistake := m.Notation.parse(text)
	if mistake != nil {
		data = []byte(text)
	}
	m.Text, m.kept = "", data
}

// payload returns the bytes to send.
func (m *message) payload() ([]byte, *Mistake) {
	if m.kept != nil {
		return m.kept, nil
	}
	return m.Notation.parse(m.Text)
}

// same reports whether two messages send the same in the same way.
func (m *message) same(o *message) bool {
	return m.Path == o.Path && m.Subprotocols == o.Subprotocols && m.Notation == o.Notation && m.Binary == o.Binary &&
		m.Text == o.Text
}

// typable reports whether an entry holds the text unchanged and shows all of it.
func typable(p []byte) bool {
	if !utf8.Valid(p) {
		return false
	}
	for _, r := range string(p) {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) {
			return false
		}
	}
	return true
}

// brief returns the beginning of a text in one line of at most n characters, nothing in it unseen.
func brief(text string, n int) string {
	var b strings.Builder
	space := false
	for _, r := range text {
		if unicode.IsSpace(r) {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			n--
		}
		if n--; n < 0 {
			b.WriteString("…")
			break
		}
		space = false
		b.WriteRune(r)
	}
	return ink.Safe(b.String())
}

// list splits what is in the field for subprotocols.
func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}
