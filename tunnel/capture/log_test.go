package capture

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/frame"
)

const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

// opened returns a connection after its handshake.
func opened(l *Log) *Conn {
	c := l.Open(Request{
		Time: time.Now(), Client: "127.0.0.1:5000", Upstream: "127.0.0.1:8083", URL: "wss://localhost:8443/ws?x=1",
		Head: []byte("GET /ws?x=1 HTTP/1.1\r\nHost: localhost:8443\r\n\r\n"),
	})
	c.Answered(time.Now(), 101, []byte(switching))
	return c
}

// send records one whole frame in one chunk.
func send(c *Conn, dir frame.Direction, op frame.Opcode, payload string) {
	h := frame.Header{Opcode: op, Fin: true}
	if dir == frame.Sent {
		h.Masked, h.Key = true, [4]byte{1, 2, 3, 4}
	}
	c.Data(dir, time.Now(), frame.AppendFrame(nil, h, []byte(payload)))
}

func TestFramesOfManyConnectionsAreReadBack(t *testing.T) {
	l := New(0)
	defer l.Close()
	var conns []*Conn
	for range 5 {
		conns = append(conns, opened(l))
	}
	want := map[int64]string{}
	for i := range 200 {
		text := strings.Repeat(fmt.Sprint(i, " "), i*7)
		_, next := l.Range()
		want[next] = text
		send(conns[i%5], frame.Direction(i%2), frame.Text, text)
	}
	for id, text := range want {
		got, err := l.Payload(nil, id, -1)
		if err != nil || string(got) != text {
			t.Fatalf("row %d: %d bytes, %v; want %d bytes", id, len(got), err, len(text))
		}
	}
}
