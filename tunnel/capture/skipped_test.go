package capture

import (
	"strings"
	"testing"
	"time"
)

func TestARowTellsWhichUpstreamsWereSkipped(t *testing.T) {
	l := New(0)
	defer l.Close()
	const gone, served = "nothing listens on 127.0.0.1:1", "ws://127.0.0.1:2"
	c := l.Open(Request{Time: time.Now(), URL: "ws://localhost/ws", Upstream: "ws://127.0.0.1:1", Forwarded: []byte("GET /one HTTP/1.1\r\n\r\n")})
	c.Forward(served, []byte("GET /two HTTP/1.1\r\n\r\n"), gone)
	l.HTTP(Exchange{Time: time.Now(), Method: "GET", URL: "http://localhost/", Status: 200, Upstream: served, Skipped: gone})
	info, ok := l.Conn(c.ID())
	if !ok || info.Upstream != served || info.Skipped != gone || string(info.Forwarded) != "GET /two HTTP/1.1\r\n\r\n" {
		t.Errorf("the connection is %+v", info)
	}
	for id := int64(1); id <= 2; id++ {
		r, ok := l.Row(id)
		if !ok {
			t.Fatalf("no row %d", id)
		}
		if line := string(l.AppendText(nil, &r, -1)); !strings.HasSuffix(line, "  skipped: "+gone) {
			t.Errorf("as text: %s", line)
		}
		if line := string(l.AppendJSON(nil, &r, "", -1)); !strings.Contains(line, `"skipped":"`+gone+`"`) {
			t.Errorf("as JSON: %s", line)
		}
	}
	c.End(End{Time: time.Now()})
	c.Forward("ws://127.0.0.1:3", nil, "too late")
	if info, _ := l.Conn(c.ID()); info.Upstream != served {
		t.Errorf("after its end it goes to %s", info.Upstream)
	}
}
