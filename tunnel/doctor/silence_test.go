package doctor

import (
	"net"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/tunnel/project"
)

const handshake = "GET /ws HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// socket records a socket that passes a message some time after it was opened, perhaps a Close frame, and ends silence
// later.
func socket(log *capture.Log, p *project.Project, opened time.Time, silence time.Duration, end capture.End, closing bool) {
	c := log.Open(capture.Request{
		Time: opened, Client: "127.0.0.1:1", Upstream: p.Routes[0].To[0].String(), URL: "wss://localhost/ws", Head: []byte(handshake),
	})
	c.Answered(opened, 101, []byte("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"))
	last := opened.Add(7 * time.Second)
	c.Data(frame.Received, last, frame.AppendFrame(nil, frame.Header{Opcode: frame.Text, Fin: true}, []byte("hello")))
	end.Time = last.Add(silence)
	if closing {
		c.Data(frame.Received, last, frame.AppendFrame(nil, frame.Header{Opcode: frame.Close, Fin: true}, []byte{3, 232}))
	}
	c.End(end)
}

func TestSocketsThatAreCutAfterTheSameSilence(t *testing.T) {
	p := parse(t, "%s", route("/ws", "ws://127.0.0.1:9"))
	began := time.Now().Add(-time.Hour)
	fin := capture.End{By: capture.Backend, Cause: capture.ByFIN}
	for name, tc := range map[string]struct {
		end      capture.End
		closing  bool
		silences []time.Duration
		what     string // "" finds nothing
		evidence string
	}{
		"by nginx": {
			fin, false,
			[]time.Duration{60 * time.Second, 3 * time.Second, 60100 * time.Millisecond, 200 * time.Second, 59700 * time.Millisecond},
			"cut after 60 s of silence", "3 sockets ended from the backend's side, without a Close frame, 60 s after the last frame; last at ",
		},
		"by Cloudflare": {
			capture.End{By: capture.Backend, Cause: capture.ByRST},
			false,
			[]time.Duration{100 * time.Second, 100 * time.Second, 101 * time.Second},
			"100 s", "the limit of Cloudflare",
		},
		"by nobody: there are too few":        {fin, false, []time.Duration{60 * time.Second, 60 * time.Second}, "", ""},
		"by nobody: each after another time":  {fin, false, []time.Duration{20 * time.Second, 40 * time.Second, 60 * time.Second, 80 * time.Second}, "", ""},
		"by nobody: in order":                 {fin, true, []time.Duration{60 * time.Second, 60 * time.Second, 60 * time.Second}, "", ""},
		"by nobody: the user switched it off": {capture.End{By: capture.Tunnel, Cause: capture.ByStop}, false, []time.Duration{60e9, 60e9, 60e9}, "", ""},
		"by the application, it seems":        {fin, false, []time.Duration{2 * time.Second, 2 * time.Second, 2 * time.Second}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			log := capture.New(1 << 20)
			defer log.Close()
			for i, s := range tc.silences {
				socket(log, p, began.Add(time.Duration(i)*time.Minute), s, tc.end, tc.closing)
			}
			found := findIn(t, "idle-cut", &Machine{}, &Patient{Name: "app", Project: p, Capture: log})
			if tc.what == "" {
				wantNone(t, found)
				return
			}
			wantOne(t, found, Warning, tc.what, tc.evidence, "proxy_read_timeout")
		})
	}
}

// A real tunnel, whose own timeout closes a real socket.
func TestSocketsThatTheTunnelClosesAreNoSurprise(t *testing.T) {
	w := newWard(t)
	w.serve(t, "idle_timeout = \"50ms\"\n%s", route("/ws", "ws://"+backend(t, echo)))
	c, err := net.Dial("tcp", w.patient(t).Listen[0])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	request := "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if _, err := c.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1<<10)
	for err == nil {
		_, err = c.Read(buf)
	}
	w.settle(t)
	wantOne(t, w.find(t, "idle-cut"), Note, "as the project file says", "idle_timeout 50ms", "raise or remove")
}
