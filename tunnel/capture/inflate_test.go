package capture

import (
	"bytes"
	"compress/flate"
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/frame"
)

// deflater compresses messages as RFC 7692 has it, with context takeover.
type deflater struct {
	t testing.TB
	b bytes.Buffer
	w *flate.Writer
}

func newDeflater(t testing.TB) *deflater {
	z := &deflater{t: t}
	z.w, _ = flate.NewWriter(&z.b, flate.DefaultCompression)
	return z
}

func (z *deflater) compress(text string) []byte {
	z.b.Reset()
	if _, err := z.w.Write([]byte(text)); err != nil {
		z.t.Error(err)
	}
	if err := z.w.Flush(); err != nil {
		z.t.Error(err)
	}
	return bytes.TrimSuffix(bytes.Clone(z.b.Bytes()), []byte{0, 0, 0xFF, 0xFF})
}

func (z *deflater) frame(dir frame.Direction, text string) []byte {
	return frame.AppendFrame(nil, frame.Header{
		Opcode: frame.Text, Fin: true, RSV: frame.RSV1, Masked: dir == frame.Sent, Key: [4]byte{5, 6, 7, 8},
	}, z.compress(text))
}

func openedWith(l *Log, extensions string) *Conn {
	c := l.Open(Request{Time: time.Now(), URL: "wss://localhost:8443/ws", Upstream: "127.0.0.1:8083"})
	c.Answered(time.Now(), 101, []byte("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Extensions: "+extensions+"\r\n\r\n"))
	return c
}

// settled returns the row once nothing about it will change.
func settled(t *testing.T, l *Log, id int64) Row {
	t.Helper()
	r, ok := settle(t, l, id)
	if !ok {
		t.Fatalf("row %d is not held", id)
	}
	return r
}

// settle is settled for a row that may go.
func settle(t *testing.T, l *Log, id int64) (Row, bool) {
	if err := l.settle(context.Background(), id); err != nil {
		t.Error(err)
	}
	return l.Row(id)
}

func TestCompressedMessagesAreInflatedWithTheirContext(t *testing.T) {
	l := New(0)
	defer l.Close()
	c := openedWith(l, "permessage-deflate")
	z := [2]*deflater{newDeflater(t), newDeflater(t)}
	want := map[int64]string{}
	for i := range 50 {
		dir := frame.Direction(i % 2)
		text := strings.Repeat("the same text again and again, ", i)
		_, next := l.Range()
		want[next] = text
		c.Data(dir, time.Now(), z[dir].frame(dir, text))
	}
	for id, text := range want {
		r := settled(t, l, id)
		p, err := l.Payload(nil, id, -1)
		if err != nil || string(p) != text || !r.Has(Inflated|Compressed) || r.Size() != int64(len(text)) {
			t.Errorf("row %d: %+v, %d bytes, want %d", id, r, len(p), len(text))
		}
		if w, _ := l.Wire(nil, id, -1); uint64(len(w)) != r.Wire {
			t.Errorf("row %d: %d bytes in wire form, want %d", id, len(w), r.Wire)
		}
	}
	q, _ := ParseQuery("AGAIN")
	if ids, _, _ := l.Find(context.Background(), q, 0, 0, 0); len(ids) != 0 {
		t.Errorf("exact text in another case was found: %v", ids)
	}
	q, _ = ParseQuery("again is:compressed")
	if ids, _, _ := l.Find(context.Background(), q, 0, 0, 0); len(ids) != 49 { // all but the empty one
		t.Errorf("%d rows found, want 49", len(ids))
	}
}

func TestAFragmentedCompressedMessageIsOneMessage(t *testing.T) {
	l := New(0)
	defer l.Close()
	c := openedWith(l, "permessage-deflate; client_no_context_takeover")
	p := newDeflater(t).compress(strings.Repeat("fragments of tea ", 100))
	var wire []byte
	for i, h := range []frame.Header{
		{Opcode: frame.Text, RSV: frame.RSV1},
		{Opcode: frame.Ping, Fin: true},
		{Opcode: frame.Continuation},
		{Opcode: frame.Continuation, Fin: true},
	} {
		h.Masked = true
		part := [][]byte{p[:5], []byte("ping"), nil, p[5:]}[i]
		wire = frame.AppendFrame(wire, h, part)
	}
	_, first := l.Range()
	for _, b := range wire {
		c.Data(frame.Sent, time.Now(), []byte{b})
	}
	settled(t, l, first)
	m, err := l.Message(first+2, -1)
	if err != nil || !m.Whole || string(m.Payload) != strings.Repeat("fragments of tea ", 100) || len(m.Frames) != 4 {
		t.Errorf("%d bytes, whole %v, %d frames, %v", len(m.Payload), m.Whole, len(m.Frames), err)
	}
}

func TestWhatCannotBeInflatedSaysSo(t *testing.T) {
	l := New(0)
	defer l.Close()
	c := openedWith(l, "permessage-deflate")
	z := newDeflater(t)
	damaged := frame.AppendFrame(nil, frame.Header{Opcode: frame.Text, Fin: true, RSV: frame.RSV1}, []byte("\xff\xff\xff"))
	invalid := newDeflater(t)
	other := openedWith(l, "permessage-deflate")
	c.Data(frame.Received, time.Now(), damaged)
	z.compress("missing: tea")
	c.Data(frame.Received, time.Now(), z.frame(frame.Received, "missing: tea"))
	other.Data(frame.Received, time.Now(), invalid.frame(frame.Received, "not \xff UTF-8"))
	q, _ := ParseQuery("is:frame")
	frames, _, _ := l.Find(context.Background(), q, 0, 0, 0)
	for i, want := range []Flags{NotInflated | Faulty, NotInflated, Inflated | InvalidUTF8 | Faulty} {
		if r := settled(t, l, frames[i]); !r.Has(want) {
			t.Errorf("row %d has flags %b, want %b", r.ID, r.Flags, want)
		}
	}
	q, _ = ParseQuery("is:violation")
	ids, _, _ := l.Find(context.Background(), q, 0, 0, 0)
	var rules []frame.Rule
	for _, id := range ids {
		r, _ := l.Row(id)
		rules = append(rules, r.Rule)
	}
	if len(rules) != 2 || rules[0] != frame.DeflateInvalid || rules[1] != frame.TextInvalid {
		t.Errorf("violations %v", rules)
	}
}

func TestABombIsCutAndTheContextLives(t *testing.T) {
	l := New(minBudget)
	defer l.Close()
	c := openedWith(l, "permessage-deflate")
	z := newDeflater(t)
	_, id := l.Range()
	c.Data(frame.Received, time.Now(), z.frame(frame.Received, strings.Repeat("bomb", 4<<20)))
	r := settled(t, l, id)
	if !r.Has(Inflated|InflateCut) || r.Inflated != l.maxSize/2 {
		t.Errorf("%+v", r)
	}
	_, id = l.Range()
	c.Data(frame.Received, time.Now(), z.frame(frame.Received, "bombbomb after"))
	settled(t, l, id)
	if p, _ := l.Payload(nil, id, -1); string(p) != "bombbomb after" {
		t.Errorf("after the bomb: %q", p)
	}
	if s := l.Stats(); s.Memory > s.Budget {
		t.Errorf("%d bytes of %d", s.Memory, s.Budget)
	}
}

// A burst that goes faster than it can be inflated loses messages, and says so: none is given as what it is not.
func TestEvictionBeforeInflatingIsHonest(t *testing.T) {
	l := New(minBudget)
	defer l.Close()
	c := openedWith(l, "permessage-deflate")
	z := newDeflater(t)
	r := rand.New(rand.NewPCG(1, 1))
	texts := map[int64]string{}
	l.mu.Lock() // while the inflater cannot work
	for range 3000 {
		noise := make([]byte, 1200)
		for i := range noise {
			noise[i] = "abcdefghijklmnop"[r.IntN(16)]
		}
		texts[l.next] = string(noise)
		d := &c.dirs[frame.Received]
		d.dec.Feed(z.frame(frame.Received, string(noise)), d)
	}
	l.mu.Unlock()
	l.inflater.call()
	first, next := l.Range()
	if first == 1 {
		t.Fatal("nothing was evicted")
	}
	for id := first; id < next; id++ {
		row, ok := settle(t, l, id)
		if !ok || row.Kind != Frame {
			continue
		}
		if row.Has(Inflated) {
			if p, err := l.Payload(nil, id, -1); err == nil && string(p) != texts[id] {
				t.Fatalf("row %d is inflated to what was not sent", id)
			}
		} else if !row.Has(NotInflated) {
			t.Fatalf("row %d: %+v", id, row)
		}
	}
}
