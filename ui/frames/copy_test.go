package frames

import (
	"strings"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

func TestMessagesAreCopiedInEveryForm(t *testing.T) {
	const url = "wss://localhost:8443/ws?a=1"
	text := Message{Frame: true, Opcode: frame.Text, Payload: []byte(`{"a":1,"b":"say \"hi\" </script>"}`), URL: url}
	plain := Message{Frame: true, Opcode: frame.Text, Payload: []byte("hello there!"), URL: url, Protocol: "v12.stomp"}
	lines := Message{Frame: true, Opcode: frame.Text, Payload: []byte("it's\ntwo"), URL: "wss://localhost/'`x`"}
	binary := Message{Frame: true, Opcode: frame.Binary, Payload: []byte{0, 1, 0xFF}, URL: url}
	ping := Message{Frame: true, Opcode: frame.Ping, Payload: []byte("beat"), URL: url}
	closing := Message{Frame: true, Opcode: frame.Close, Payload: []byte("\x03\xe8bye"), URL: url}
	going := Message{Frame: true, Opcode: frame.Close, Payload: []byte("\x03\xe9"), URL: url}
	end := Message{Payload: []byte("12 - close")}
	for _, c := range []struct {
		name string
		form Form
		of   []Message
		want string
	}{
		{"text as it is", AsText, []Message{plain, end}, "hello there!\n12 - close"},
		{"text that is not UTF-8", AsText, []Message{binary}, "\x00\x01\uFFFD"},
		{"JSON, indented in its order", AsJSON, []Message{text}, "{\n  \"a\": 1,\n  \"b\": \"say \\\"hi\\\" </script>\"\n}"},
		{"what is no JSON, as a string", AsJSON, []Message{plain}, `"hello there!"`},
		{"binary in JSON", AsJSON, []Message{binary}, `{"base64": "AAH/"}`},
		{"hex", AsHex, []Message{binary, ping}, "00 01 ff\n62 65 61 74"},
		{"base64", AsBase64, []Message{binary}, "AAH/"},
		{
			"websocat, readable", AsWebsocat,
			[]Message{plain},
			`printf '%s' 'hello there!' | websocat -n -t --protocol=v12.stomp '` + url + `'`,
		},
		{
			"websocat, what no shell may read", AsWebsocat,
			[]Message{lines},
			`printf '%s' 'aXQncwp0d28=' | base64 -d | websocat -n -t --no-line 'wss://localhost/%27%60x%60'`,
		},
		{"websocat, binary", AsWebsocat, []Message{binary}, `printf '%s' 'AAH/' | base64 -d | websocat -n -b '` + url + `'`},
		{"websocat, only what can be sent", AsWebsocat, []Message{ping, closing, end, {Frame: true, Opcode: frame.Text, URL: "exec:rm"}}, ""},
		{
			"JavaScript", AsSend,
			[]Message{text, binary},
			`ws.send("{\"a\":1,\"b\":\"say \\\"hi\\\" \u003c/script>\"}");` + "\n" +
				`ws.send(Uint8Array.from(atob("AAH/"), c => c.charCodeAt(0)));`,
		},
		{
			"JavaScript, line ends of its own", AsSend,
			[]Message{{Frame: true, Opcode: frame.Text, Payload: []byte("a\u2028\u202E\U000E0001b\x7f")}},
			`ws.send("a\u2028\u202e\udb40\udc01b\u007f");`,
		},
		{"JavaScript, control frames", AsSend, []Message{ping, closing, going, end}, "ws.close(1000, \"bye\");\nws.close();"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Copy(c.form, c.of...); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAMessageIsReadWithAllItsFrames(t *testing.T) {
	r := record(t)
	r.frame(frame.Sent, frame.Header{Opcode: frame.Text}, "one ")
	r.send(frame.Sent, frame.Ping, "")
	r.frame(frame.Sent, frame.Header{Opcode: frame.Continuation, Fin: true}, "message")
	for _, id := range []int64{2, 4} {
		m, err := ReadMessage(r.log, id, -1)
		if err != nil || string(m.Payload) != "one message" || m.Opcode != frame.Text || !m.Whole || m.URL != "wss://localhost:8443/ws" {
			t.Errorf("row %d: %+v, %v", id, m, err)
		}
	}
	r.conn.End(capture.End{Time: time.Now(), By: capture.Client, Cause: capture.ByRST})
	if m, err := ReadMessage(r.log, 5, -1); err != nil || m.Frame || !strings.Contains(string(m.Payload), "reset") {
		t.Errorf("an end: %+v, %v", m, err)
	}
	if _, err := ReadMessage(r.log, 99, -1); err != capture.ErrGone {
		t.Error(err)
	}
}
