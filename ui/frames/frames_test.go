package frames

import (
	"bytes"
	"compress/flate"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
	"culvert/ui/words"
)

var _ Capture = (*capture.Log)(nil)

func TestMain(m *testing.M) {
	os.Setenv("LC_ALL", "en_US.UTF-8")
	time.Local = time.UTC
	if err := words.Load(); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

const deflating = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

// recorder writes traffic to a log.
type recorder struct {
	log  *capture.Log
	conn *capture.Conn
	now  time.Time
}

func record(t testing.TB) *recorder {
	r := &recorder{log: capture.New(0), now: time.Now()}
	t.Cleanup(r.log.Close)
	r.open("/ws", "")
	return r
}

// open opens a connection, which is row 1 in a new log.
func (r *recorder) open(path, extensions string) {
	head := "HTTP/1.1 101 Switching Protocols\r\n"
	if extensions != "" {
		head += "Sec-WebSocket-Extensions: " + extensions + "\r\n"
	}
	r.conn = r.log.Open(capture.Request{Time: r.now, Upstream: "ws://127.0.0.1:8083", URL: "wss://localhost:8443" + path})
	r.conn.Answered(r.now, 101, []byte(head+"\r\n"))
}

// after lets time pass.
func (r *recorder) after(d time.Duration) *recorder {
	r.now = r.now.Add(d)
	return r
}

func (r *recorder) frame(dir frame.Direction, h frame.Header, payload string) {
	h.Masked = dir == frame.Sent
	r.conn.Data(dir, r.now, frame.AppendFrame(nil, h, []byte(payload)))
}

// send records a frame.
func (r *recorder) send(dir frame.Direction, op frame.Opcode, payload string) {
	r.frame(dir, frame.Header{Opcode: op, Fin: true}, payload)
}

// deflated returns text as permessage-deflate sends it without context takeover.
func deflated(text string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = w.Write([]byte(text))
	_ = w.Flush()
	return strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")
}

// list returns a list of the log, which is closed with the test.
func (r *recorder) list(t testing.TB) *List {
	l := NewList(r.log, Options{})
	t.Cleanup(l.Close)
	return l
}

// await calls update, as the ticker does, until done.
func await(t testing.TB, what string, update func() bool, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		update()
		if done() {
			return
		}
		if time.Now().After(end) {
			t.Fatal("in vain: " + what)
		}
		time.Sleep(time.Millisecond)
	}
}

// ids returns the ids of the rows of a list.
func ids(l interface {
	Range() (int64, int64)
	ID(int64) int64
},
) []int64 {
	var list []int64
	first, next := l.Range()
	for pos := first; pos < next; pos++ {
		list = append(list, l.ID(pos))
	}
	return list
}

// texts returns the texts of a row's cells.
func texts(r *ink.Row) []string {
	list := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		list[i] = string(c.Text)
	}
	return list
}
