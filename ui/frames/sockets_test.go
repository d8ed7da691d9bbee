package frames

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
)

func TestSocketsTellWhoClosedThemAndWhy(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	r := &recorder{log: capture.New(0), now: now}
	defer r.log.Close()
	r.open("/chat?room=1", deflating)
	r.send(frame.Sent, frame.Close, "\x03\xe8")
	r.send(frame.Received, frame.Close, "\x03\xe8")
	r.conn.End(capture.End{Time: now.Add(90 * time.Second), By: capture.Client, Cause: capture.ByFIN})
	r.open("/lost", "")
	r.send(frame.Sent, frame.Text, "hello")
	r.conn.End(capture.End{Time: now.Add(time.Second), By: capture.Backend, Cause: capture.ByRST})
	refused := r.log.Open(capture.Request{Time: now, URL: "wss://localhost/refused", Upstream: "unix:/run/chat.sock"})
	refused.Answered(now, 401, []byte("HTTP/1.1 401 Unauthorized\r\n\r\n"))
	refused.End(capture.End{Time: now, By: capture.Backend, Cause: capture.ByRefusal})
	r.open("/open", "")
	r.log.Open(capture.Request{Time: now, URL: "wss://localhost/slow", Upstream: "ws://localhost:8083/im/"})

	s := NewSockets(r.log, Options{Now: func() time.Time { return now.Add(5 * time.Second) }})
	for i, want := range [][]string{
		{"1", "/chat?room=1", "1000 normal closure — closed by the client", "127.0.0.1:8083", "", "12:00:00.000", "1:30", "1", "1", "8 B", "4 B"},
		{"2", "/lost", "no Close frame (1006) — reset by the backend, RST", "127.0.0.1:8083", "", "12:00:00.000", "1.00 s", "1", "0", "11 B", "0 B"},
		{"3", "/refused", "401 — refused by the backend", "unix:/run/chat.sock", "", "12:00:00.000", "0 µs", "0", "0", "0 B", "0 B"},
		{"4", "/open", "open", "127.0.0.1:8083", "", "12:00:00.000", "5.00 s", "0", "0", "0 B", "0 B"},
		{"5", "/slow", "handshake", "localhost:8083/im", "", "12:00:00.000", "5.00 s", "0", "0", "0 B", "0 B"},
	} {
		var row ink.Row
		if pos := s.Pos(int64(i + 1)); !s.Row(pos, &row) || s.ID(pos) != int64(i+1) || !slices.Equal(texts(&row), want) {
			t.Errorf("%q\nwant %q", texts(&row), want)
		}
	}
}

func TestSocketsKeepTheirPositions(t *testing.T) {
	r := record(t)
	now := r.now
	s := NewSockets(r.log, Options{Now: func() time.Time { return now }})
	update := func() bool {
		now = now.Add(socketsTime)
		return s.Update()
	}
	if got := ids(s); !slices.Equal(got, []int64{1}) {
		t.Fatal(got)
	}
	first := r.conn
	r.open("/two", "")
	r.open("/three", "")
	if s.Update() {
		t.Error("looked again at once")
	}
	if !update() || !slices.Equal(ids(s), []int64{1, 2, 3}) {
		t.Fatal(ids(s))
	}
	pos := s.Pos(3)
	first.End(capture.End{Time: now, By: capture.Client, Cause: capture.ByFIN})
	r.log.Clear()
	if !update() || !slices.Equal(ids(s), []int64{2, 3}) || s.Pos(3) != pos || s.Pos(1) != s.Pos(2) {
		t.Errorf("%v, row 3 at %d, was %d", ids(s), s.Pos(3), pos)
	}
	if update() {
		t.Error("a change without traffic")
	}
	if now = now.Add(durationTime); !s.Update() {
		t.Error("the durations stand still")
	}
}

func TestRequestsListTheExchanges(t *testing.T) {
	dir := t.TempDir()
	r := record(t)
	q := NewRequests(r.log, Options{})
	defer q.Close()
	r.log.HTTP(capture.Exchange{
		Time: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), Duration: 3 * time.Millisecond, Method: "GET",
		URL: "https://localhost:8443/app.js", Upstream: dir, Status: 200, ResponseBytes: 3 << 10, ContentType: "text/javascript",
	})
	r.send(frame.Sent, frame.Text, "between")
	r.log.HTTP(capture.Exchange{Time: time.Date(2026, 3, 4, 12, 0, 1, 0, time.UTC), Method: "GET", URL: "/api", Upstream: "http://127.0.0.1:8888", Err: "backend not reached"})
	await(t, "both exchanges", q.Update, func() bool { return q.Count() == 2 })
	for id, want := range map[int64][]string{
		2: {"2", "12:00:00.000", "GET", "/app.js", "200", "…" + dir[len(filepath.Dir(dir)):], "text/javascript", "3.0 KiB", "3.0 ms", ""},
		4: {"4", "12:00:01.000", "GET", "/api", "no answer", "127.0.0.1:8888", "", "0 B", "0 µs", "backend not reached"},
	} {
		var row ink.Row
		if pos := q.Pos(id); !q.Row(pos, &row) || q.ID(pos) != id || !slices.Equal(texts(&row), want) {
			t.Errorf("%q\nwant %q", texts(&row), want)
		}
	}
}
