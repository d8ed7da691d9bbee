package inspector

import (
	"bytes"
	"compress/flate"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/state"
)

// webChat is the project of the sample.
func webChat() *state.Project {
	urls := []string{"https://web-chat.localhost:8443", "https://localhost:8443"}
	return &state.Project{
		Name: "web-chat", Description: "IM web client", Group: "im", File: "/home/dev/web-chat/culvert.toml",
		Switched: true, Serving: true, Health: state.On,
		Listen: []string{"127.0.0.1:8443"},
		URLs:   urls,
		Routes: []state.Route{
			{Path: "/ws", To: "ws://127.0.0.1:8083", URLs: urls, Upstreams: []state.Upstream{
				{URL: "ws://127.0.0.1:8083", Connections: 2}, {URL: "ws://127.0.0.1:8093", Connections: 1},
			}},
			{Path: "/app", To: "./dist", URLs: urls},
		},
		Endpoints: []state.Endpoint{
			{Path: "/app", Route: "/app"},
			{Path: "/app/index.html", Route: "/app", Requests: 41, Refused: 2},
			{Path: "/favicon.ico", Requests: 1, Refused: 1},
			{Path: "/ws", Route: "/ws", Open: 3, Sockets: 12, Refused: 1},
		},
	}
}

// sample feeds a log.
type sample struct {
	t   testing.TB
	log *capture.Log
	at  time.Time
}

func newSample(t testing.TB) *sample {
	l := capture.New(0)
	t.Cleanup(l.Close)
	return &sample{t: t, log: l, at: time.Date(2025, 11, 21, 14, 3, 21, 114e6, time.Local)}
}

// after moves the clock.
func (s *sample) after(d time.Duration) time.Time {
	s.at = s.at.Add(d)
	return s.at
}

// socket is one connection of a sample.
type socket struct {
	*capture.Conn
	s    *sample
	buf  [2]bytes.Buffer
	zips [2]*flate.Writer // nil without permessage-deflate
}

const (
	requestHead = "GET /ws?token=eyJhbGciOi HTTP/1.1\r\nHost: web-chat.localhost:8443\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Origin: https://web-chat.localhost:8443\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Protocol: v12.stomp, v11.stomp\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
	forwardedHead = "GET /ws?token=eyJhbGciOi HTTP/1.1\r\nHost: web-chat.localhost:8443\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Origin: https://web-chat.localhost:8443\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Protocol: v12.stomp, v11.stomp\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" +
		"X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: web-chat.localhost:8443\r\n\r\n"
)

func (s *sample) open(deflate bool) *socket {
	c := &socket{s: s, Conn: s.log.Open(capture.Request{
		Time: s.at, Client: "127.0.0.1:50412", Upstream: "127.0.0.1:8083",
		URL: "wss://web-chat.localhost:8443/ws", TLS: "TLS 1.3, TLS_AES_128_GCM_SHA256, http/1.1, web-chat.localhost",
		Head: []byte(requestHead), Forwarded: []byte(forwardedHead),
	})}
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: v12.stomp\r\n"
	if deflate {
		answer += "Sec-WebSocket-Extensions: permessage-deflate\r\n"
		for i := range c.zips {
			c.zips[i], _ = flate.NewWriter(&c.buf[i], flate.BestCompression)
		}
	}
	c.Answered(s.at.Add(2*time.Millisecond), 101, []byte(answer+"\r\n"))
	return c
}

// put records one frame as it is.
func (c *socket) put(dir frame.Direction, h frame.Header, payload []byte) {
	h.Masked = dir == frame.Sent
	h.Key = [4]byte{0x37, 0xfa, 0x21, 0x3d}
	c.Data(dir, c.s.at, frame.AppendFrame(nil, h, payload))
}

// message records a text message, compressed where that was agreed, in so many frames.
func (c *socket) message(dir frame.Direction, text string, frames int) {
	payload, rsv := []byte(text), uint8(0)
	if z := c.zips[dir]; z != nil {
		c.buf[dir].Reset()
		_, _ = z.Write(payload)
		_ = z.Flush()
		payload = bytes.TrimSuffix(bytes.Clone(c.buf[dir].Bytes()), []byte{0, 0, 0xff, 0xff})
		rsv = frame.RSV1
	}
	n := len(payload) / frames
	for i := range frames {
		h := frame.Header{Opcode: frame.Continuation, Fin: i == frames-1}
		piece := payload[i*n:]
		if !h.Fin {
			piece = piece[:n]
		}
		if i == 0 {
			h.Opcode, h.RSV = frame.Text, rsv
		}
		c.put(dir, h, piece)
	}
}

func (c *socket) control(dir frame.Direction, op frame.Opcode, payload string) {
	c.put(dir, frame.Header{Opcode: op, Fin: true}, []byte(payload))
}

const joined = `{"type":"join","room":42,"user":{"id":7,"name":"王小明"},"at":1763733801355}`

// story is what the design shows: three sockets, 41 requests, and at the end a conversation with two faults.
func story(t testing.TB, before int) *sample {
	s := newSample(t)
	end := s.at
	s.at = end.Add(-252 * time.Second)
	r := rand.New(rand.NewPCG(1, 2))
	one, two := s.open(false), s.open(true)
	for i := range before {
		s.after(248 * time.Second / time.Duration(before+1))
		c := []*socket{one, two}[i%2]
		switch {
		case i%300 == 7:
			s.request(i)
		case i%5 == 0:
			c.message(frame.Sent, fmt.Sprintf(`{"op":"typing","room":42,"user":%d}`, r.IntN(90)), 1)
		default:
			c.message(frame.Received, fmt.Sprintf(`{"type":"presence","room":%d,"online":%d,"seq":%d}`, r.IntN(99), r.IntN(400), i), 1)
		}
	}
	s.at = end
	c := s.open(true)
	s.after(17 * time.Millisecond)
	c.message(frame.Sent, "CONNECT\naccept-version:1.2\nheart-beat:10000,10000\n\n\x00", 1)
	s.after(3 * time.Millisecond)
	c.message(frame.Received, "CONNECTED\nversion:1.2\nheart-beat:10000,10000\n\n\x00", 1)
	s.after(6 * time.Millisecond)
	c.message(frame.Sent, "SUBSCRIBE\nid:0\ndestination:/topic/rooms.42\n\n\x00", 1)
	s.after(215 * time.Millisecond)
	c.message(frame.Received, joined, 1)
	s.after(47 * time.Millisecond)
	c.message(frame.Received, `{"type":"say","room":42,"text":"大家好 👋","seq":1881}`, 1)
	s.after(608 * time.Millisecond)
	c.message(frame.Sent, `{"type":"say","text":"hello","reply_to":1881}`, 2)
	s.after(3 * time.Millisecond)
	c.message(frame.Received, `{"type":"ack","seq":1882,"took_ms":2}`, 1)
	s.after(987 * time.Millisecond)
	c.put(frame.Received, frame.Header{Opcode: frame.Binary, Fin: true},
		append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), bytes.Repeat([]byte{0, 1, 2, 3}, 4092)...))
	s.after(1001 * time.Millisecond)
	c.control(frame.Received, frame.Ping, "\x00\x00\x04\xd2")
	s.after(time.Millisecond)
	c.control(frame.Sent, frame.Pong, "\x00\x00\x04\xd2")
	s.after(1698 * time.Millisecond)
	c.put(frame.Received, frame.Header{Opcode: frame.Text, Fin: true}, []byte("broken \xff\xfe text"))
	s.after(time.Millisecond)
	c.control(frame.Received, frame.Close, "\x03\xefinvalid payload data")
	c.EOF(frame.Received, s.at)
	c.EOF(frame.Sent, s.at)
	c.End(capture.End{Time: s.at, By: capture.Backend, Cause: capture.ByFIN})
	s.after(503 * time.Millisecond)
	refused := s.log.Open(capture.Request{
		Time: s.at, Client: "127.0.0.1:50420", Upstream: "127.0.0.1:8083", URL: "wss://web-chat.localhost:8443/ws",
		Head: []byte("GET /ws HTTP/1.1\r\nHost: web-chat.localhost:8443\r\nOrigin: https://localhost:5173\r\n\r\n"),
	})
	refused.Answered(s.after(time.Millisecond), 403, []byte("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\n\r\n"))
	refused.End(capture.End{Time: s.at, By: capture.Backend, Cause: capture.ByRefusal})
	s.settle()
	return s
}

// request records an HTTP exchange.
func (s *sample) request(i int) {
	x := capture.Exchange{
		Time: s.at, Duration: 3200 * time.Microsecond, Method: "GET", Proto: "HTTP/2.0", Client: "127.0.0.1:50412",
		URL: "https://web-chat.localhost:8443/assets/app.js", Upstream: "./dist", Status: 200, ResponseBytes: 48_212,
		ContentType: "text/javascript; charset=utf-8",
	}
	if i == 307 {
		x.URL, x.Method, x.Status, x.RequestBytes = "https://web-chat.localhost:8443/api/login?next=%2F", "POST", 502, 82
		x.Upstream, x.Err, x.ContentType = "http://127.0.0.1:8083", "dial tcp 127.0.0.1:8083: connect: connection refused", ""
	}
	s.log.HTTP(x)
}

// settle returns once all compressed messages are inflated.
func (s *sample) settle() {
	for s.inflating() {
		time.Sleep(time.Millisecond)
	}
}

func (s *sample) inflating() bool {
	first, next := s.log.Range()
	for _, id := range s.log.Unsettled(nil, first, next) {
		if row, ok := s.log.Row(id); ok && row.Has(capture.Inflating) {
			return true
		}
	}
	return false
}

// all returns the ids of the rows that match the query.
func (s *sample) all(query string) []int64 {
	s.t.Helper()
	q, err := capture.ParseQuery(query)
	if err != nil {
		s.t.Fatal(err)
	}
	ids, _, err := s.log.Find(s.t.Context(), q, 0, math.MaxInt64, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	return ids
}

// find returns the id of the first row that matches the query.
func (s *sample) find(query string) int64 {
	s.t.Helper()
	ids := s.all(query)
	if len(ids) == 0 {
		s.t.Fatalf("no row matches %q", query)
	}
	return ids[0]
}
