package capture

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"culvert/tunnel/frame"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update writes it):\n%s", file, got)
	}
}

// story is a log with everything that an export tells of, at fixed times.
func story(t *testing.T) *Log {
	t.Helper()
	l := New(0)
	t.Cleanup(l.Close)
	at := time.Date(2026, 3, 4, 15, 0, 0, 123456000, time.UTC)
	tick := func() time.Time { at = at.Add(1500 * time.Microsecond); return at }
	c := l.Open(Request{
		Time: tick(), Client: "127.0.0.1:50000", Upstream: "127.0.0.1:8083",
		URL:  "wss://web-chat.localhost:8443/ws?room=a%20b&x",
		TLS:  "TLS 1.3",
		Head: []byte("GET /ws?room=a%20b&x HTTP/1.1\r\nHost: web-chat.localhost:8443\r\nUpgrade: websocket\r\nCookie: a=b\r\n\r\n"),
	})
	c.Answered(tick(), 101, []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"))
	put := func(dir frame.Direction, h frame.Header, payload string) {
		h.Masked = dir == frame.Sent
		h.Key = [4]byte{0xde, 0xad, 0xbe, 0xef}
		c.Data(dir, tick(), frame.AppendFrame(nil, h, []byte(payload)))
	}
	put(frame.Sent, frame.Header{Opcode: frame.Text, Fin: true}, "hello \"茶\"\n\x1b[31m\u202e</script>")
	put(frame.Received, frame.Header{Opcode: frame.Binary, Fin: true}, "\x00\x01\xff")
	put(frame.Received, frame.Header{Opcode: frame.Text}, "in ")
	put(frame.Received, frame.Header{Opcode: frame.Ping, Fin: true}, "are you there")
	put(frame.Received, frame.Header{Opcode: frame.Continuation, Fin: true}, "pieces")
	put(frame.Sent, frame.Header{Opcode: frame.Text, Fin: true}, "bad \xff text")
	_, id := l.Range()
	c.Data(frame.Received, tick(), newDeflater(t).frame(frame.Received, strings.Repeat("compressed ", 20)))
	settled(t, l, id)
	put(frame.Received, frame.Header{Opcode: frame.Text}, "never finished")
	put(frame.Received, frame.Header{Opcode: frame.Close, Fin: true}, "\x03\xe9going away")
	put(frame.Sent, frame.Header{Opcode: frame.Close, Fin: true}, "\x03\xe9")
	c.End(End{Time: tick(), By: Backend, Cause: ByClose})
	l.HTTP(Exchange{
		Time: tick(), Duration: 2500 * time.Microsecond, Method: "POST", URL: "https://web-chat.localhost:8443/api?q=1",
		Proto: "HTTP/2.0", Upstream: "127.0.0.1:8083", Status: 201, RequestBytes: 12, ResponseBytes: 3400,
		ContentType: "application/json",
	})
	refused := l.Open(Request{Time: tick(), URL: "wss://localhost/ws", Upstream: "[::1]:8083", Head: []byte("GET /ws HTTP/1.1\r\n\r\n")})
	refused.Answered(tick(), 403, []byte("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\n\r\n"))
	refused.End(End{Time: tick(), By: Backend, Cause: ByRefusal})
	dead := l.Open(Request{Time: tick(), URL: "wss://localhost:8443/ws", Head: []byte("GET /ws HTTP/1.1\r\n\r\n")})
	dead.End(End{Time: tick(), By: Backend, Cause: ByDialFailure, Detail: "dial tcp 127.0.0.1:8083: connection refused"})
	gone := l.Open(Request{Time: tick(), URL: "ws://localhost:8443/ws", Head: []byte("GET /ws HTTP/1.1\r\n\r\n")})
	gone.Answered(tick(), 101, []byte(switching))
	gone.Data(frame.Received, tick(), []byte{0x82, 10, 1, 2, 3})
	gone.EOF(frame.Received, tick())
	gone.End(End{Time: tick(), By: Backend, Cause: ByRST, Detail: "connection reset by peer"})
	distrust := FailedHandshake{
		Time: tick(), Duration: 3 * time.Millisecond, Client: "127.0.0.1:5001", Address: "127.0.0.1:8443",
		ServerName: "web-chat.localhost", ALPN: "h2, http/1.1", Program: "Chromium", By: Client, Alert: "certificate_unknown",
		Reason: Distrusted, Fix: "run: culvert trust",
	}
	l.Handshake(distrust)
	distrust.Time, distrust.Client = distrust.Time.Add(time.Millisecond), "127.0.0.1:5002"
	l.Handshake(distrust)
	l.Handshake(FailedHandshake{
		Time: tick(), Client: "127.0.0.1:5003", Address: "127.0.0.1:8443", By: Tunnel, Reason: NotTLS,
		Detail: "first record does not look like a TLS handshake \x1b[31m",
	})
	return l
}

func TestHAR(t *testing.T) {
	var b bytes.Buffer
	if err := story(t).WriteHAR(context.Background(), &b, nil, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	golden(t, "story.har", b.Bytes())
	checkHAR(t, b.Bytes())
}

func TestHAROfAQueryHoldsWhatItMatches(t *testing.T) {
	l := story(t)
	for _, c := range []struct {
		query             string
		entries, messages int
	}{
		{"dir:sent op:text", 1, 2},
		{"compressed", 1, 1},
		{"is:http", 1, 0},
		{"pieces", 1, 1},
		{"nothing-like-it", 0, 0},
	} {
		q, err := ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := l.WriteHAR(context.Background(), &b, q, "1"); err != nil {
			t.Fatal(err)
		}
		entries := checkHAR(t, b.Bytes())
		messages := 0
		for _, e := range entries {
			list, _ := e["_webSocketMessages"].([]any)
			messages += len(list)
		}
		if len(entries) != c.entries || messages != c.messages {
			t.Errorf("%s: %d entries, %d messages; want %d, %d", c.query, len(entries), messages, c.entries, c.messages)
		}
	}
}

// checkHAR checks every field that the importers of Chrome, HTTP Toolkit and Firefox need, and returns the entries.
func checkHAR(t *testing.T, p []byte) (entries []map[string]any) {
	t.Helper()
	var doc struct {
		Log struct {
			Version string
			Creator struct{ Name, Version string }
			Pages   []any
			Entries []map[string]any
		}
	}
	if err := json.Unmarshal(p, &doc); err != nil {
		t.Fatalf("%v in\n%s", err, p)
	}
	if doc.Log.Version != "1.2" || doc.Log.Creator.Name == "" || doc.Log.Creator.Version == "" || doc.Log.Pages == nil {
		t.Errorf("log: %+v", doc.Log)
	}
	for i, e := range doc.Log.Entries {
		c := harCheck{t, i}
		c.entry(e)
	}
	return doc.Log.Entries
}

type harCheck struct {
	t     *testing.T
	index int
}

func (c harCheck) entry(e map[string]any) {
	started, _ := e["startedDateTime"].(string)
	if _, err := time.Parse(time.RFC3339Nano, started); err != nil || !strings.HasSuffix(started, "Z") {
		c.t.Errorf("entry %d: startedDateTime %q: %v", c.index, started, err)
	}
	if _, there := e["_initiator"]; there { // Chrome's importer throws on null
		c.t.Errorf("entry %d has an _initiator", c.index)
	}
	c.number(e, "time", 0)
	c.object(e, "cache")
	request := c.object(e, "request")
	c.texts(request, "method", "url", "httpVersion")
	c.lists(request, "cookies", "headers", "queryString")
	c.number(request, "headersSize", -1)
	c.number(request, "bodySize", -1)
	response := c.object(e, "response")
	c.texts(response, "statusText", "httpVersion", "redirectURL")
	c.lists(response, "cookies", "headers")
	c.number(response, "headersSize", -1)
	c.number(response, "bodySize", -1)
	status := c.number(response, "status", 0)
	if message, _ := response["_error"].(string); status == 0 && message == "" {
		c.t.Errorf("entry %d: no answer and no _error", c.index)
	}
	content := c.object(response, "content")
	c.number(content, "size", 0)
	c.texts(content, "mimeType")
	timings := c.object(e, "timings")
	sum := 0.0
	for _, name := range []string{"send", "wait", "receive"} {
		sum += c.number(timings, name, 0)
	}
	if math.Abs(sum-e["time"].(float64)) > 0.01 {
		c.t.Errorf("entry %d: time %v, timings %v", c.index, e["time"], sum)
	}
	if e["_resourceType"] == "websocket" {
		c.messages(e)
	}
}

func (c harCheck) messages(e map[string]any) {
	list, ok := e["_webSocketMessages"].([]any)
	if !ok {
		c.t.Errorf("entry %d: no _webSocketMessages", c.index)
	}
	c.lists(e, "_wsFrames", "_wsViolations")
	for _, v := range list {
		m := v.(map[string]any)
		if m["type"] != "send" && m["type"] != "receive" {
			c.t.Errorf("entry %d: message of type %v", c.index, m["type"])
		}
		if at := c.number(m, "time", 1e9); at > 1e11 {
			c.t.Errorf("entry %d: message time %v is not in seconds", c.index, at)
		}
		data, _ := m["data"].(string)
		switch m["opcode"] {
		case 1.0:
			if !utf8.ValidString(data) {
				c.t.Errorf("entry %d: text %q", c.index, data)
			}
		case 2.0:
			if _, err := base64.StdEncoding.DecodeString(data); err != nil {
				c.t.Errorf("entry %d: %v", c.index, err)
			}
		default:
			c.t.Errorf("entry %d: opcode %v", c.index, m["opcode"])
		}
	}
	switch end := e["_webSocketClose"].(type) {
	case nil:
	case string:
		if end != "aborted" {
			c.t.Errorf("entry %d: closed by %q", c.index, end)
		}
	case map[string]any:
		c.number(end, "timestamp", 1e9)
		c.texts(end, "reason")
	}
}

func (c harCheck) object(m map[string]any, name string) map[string]any {
	o, ok := m[name].(map[string]any)
	if !ok {
		c.t.Errorf("entry %d: %s is %v", c.index, name, m[name])
	}
	return o
}

func (c harCheck) number(m map[string]any, name string, least float64) float64 {
	n, ok := m[name].(float64)
	if !ok || n < least {
		c.t.Errorf("entry %d: %s is %v", c.index, name, m[name])
	}
	return n
}

func (c harCheck) texts(m map[string]any, names ...string) {
	for _, name := range names {
		if _, ok := m[name].(string); !ok {
			c.t.Errorf("entry %d: %s is %v", c.index, name, m[name])
		}
	}
}

func (c harCheck) lists(m map[string]any, names ...string) {
	for _, name := range names {
		if _, ok := m[name].([]any); !ok {
			c.t.Errorf("entry %d: %s is %v", c.index, name, m[name])
		}
	}
}

func TestLinesOfText(t *testing.T) {
	l := story(t)
	var b []byte
	rows := make([]Row, 100)
	for _, r := range rows[:l.Rows(rows, 0)] {
		line := string(l.AppendText(nil, &r, 40))
		local := r.Time().Format("15:04:05.000000")
		b = append(b, strings.Replace(line, local, r.Time().UTC().Format("15:04:05.000000"), 1)+"\n"...)
	}
	golden(t, "story.txt", b)
	if bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x202e }) {
		t.Error("a control character is in the text")
	}
}

func TestLinesOfJSON(t *testing.T) {
	l := story(t)
	var b []byte
	rows := make([]Row, 100)
	for _, r := range rows[:l.Rows(rows, 0)] {
		start := len(b)
		b = l.AppendJSON(b, &r, "web-chat", -1)
		if !json.Valid(b[start:]) {
			t.Errorf("row %d is no JSON: %s", r.ID, b[start:])
		}
		b = append(b, '\n')
	}
	golden(t, "story.ndjson", b)
}

func FuzzJSONText(f *testing.F) {
	f.Add([]byte("tea \"\\\x00\x7f\u0085\u2028\xff茶"))
	f.Fuzz(func(t *testing.T, p []byte) {
		var got string
		if err := json.Unmarshal(appendQuoted(nil, p), &got); err != nil {
			t.Fatalf("%q: %v", p, err)
		}
		// encoding/json replaces each byte that is not UTF-8 on its own, too.
		q, _ := json.Marshal(string(p))
		var want string
		_ = json.Unmarshal(q, &want)
		if got != want {
			t.Errorf("%q became %q, want %q", p, got, want)
		}
		for _, c := range AppendSafe(nil, p) {
			if c < ' ' || c == 0x7f {
				t.Errorf("%q holds a control character", p)
			}
		}
	})
}

func TestAServerIPAddressIsThatOfTheUpstream(t *testing.T) {
	for _, c := range []struct{ upstream, ip string }{
		{"127.0.0.1:8083", "127.0.0.1"},
		{"[::1]:8083", "::1"},
		{"ws://127.0.0.1:8083/chat", "127.0.0.1"},
		{"http://[::1]:8083", "::1"},
		{"ws://127.0.0.1", "127.0.0.1"},
		{"ws://localhost:8083", ""},
		{"unix:///run/chat.sock", ""},
		{"", ""},
	} {
		if got := ipOf(c.upstream); got != c.ip {
			t.Errorf("%q has %q, want %q", c.upstream, got, c.ip)
		}
	}
}
