package compose

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestACapturedMessageIsSentAgainAsItWas(t *testing.T) {
	large := bytes.Repeat([]byte(`{"a":1}`), editable/7+1)
	for _, c := range []struct {
		name     string
		payload  string
		binary   bool
		notation notation
		kept     bool
	}{
		{"JSON", `{"type" : "join"}`, false, jsonText, false},
		{"text", "SEND\tto\n王小明", false, plain, false},
		{"a number alone is text", "42", false, plain, false},
		{"an empty text", "", false, plain, false},
		{"STOMP, which ends in NUL", "SEND\n\nx\x00", false, hexDigits, false},
		{"text with carriage returns", "a\r\nb", false, hexDigits, false},
		{"text with a hidden mark", "a\u202eb", false, hexDigits, false},
		{"text that is not UTF-8", "\xff\xfe", false, hexDigits, false},
		{"binary", "\x00\x01", true, hexDigits, false},
		{"binary of some size", strings.Repeat("\x00\xff", editable/4), true, base64Text, false},
		{"binary too large for an editor", strings.Repeat("\x00\xff", editable), true, base64Text, true},
		{"text too large for an editor", string(large), false, plain, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := messageOf([]byte(c.payload), c.binary)
			data, mistake := m.payload()
			if mistake != nil || string(data) != c.payload {
				t.Errorf("%d bytes became %d (%v)", len(c.payload), len(data), mistake)
			}
			if m.Notation != c.notation || m.Binary != c.binary || (m.kept != nil) != c.kept || len(m.Text) > editable {
				t.Errorf("is %s, binary %v, kept %v", m.Notation, m.Binary, m.kept != nil)
			}
		})
	}
}

func TestALongTextIsKeptAsItsNotationReadsIt(t *testing.T) {
	m := message{Notation: hexDigits}
	m.setText(strings.Repeat("00 ", editable))
	if data, _ := m.payload(); len(data) != editable || m.Text != "" {
		t.Errorf("%d bytes, want %d", len(data), editable)
	}
	m.setText("00")
	if data, _ := m.payload(); m.kept != nil || len(data) != 1 {
		t.Error("a short text after a long one is not that")
	}
}

// memory is a store.
type memory map[string]string

func (m memory) Get(key string, into any) bool {
	return json.Unmarshal([]byte(m[key]), into) == nil
}

func (m memory) Set(key string, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	m[key] = string(data)
}

func TestTheHistoryIsShortAndOutlivesTheProgram(t *testing.T) {
	store := memory{}
	h := newHistory(store, "chat")
	for i := range 60 {
		h.add(message{Notation: plain, Text: strings.Repeat("x", i)})
	}
	h.add(message{Notation: plain, Text: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}) // again: moves to the top
	h.add(message{Notation: plain, kept: make([]byte, editable+1)})         // too large: not kept
	again := newHistory(store, "chat")
	if len(again.items) != maxHistory || len(again.items[0].Text) != 30 || len(again.items[1].Text) != 59 {
		t.Errorf("%d items, the first of %d bytes", len(again.items), len(again.items[0].Text))
	}
	if other := newHistory(store, "ticker"); len(other.items) != 0 {
		t.Error("projects share a history")
	}
	for range 40 {
		h.add(message{Notation: plain, Text: strings.Repeat("y", editable-len(h.items))})
	}
	total := 0
	for _, m := range h.items {
		total += len(m.Text)
	}
	if total > maxHistoryBytes {
		t.Errorf("the history holds %d bytes", total)
	}
	h.clear()
	if again := newHistory(store, "chat"); len(again.items) != 0 {
		t.Error("a cleared history comes back")
	}
	store["compose.history.chat"] = `[{"notation":"morse","text":"..."},{"notation":"hex","text":"00"}]`
	if again := newHistory(store, "chat"); len(again.items) != 1 {
		t.Error("a notation of another version is taken over")
	}
}

func TestABriefTextIsOneLineWithNothingUnseen(t *testing.T) {
	for text, want := range map[string]string{
		"  a \n\t b  ": "a b", "a\x1b[m\u202eb": "a\uFFFD[m\uFFFDb", "\xff": "\uFFFD",
		"123456789": "12345678…", "王小明王小明王小明": "王小明王小明王小…",
	} {
		if got := brief(text, 8); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
