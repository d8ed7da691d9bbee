package inspector

import (
	"errors"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

func TestRecordShowsWhatTheRowIs(t *testing.T) {
	s := story(t, 0)
	for query, c := range map[string]struct {
		pretty  []string
		summary string // with the name NAME
	}{
		`"join"`:             {[]string{"▾ {} 4 keys", `"type": "join"`, `"name": "王小明"`, "1763733801355 2025-11-21"}, "NAME · socket 3 · 80 B on the wire, 79 B inflated"},
		"op:binary":          {[]string{"89 50 4e 47 0d 0a 1a 0a"}, "NAME · socket 3 · 16.0 KiB on the wire"},
		"op:ping":            {[]string{"00 00 04 d2"}, "NAME · socket 3 · 4 B on the wire"},
		"op:close":           {[]string{"1007 invalid payload data"}, "NAME · socket 3"},
		"broken":             {[]string{"broken"}, "not UTF-8"},
		"is:open conn:3":     {[]string{"Subprotocol", "v12.stomp", "Request of the client"}, "handshake · socket 3"},
		"is:close conn:3":    {[]string{"How it ended", "end of stream", "1007"}, "end of the socket · socket 3"},
		"is:violation":       {[]string{"text is not UTF-8", "RFC 6455 §8.1", "Byte offset", "Frame "}, "violation · socket 3"},
		"is:close conn:4":    {[]string{"upgrade refused", "403"}, "end of the socket · socket 4"},
		"SUBSCRIBE dir:sent": {[]string{"SUBSCRIBE", "destination:/topic/rooms.42"}, "on the wire"},
	} {
		r, err := readRecord(s.log, s.find(query), s.at)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if !r.settled {
			t.Errorf("%s: nothing about it changes any more", query)
		}
		wants(t, query, textOf(r.document(detailPretty, nil)), c.pretty...)
		wants(t, "the summary of "+query, strings.Join(r.summary("NAME"), " · "), c.summary)
		for tab := detailRaw; tab <= detailTiming; tab++ {
			if text := textOf(r.document(tab, nil)); strings.Contains(text, "inspector.") {
				t.Errorf("%s: tab %d shows a key: %s", query, tab, text)
			}
		}
	}
}

func TestANameInTheSummaryIsShortAndSafe(t *testing.T) {
	long := strings.Repeat("a", 59)
	for in, want := range map[string]string{
		"say":                      "say",
		long + "a":                 long + "a",
		long + "王":                 long + "…",
		"a\u202eb\n":               `a\u202eb\n`,
		strings.Repeat("\x80", 61): strings.Repeat(`\x80`, 56) + "…",
	} {
		if got := safe(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestRecordOfARowThatHasGone(t *testing.T) {
	s := story(t, 0)
	for _, id := range []int64{0, -1, 1 << 40} {
		if _, err := readRecord(s.log, id, s.at); !errors.Is(err, capture.ErrGone) {
			t.Errorf("row %d: %v", id, err)
		}
	}
}

func TestRecordOfAMessageThatIsUnderWayIsReadAgain(t *testing.T) {
	s := newSample(t)
	c := s.open(false)
	c.put(frame.Received, frame.Header{Opcode: frame.Text}, []byte("begin "))
	id := s.find("begin")
	r, err := readRecord(s.log, id, s.at)
	if err != nil || r.settled || r.changed(s.log) {
		t.Fatalf("%v: settled %v, changed %v", err, r.settled, r.changed(s.log))
	}
	c.put(frame.Received, frame.Header{Opcode: frame.Continuation, Fin: true}, []byte("end"))
	if !r.changed(s.log) {
		t.Fatal("its end has come")
	}
	r, err = readRecord(s.log, id, s.at)
	if err != nil || !r.settled || string(r.message.Payload) != "begin end" || r.frames() != 2 {
		t.Errorf("%v: settled %v, %q in %d frames", err, r.settled, r.message.Payload, r.frames())
	}
}

func TestRecordOfAFailedHandshakeTellsWhatToDo(t *testing.T) {
	s := newSample(t)
	failed := capture.FailedHandshake{
		Time: s.at, Duration: 3 * time.Millisecond, Client: "127.0.0.1:5001", Address: "127.0.0.1:8443", ALPN: "h2, http/1.1",
		ServerName: "web.localhost", Program: "Firefox", By: capture.Client, Alert: "unknown_ca", Reason: capture.Distrusted,
		Fix: "run: culvert trust",
	}
	s.log.Handshake(failed)
	id := s.find("is:handshake")
	r, err := readRecord(s.log, id, s.at)
	if err != nil || r.settled {
		t.Fatalf("%v: settled %v, while others may fail alike", err, r.settled)
	}
	s.log.Handshake(failed)
	if r, err = readRecord(s.log, id, s.at.Add(time.Minute)); err != nil || !r.settled {
		t.Fatalf("%v: settled %v", err, r.settled)
	}
	wants(t, "the handshake", textOf(r.document(detailPretty, nil)),
		"Firefox does not trust the CA: it answered the certificate for web.localhost with the alert unknown_ca",
		"run: culvert trust", "127.0.0.1:5001", "127.0.0.1:8443", "h2, http/1.1", "the client", "RFC 8446 §6.2", "3ms", "Times")
	wants(t, "its summary", strings.Join(r.summary("NAME"), " · "), "failed TLS handshake")
	for tab := detailPretty; tab <= detailTiming; tab++ {
		if text := textOf(r.document(tab, nil)); strings.Contains(text, "inspector.") {
			t.Errorf("tab %d shows a key: %s", tab, text)
		}
	}
}

func TestTextual(t *testing.T) {
	for p, want := range map[string]bool{
		"": true, "hello": true, "a\tb\r\n": true, "大家好": true, "\x00\x01": false, "ab\xffcdef": false, "a\x1b[0m": false,
		strings.Repeat("x", 4095) + "é": true,
	} {
		if textual([]byte(p)) != want {
			t.Errorf("textual(%.20q) is not %v", p, want)
		}
	}
}
