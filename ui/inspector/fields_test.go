package inspector

import (
	"strings"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/payload"
	"culvert/ui/textview"
)

// textOf returns a document as text.
func textOf(d textview.Document) string { return payload.Text(d, 0, d.Lines()) }

func wants(t *testing.T, what, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("%s does not tell %q:\n%s", what, p, got)
		}
	}
}

func TestConnectionTellsBothHandshakesAndTheEnd(t *testing.T) {
	s := story(t, 0)
	c, _ := s.log.Conn(3)
	wants(t, "the connection", textOf(sheet(connection(c, s.at)...)),
		"wss://web-chat.localhost:8443/ws", "X-Forwarded-For           127.0.0.1  added by Culvert", "TLS 1.3", "permessage-deflate", "v12.stomp",
		"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "X-Forwarded-Proto", "HTTP/1.1 101 Switching Protocols",
		"1007 invalid payload data", "the backend", "end of stream", "Totals", "messages", "Violations")
}

func TestWhatWasSkippedIsToldBesideTheBackend(t *testing.T) {
	const why = "nothing listens on 127.0.0.1:8082: connection refused"
	s := newSample(t)
	conn := s.log.Open(capture.Request{Time: s.at, URL: "wss://localhost/ws", Upstream: "ws://127.0.0.1:8081"})
	conn.Forward("ws://127.0.0.1:8081", nil, why)
	c, _ := s.log.Conn(1)
	for what, doc := range map[string]textview.Document{
		"the connection": sheet(connection(c, s.at)...),
		"the exchange":   sheet(exchange(&capture.Exchange{Time: s.at, Upstream: "http://127.0.0.1:8081", Skipped: why})),
	} {
		wants(t, what, textOf(doc), "Skipped", why)
	}
}

func TestRefusalTellsTheStatus(t *testing.T) {
	s := story(t, 0)
	c, _ := s.log.Conn(4)
	wants(t, "the refusal", textOf(sheet(connection(c, s.at)...)),
		"upgrade refused", "403", "https://localhost:5173, another origin than the address", "none (ws://)")
}

func TestEveryRuleAndCauseHasItsWords(t *testing.T) {
	for r := frame.MaskMissing; r <= frame.CloseMissing; r++ {
		got := textOf(sheet(violation(&capture.Row{Rule: r, Number: 7, Offset: 1234}, nil)))
		if strings.Contains(got, "frames.") {
			t.Errorf("rule %d has no words: %s", r, got)
		}
		wants(t, "the violation", got, r.Section(), "#7", "1,234")
	}
	for c := capture.ByError; c <= capture.ByLimit; c++ {
		if w := causeWord(c); strings.Contains(w, "inspector.") {
			t.Errorf("cause %d has no words: %s", c, w)
		}
	}
	for p := capture.Unknown; p <= capture.Tunnel; p++ {
		if w := partyWord(p); strings.Contains(w, "frames.") {
			t.Errorf("party %d has no words: %s", p, w)
		}
	}
	for code := 999; code < 1020; code++ {
		if w := closeCode(code); strings.Contains(w, "frames.") {
			t.Errorf("close code %d has no words: %s", code, w)
		}
	}
	if causeWord(200) == "" || partyWord(200) == "" {
		t.Error("an unknown cause has no words")
	}
}

func TestExchange(t *testing.T) {
	x := capture.Exchange{
		Time: time.Now(), Duration: 3 * time.Millisecond, Method: "POST", URL: "https://a/b", Proto: "HTTP/2.0",
		RequestBytes: 82, Err: "connection refused",
	}
	wants(t, "the exchange", textOf(sheet(exchange(&x))), "POST", "https://a/b", "not answered yet", "connection refused", "82 B", "3ms")
}

func TestTimingTellsTheGaps(t *testing.T) {
	s := story(t, 0)
	row, _ := s.log.Row(s.find(`"join"`))
	mark := s.find("dir:in CONNECTED")
	got := textOf(sheet(timing(s.log, &row, []int64{mark, row.ID})))
	wants(t, "the timing", got, "+215ms", "+221ms", "+241ms", "2025-11-21 14:03:21.355000")
	if strings.Count(got, "To mark") != 1 {
		t.Errorf("a row is told its distance to itself:\n%s", got)
	}
}

func TestFramesOfAMessageAreToldOneByOne(t *testing.T) {
	s := story(t, 0)
	m, err := s.log.Message(s.find(`"hello"`), -1)
	if err != nil {
		t.Fatal(err)
	}
	got := textOf(sheet(frameList(m.Frames)...))
	wants(t, "the frames", got, "text (0x1)", "continuation (0x0)", "RSV1", "37fa213d", "7-bit form", "compressed")
	if n := strings.Count(got, "Opcode"); n != 2 {
		t.Errorf("%d frames", n)
	}
}
