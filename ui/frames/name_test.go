package frames

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestAMessageIsNamedByItself(t *testing.T) {
	for _, c := range []struct{ payload, want string }{
		{`{"type":"join","room":42}`, "join"},
		{"  \n{ \"room\" : 42 , \"type\" : \"join\" }", "join"},
		{`{"op":11,"d":{"type":"inner"}}`, "11"},
		{`{"method":"add","event":"chat"}`, "chat"},
		{`{"event":"chat","type":"message"}`, "message"},
		{`{"type":null,"action":"go"}`, "go"},
		{`{"type":"","action":"go"}`, "go"},
		{`{"type":{"a":[1,"}"]},"action":"go"}`, "go"},
		{`{"a":"\"type\":\"x\"","event":"quoted \" name"}`, `quoted \" name`},
		{`{"event":"chat","text":"a long text that the preview cuts o`, "chat"},
		{`{"event":"cha`, ""},
		{`{"a":[[[[{"type":"deep"}]]]]}`, ""},
		{`{}`, ""},
		{`[{"type":"x"}]`, ""},
		{`{"type"`, ""},
		{`{"type":}`, ""},
		{`{type:"x"}`, ""},
		{"hello", ""},
		{"", ""},
		{"CONNECT\naccept-version:1.2\n\n\x00", "CONNECT"},
		{"MESSAGE\r\na:b\r\n\r\n{}\x00", "MESSAGE"},
		{"SENDER\n", ""},
		{"SEND", ""},
	} {
		if got := string(nameOf([]byte(c.payload))); got != c.want {
			t.Errorf("%q is named %q, want %q", c.payload, got, c.want)
		}
	}
}

func TestTheBodyOfASTOMPFrame(t *testing.T) {
	for _, c := range []struct{ frame, body string }{
		{"MESSAGE\na:b\n\n{\"x\":1}\x00", `{"x":1}`},
		{"MESSAGE\r\na:b\r\n\r\nhello\x00\n", "hello"},
		{"CONNECT\na:b\n\n\x00", ""},
		{"CONNECT\na:b", ""},
	} {
		if _, body, ok := stomp([]byte(c.frame)); !ok || string(body) != c.body {
			t.Errorf("%q: body %q, %v", c.frame, body, ok)
		}
	}
}

// A name is what a JSON decoder says, whatever comes before it, and no input makes the search leave its bounds.
func FuzzNameOf(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":"}"},2],"type":"join"}`))
	f.Add([]byte(`{"op":-1.5e3}`))
	f.Add([]byte("SEND\n\n\x00"))
	f.Fuzz(func(t *testing.T, p []byte) {
		name := nameOf(p)
		if name != nil && !bytes.Contains(p, name) {
			t.Fatalf("%q is no part of %q", name, p)
		}
		var m map[string]json.RawMessage
		if !json.Valid(p) || json.Unmarshal(p, &m) != nil || bytes.Contains(p, []byte(`\`)) {
			return
		}
		if bytes.Count(p, []byte(`"type"`)) != 1 {
			return // inside of another value, or given twice
		}
		v, ok := m["type"]
		if ok && v[0] == '"' && len(v) > 2 && string(name) != string(v[1:len(v)-1]) {
			t.Errorf("%q is named %q, want %s", p, name, v)
		}
	})
}
