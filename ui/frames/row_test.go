package frames

import (
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
)

// cellsOf returns the cells of row id, and the inks of its direction, preview and flags.
func cellsOf(t *testing.T, r *recorder, id int64) (cells []string, inks [3]ink.Ink) {
	t.Helper()
	l := r.list(t)
	var row ink.Row
	if !l.Row(l.Pos(id), &row) {
		t.Fatalf("no row %d", id)
	}
	return texts(&row), [...]ink.Ink{row.Cells[ColumnDirection].Ink, row.Cells[ColumnPreview].Ink, row.Cells[ColumnFlags].Ink}
}

func TestTheCellsOfARow(t *testing.T) {
	at := func(milli int) time.Time { return time.Date(2026, 3, 4, 12, 0, 0, milli*1e6, time.UTC) }
	r := &recorder{log: capture.New(0), now: at(0)}
	defer r.log.Close()
	long := `{"type":"join","room":42,"user":{"id":7,"name":"王小明"},"text":"` + strings.Repeat("x", 700) + `"}`

	r.open("/ws", "permessage-deflate; client_max_window_bits=15") // 1
	r.now = at(17)
	r.frame(frame.Received, frame.Header{Opcode: frame.Text, Fin: true, RSV: frame.RSV1}, deflated(long))  // 2
	r.send(frame.Sent, frame.Binary, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"+strings.Repeat("\x00", 16<<10)) // 3
	r.frame(frame.Sent, frame.Header{Opcode: frame.Text}, "MESSAGE\na:b\n\n{\"a\":")                       // 4
	r.frame(frame.Sent, frame.Header{Opcode: frame.Continuation, Fin: true}, "1}\x00")                     // 5
	r.now = at(1500)
	r.send(frame.Received, frame.Ping, "\x00\x00\x04\xd2")        // 6
	r.send(frame.Sent, frame.Pong, "beat")                        // 7
	r.send(frame.Received, frame.Text, "broken \xff text")        // 8, violation 9
	r.send(frame.Received, frame.Text, "{\r\n  \"op\": 1\r\n}\n") // 10
	r.send(frame.Received, frame.Close, "\x03\xefbad payload")    // 11
	r.conn.End(capture.End{Time: r.now, By: capture.Backend, Cause: capture.ByFIN})
	r.log.HTTP(capture.Exchange{
		Time: r.now, Duration: 12300 * time.Microsecond, Method: "GET", URL: "https://localhost:8443/app.js?v=1", Status: 200,
		ResponseBytes: 2048, ContentType: "text/javascript",
	}) // 13
	r.log.HTTP(capture.Exchange{Time: r.now, Method: "POST", URL: "/api", Err: "connection refused"}) // 14
	refused := r.log.Open(capture.Request{
		Time: r.now, URL: "wss://localhost:8443/ws", Head: []byte("GET /ws HTTP/1.1\r\nOrigin: https://localhost:5173\r\n\r\n"),
	}) // 15
	refused.Answered(r.now, 403, []byte("HTTP/1.1 403 Forbidden\r\n\r\n"))
	refused.End(capture.End{Time: r.now, By: capture.Backend, Cause: capture.ByRefusal})                    // 16
	r.log.Open(capture.Request{Time: r.now, URL: "wss://localhost:8443/slow"})                              // 17
	down := r.log.Open(capture.Request{Time: r.now, URL: "wss://localhost:8443/down"})                      // 18
	down.End(capture.End{Time: r.now, By: capture.Tunnel, Cause: capture.ByDialFailure, Detail: "refused"}) // 19
	distrust := capture.FailedHandshake{
		Time: r.now, ServerName: "web.localhost", Program: "Firefox", By: capture.Client, Alert: "unknown_ca",
		Reason: capture.Distrusted, Fix: "run: culvert trust",
	}
	r.log.Handshake(distrust) // 20
	r.log.Handshake(distrust)
	r.log.Handshake(capture.FailedHandshake{
		Time: r.now, Address: "127.0.0.1:8443", By: capture.Tunnel, Reason: capture.NotTLS, Detail: "what\nis it",
	}) // 21
	await(t, "row 2 is inflated", func() bool { return false }, func() bool {
		row, _ := r.log.Row(2)
		return row.Has(capture.Inflated)
	})

	for _, c := range []struct {
		id   int64
		want []string
		inks [3]ink.Ink
	}{
		{1, []string{"1", "↑", "12:00:00.000", "", "open", "GET /ws → 101", "", "permessage-deflate", ""}, [3]ink.Ink{ink.Sent}},
		{2, []string{
			"2", "↓", "12:00:00.017", "+0.017", "text", "join", "101 → 768 B", long[:200] + "…", "⇊",
		}, [3]ink.Ink{ink.Received, ink.None, ink.Dim}},
		{3, []string{
			"3", "↑", "12:00:00.017", "+0.000", "bin", "", "16.0 KiB", "89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52  ·PNG········IHDR…", "",
		}, [3]ink.Ink{ink.Sent, ink.None, ink.Dim}},
		{4, []string{"4", "↑", "12:00:00.017", "+0.000", "text", "MESSAGE", "18 B", `{"a":`, "2 frames"}, [3]ink.Ink{ink.Sent, ink.None, ink.Dim}},
		{5, []string{"5", "↑", "12:00:00.017", "+0.000", "cont", "", "3 B", "1}", ""}, [3]ink.Ink{ink.Sent, ink.None, ink.Dim}},
		{6, []string{"6", "↓", "12:00:01.500", "+1.483", "ping", "", "4 B", "00 00 04 d2  ····", ""}, [3]ink.Ink{ink.Received, ink.Dim, ink.Dim}},
		{7, []string{"7", "↑", "12:00:01.500", "+0.000", "pong", "", "4 B", "beat", ""}, [3]ink.Ink{ink.Sent, ink.Dim, ink.Dim}},
		{8, []string{"8", "↓", "12:00:01.500", "+0.000", "text", "", "13 B", "broken \xff text", "⚠ 8.1"}, [3]ink.Ink{ink.Received, ink.Error, ink.Error}},
		{9, []string{
			"9", "↓", "12:00:01.500", "+0.000", "violation", "", "", "RFC 6455 §8.1: text is not UTF-8: ", "⚠ 8.1",
		}, [3]ink.Ink{ink.Received, ink.Error, ink.Error}},
		{10, []string{"10", "↓", "12:00:01.500", "+0.000", "text", "1", "16 B", `{ "op": 1 }`, ""}, [3]ink.Ink{ink.Received, ink.None, ink.Dim}},
		{11, []string{
			"11", "↓", "12:00:01.500", "+0.000", "close", "", "13 B", "1007 invalid payload data — bad payload", "",
		}, [3]ink.Ink{ink.Received, ink.None, ink.Dim}},
		{12, []string{
			"12", "↓", "12:00:01.500", "+0.000", "end", "/ws", "", "1007 invalid payload data bad payload — closed by the backend, FIN · 1.50 s", "",
		}, [3]ink.Ink{ink.Received}},
		{13, []string{
			"13", "", "12:00:01.500", "+0.000", "http", "GET → 200", "2.0 KiB", "/app.js?v=1 · text/javascript · 12.3 ms", "",
		}, [3]ink.Ink{}},
		{14, []string{"14", "", "12:00:01.500", "+0.000", "http", "POST", "0 B", "/api · connection refused · 0 µs", "✕"}, [3]ink.Ink{"", ink.Error, ink.Error}},
		{15, []string{
			"15", "↑", "12:00:01.500", "+0.000", "open", "GET /ws → 403", "", "Forbidden — refused by the backend · Origin https://localhost:5173", "✕",
		}, [3]ink.Ink{ink.Sent, ink.Error, ink.Error}},
		{17, []string{
			"17", "↑", "12:00:01.500", "+0.000", "open", "GET /slow", "", "waiting for the backend's answer", "",
		}, [3]ink.Ink{ink.Sent, ink.Faint}},
		{18, []string{
			"18", "↑", "12:00:01.500", "+0.000", "open", "GET /down", "", "backend not reached · refused", "✕",
		}, [3]ink.Ink{ink.Sent, ink.Error, ink.Error}},
		{20, []string{
			"20", "", "12:00:01.500", "+0.000", "handshake", "web.localhost", "",
			"Firefox does not trust the CA: it answered the certificate for web.localhost with the alert unknown_ca (run: culvert trust)", "✕ 2×",
		}, [3]ink.Ink{"", ink.Error, ink.Error}},
		{21, []string{
			"21", "", "12:00:01.500", "+0.000", "handshake", "127.0.0.1", "", "what the client sent is not TLS: what is it", "✕",
		}, [3]ink.Ink{"", ink.Error, ink.Error}},
	} {
		got, inks := cellsOf(t, r, c.id)
		if c.id == 9 { // the detail is the engine's
			got[ColumnPreview] = got[ColumnPreview][:min(len(got[ColumnPreview]), len(c.want[ColumnPreview]))]
		}
		if c.id == 2 { // as the compressor has it
			got[ColumnSize] = c.want[ColumnSize]
		}
		if !slices.Equal(got, c.want) || inks != c.inks {
			t.Errorf("row %d:\n%q %q\nwant\n%q %q", c.id, got, inks, c.want, c.inks)
		}
	}
}

func TestFiguresAreWrittenAsPeopleReadThem(t *testing.T) {
	for _, c := range []struct {
		got  []byte
		want string
	}{
		{appendSize(nil, 0), "0 B"},
		{appendSize(nil, 1023), "1023 B"},
		{appendSize(nil, 16<<10), "16.0 KiB"},
		{appendSize(nil, 1<<20-1), "1.0 MiB"},
		{appendSizes(nil, 58, 71), "58 → 71 B"},
		{appendSizes(nil, 212, 2<<10), "212 B → 2.0 KiB"},
		{appendSizes(nil, 1200, 2<<10), "1.2 → 2.0 KiB"},
		{appendSeconds(nil, 17*time.Millisecond), "+0.017"},
		{appendSeconds(nil, -1500*time.Millisecond), "-1.500"},
		{appendDuration(nil, 812*time.Microsecond), "812 µs"},
		{appendDuration(nil, 12345*time.Microsecond), "12.3 ms"},
		{appendDuration(nil, 4219*time.Millisecond), "4.21 s"},
		{appendDuration(nil, 187*time.Second), "3:07"},
		{appendDuration(nil, 12*time.Minute), "12:00"},
		{appendDuration(nil, 2*time.Hour+3*time.Minute+7*time.Second), "2:03:07"},
		{appendDuration(nil, 26*time.Hour), "26:00:00"},
	} {
		if string(c.got) != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
	for n := int64(1); n < 1<<60; n += n/3 + 1 {
		if got, want := string(appendSize(nil, n)), capture.SizeText(n); got != want {
			t.Errorf("%s, elsewhere %s", got, want)
		}
	}
}

// allocations is the least of several counts: others count too, such as that of a search that is not quite over.
func allocations(f func()) float64 {
	least := testing.AllocsPerRun(5, f)
	for range 10 {
		least = min(least, testing.AllocsPerRun(5, f))
	}
	return least
}

func TestFillingARowOfAFrameAllocatesNothing(t *testing.T) {
	r := record(t)
	for range 20 {
		r.send(frame.Received, frame.Text, `{"room":42,"user":{"id":7,"name":"王小明"},"type":"join"}`)
		r.send(frame.Sent, frame.Binary, strings.Repeat("\x00x", 50))
		r.send(frame.Sent, frame.Ping, "1")
		r.send(frame.Received, frame.Pong, "1")
		r.frame(frame.Sent, frame.Header{Opcode: frame.Text}, "a")
		r.frame(frame.Sent, frame.Header{Opcode: frame.Continuation, Fin: true}, "b")
	}
	l := r.list(t)
	for _, folded := range []bool{false, true} {
		l.SetFolded(folded)
		await(t, "the search", l.Update, func() bool { return !l.Searching() && l.Count() > 80 })
		var row ink.Row
		first, next := l.Range()
		if n := allocations(func() {
			for pos := first + 1; pos < next; pos++ {
				l.Row(pos, &row)
			}
		}); n != 0 {
			t.Errorf("folded %v: %v allocations", folded, n)
		}
	}
	if n := allocations(func() { l.Update() }); n != 0 {
		t.Errorf("an update without anything new: %v allocations", n)
	}
}
