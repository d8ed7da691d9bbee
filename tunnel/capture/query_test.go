package capture

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/frame"
)

// scene is a log with one row of each sort; the ids are in the table below.
func scene(t *testing.T, at time.Time) *Log {
	t.Helper()
	l := New(0)
	t.Cleanup(l.Close)
	c := l.Open(Request{Time: at, URL: "wss://localhost:8443/chat?room=1", Head: []byte("GET /chat?room=1 HTTP/1.1\r\n\r\n")})
	c.Answered(at, 101, []byte(switching))
	add := func(dir frame.Direction, h frame.Header, payload string) {
		at = at.Add(time.Second)
		h.Masked = dir == frame.Sent
		c.Data(dir, at, frame.AppendFrame(nil, h, []byte(payload)))
	}
	add(frame.Sent, frame.Header{Opcode: frame.Text, Fin: true}, "Hello Tea")                     // 2
	add(frame.Received, frame.Header{Opcode: frame.Binary, Fin: true}, strings.Repeat("x", 3000)) // 3
	add(frame.Sent, frame.Header{Opcode: frame.Text}, "first ")                                   // 4
	add(frame.Sent, frame.Header{Opcode: frame.Ping, Fin: true}, "")                              // 5
	add(frame.Sent, frame.Header{Opcode: frame.Continuation, Fin: true}, "second [")              // 6
	add(frame.Received, frame.Header{Opcode: 3, Fin: true}, "reserved")                           // 7, violation 8
	add(frame.Sent, frame.Header{Opcode: frame.Close, Fin: true}, "\x03\xe8bye")                  // 9
	add(frame.Received, frame.Header{Opcode: frame.Close, Fin: true}, "\x03\xe8")                 // 10
	c.End(End{Time: at, By: Client, Cause: ByClose})                                              // 11
	l.HTTP(Exchange{Time: at, Method: "GET", URL: "https://localhost:8443/app.js", Status: 200})  // 12
	l.HTTP(Exchange{Time: at, Method: "GET", URL: "https://localhost:8443/api", Status: 502})     // 13
	r := l.Open(Request{Time: at, URL: "wss://localhost:8443/refused"})                           // 14
	r.Answered(at, 403, []byte("HTTP/1.1 403 Forbidden\r\n\r\n"))
	r.End(End{Time: at, By: Backend, Cause: ByRefusal}) // 15
	l.Handshake(FailedHandshake{                        // 16
		Time: at, ServerName: "localhost", Program: "Firefox", Alert: "bad_certificate", Reason: Distrusted,
	})
	return l
}

func TestQueriesFindTheirRows(t *testing.T) {
	now := time.Date(2026, 3, 4, 15, 0, 0, 0, time.Local)
	l := scene(t, now)
	later := now.Add(10 * time.Second)
	for _, c := range []struct {
		query string
		want  []int64
	}{
		{"", []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
		{"dir:sent", []int64{2, 4, 5, 6, 9}},
		{"dir:out op:text", []int64{2, 4}},
		{"dir:in -op:close", []int64{3, 7, 8}},
		{"op:control", []int64{5, 9, 10}},
		{"op:data dir:sent", []int64{2, 4, 6}},
		{"op:3", []int64{7}},
		{"is:open", []int64{1, 14}},
		{"is:close", []int64{11, 15}},
		{"is:http", []int64{12, 13}},
		{"is:violation", []int64{8}},
		{"is:handshake", []int64{16}},
		{"is:problem", []int64{7, 8, 13, 14, 15, 16}},
		{"is:fragment", []int64{4, 6}},
		{"size>1k", []int64{3}},
		{"size:>2.9k", []int64{3}},
		{"size>=8 size<=9", []int64{2, 6, 7}},
		{"size:0", []int64{5}},
		{"size=2", []int64{10}},
		{"size<1 op:ping", []int64{5}},
		{"conn:2", []int64{14, 15}},
		{"id:3", []int64{3}},
		{"id:3..5", []int64{3, 4, 5}},
		{"id:13..", []int64{13, 14, 15, 16}},
		{"id:..2", []int64{1, 2}},
		{"id:3..9 id:8..40", []int64{8, 9}},
		{"id:3..9 -id:4..8", []int64{3, 9}},
		{"id:3..9 op:ping", []int64{5}},
		{"id:9..12 bye", []int64{9, 11}},
		{"id:9..3", nil},
		{"id:0", nil},
		{"is:heartbeat", []int64{5}},
		{"path:/chat is:open", []int64{1}},
		{"path:/ap", []int64{12, 13}},
		{`path:"/refused"`, []int64{14, 15}},
		{"tea", []int64{2}},
		{"Tea", []int64{2}},
		{"TEA", nil},
		{`"hello tea"`, []int64{2}},
		{`"second ["`, []int64{6}},
		{"hello -tea", nil},
		{"!is:http conn:1 bye", []int64{9, 11}},
		{"/^Hel+o/", []int64{2}},
		{"/^hel+o/i", []int64{2}},
		{"/^hel+o/", nil},
		{"/second [/", []int64{6}},
		{"-/./ is:frame", []int64{5}},
		{"localhost:8443", []int64{1, 12, 13, 14}},
		{"wss://localhost", []int64{1, 14}},
		{"/chat", []int64{1}},
		{"reserved", []int64{7, 8}},
		{"firefox bad_certificate", []int64{16}},
		{`"does not trust the CA"`, []int64{16}},
		{"since:-5s is:frame", []int64{6, 7, 9, 10}},
		{"since:15:00:07 is:frame", []int64{9, 10}},
		{"until:15:00:01", []int64{1, 2}},
		{"since:2026-03-04T15:00:08 dir:in", []int64{10}},
	} {
		t.Run(c.query, func(t *testing.T) {
			q, err := parseQuery(c.query, later)
			if err != nil {
				t.Fatal(err)
			}
			got, next, err := l.Find(context.Background(), q, 0, 0, 0)
			if err != nil || next != 17 || !slices.Equal(got, c.want) {
				t.Errorf("got %v, next %d, %v; want %v", got, next, err, c.want)
			}
			for id := range int64(17) {
				if r, ok := l.Row(id); ok && l.Match(q, &r) != slices.Contains(c.want, id) {
					t.Errorf("row %d: Match says otherwise than Find", id)
				}
			}
			if len(c.want) > 1 {
				head, next, _ := l.Find(context.Background(), q, 0, 0, 1)
				tail, _, _ := l.Find(context.Background(), q, next, 0, 0)
				if !slices.Equal(append(head, tail...), c.want) {
					t.Errorf("in two steps: %v, %v", head, tail)
				}
			}
		})
	}
}

func TestQueriesThatMakeNoSenseSayWhy(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"dir:up", `query: dir:up: "up" is no direction (sent or received, also out or in)`},
		{"op:hello", `query: op:hello: "hello" is no opcode (text binary close ping pong continuation control data, or 0 to 15)`},
		{"is:bad", `query: is:bad: "bad" is no such state (one of frame open close http violation handshake problem foreign compressed fragment truncated heartbeat)`},
		{"size>many", `query: size>many: "many" is no size (write a number of bytes, or 1k, 2.5m, 1g)`},
		{"id:x", `query: id:x: "x" is no row (write its number, such as id:7, or id:7..40)`},
		{"id>7", `query: id>7: id takes no ">" (write id:…)`},
		{"id:..", `query: id:..: ".." is no row (write its number, such as id:7, or id:7..40)`},
		{"conn:x", `query: conn:x: "x" is no connection (write its number, such as conn:3)`},
		{"since:noon", `query: since:noon: "noon" is no time (write -10s, 15:04:05 or 2006-01-02T15:04:05)`},
		{"dir>sent", `query: dir>sent: dir takes no ">" (write dir:…)`},
		{`a "b c`, `query: "b c: the closing quote is missing (add " at its end)`},
	} {
		if _, err := ParseQuery(c.query); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.query, err, c.want)
		}
	}
}

func TestAQueryTellsWhatItTookAsText(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"/[/", "/[/ is looked for as text: error parsing regexp: missing closing ]: `[`"},
		{"opp:text", `"opp:text" is looked for as text: there is no key "opp" (keys are dir op is size conn id path since until)`},
		{"tea or coffee", `"or" is looked for as text: a row must match all terms anyway (/a|b/ finds either of two texts)`},
		{"is:open OR", `"OR" is looked for as text: a row must match all terms anyway (/a|b/ finds either of two texts)`},
		{"AND is:open", `"AND" is looked for as text: a row must match all terms anyway (/a|b/ finds either of two texts)`},
		{`tea "and" coffee`, ""},
		{"tea -and coffee", ""},
		{"tea android", ""},
		{" or ", ""},
		{"ws://x", ""},
		{"a=b", ""},
		{"localhost:8443", ""},
	} {
		q, err := ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(q.Notes(), "; "); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.query, got, c.want)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{
		`dir:sent op:text size>1k "quoted \" text" -word /re/i !is:http since:-10s path:"/a b"`, "/", "-", "!", `"`, ":", "size>", "//", "since:",
	} {
		f.Add(s)
	}
	l := New(0)
	c := opened(l)
	send(c, frame.Sent, frame.Text, "some text")
	f.Fuzz(func(t *testing.T, s string) {
		q, err := ParseQuery(s)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "query: ") {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		ids, _, err := l.Find(context.Background(), q, 0, 0, 0)
		if err != nil {
			t.Errorf("%q: %v", s, err)
		}
		for id := range int64(3) {
			if r, ok := l.Row(id); ok && l.Match(q, &r) != slices.Contains(ids, id) {
				t.Errorf("%q: Match and Find differ on row %d", s, id)
			}
		}
	})
}
