package capture

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"culvert/tunnel/frame"
)

// model is the naive truth of a log: a list of frames, and streams that carry them.
type model struct {
	t       *testing.T
	rand    *rand.Rand
	log     *Log
	streams []*stream
	rows    map[int64]*modelFrame
	next    int64
	cleared int64 // rows before this one were cleared
	max     int   // payload bytes of a frame
}

type stream struct {
	conn  *Conn
	dir   frame.Direction
	wire  []byte        // not yet fed
	queue []*modelFrame // whose bytes are in wire, in order
	fed   int           // bytes of the first of the queue that were fed
	open  int64         // first row of the message under way, 0 for none
}

type modelFrame struct {
	stream  *stream
	header  frame.Header
	size    int // of header and payload
	payload []byte
	seen    int // payload bytes fed
	first   int64
}

func newModel(t *testing.T, seed uint64, budget int64) *model {
	m := &model{
		t: t, rand: rand.New(rand.NewPCG(seed, 1)), log: New(budget), rows: map[int64]*modelFrame{}, next: 1, cleared: 1,
		max: 5000,
	}
	for range 3 {
		c := opened(m.log)
		m.next++ // its Open row
		m.streams = append(m.streams, &stream{conn: c, dir: frame.Sent}, &stream{conn: c, dir: frame.Received})
	}
	return m
}

// make puts a random frame on the stream.
func (m *model) make(s *stream, unfinished bool) bool {
	f := &modelFrame{stream: s, header: frame.Header{Opcode: frame.Text, Fin: m.rand.IntN(3) > 0}}
	switch {
	case m.rand.IntN(5) == 0:
		f.header.Opcode, f.header.Fin = frame.Ping, true
	case unfinished:
		f.header.Opcode = frame.Continuation
	}
	size := m.rand.IntN(120)
	if f.header.Opcode != frame.Ping && m.rand.IntN(4) == 0 {
		size = m.rand.IntN(m.max)
	}
	f.payload = make([]byte, size)
	for i := range f.payload {
		f.payload[i] = "abcdefABCDEF :"[m.rand.IntN(14)]
	}
	if s.dir == frame.Sent {
		f.header.Masked, f.header.Key = true, [4]byte{1, byte(m.rand.Int()), 3, 0x80}
	}
	before := len(s.wire)
	s.wire = frame.AppendFrame(s.wire, f.header, f.payload)
	f.size = len(s.wire) - before
	s.queue = append(s.queue, f)
	if f.header.Opcode == frame.Ping {
		return unfinished
	}
	return !f.header.Fin
}

// feed passes a random piece of a stream to the log, and follows it.
func (m *model) feed(s *stream) {
	if len(s.wire) == 0 {
		unfinished := s.open != 0
		for range 1 + m.rand.IntN(4) {
			unfinished = m.make(s, unfinished)
		}
	}
	n := 1 + m.rand.IntN(len(s.wire))
	if m.rand.IntN(3) == 0 {
		n = len(s.wire)
	}
	s.conn.Data(s.dir, time.Now(), s.wire[:n])
	s.wire = s.wire[n:]
	for n > 0 {
		f := s.queue[0]
		k := min(n, f.size-s.fed)
		header := f.size - len(f.payload)
		if s.fed < header && s.fed+k >= header {
			m.begin(s, f)
		}
		s.fed += k
		n -= k
		f.seen = max(0, s.fed-header)
		if s.fed == f.size {
			s.queue, s.fed = s.queue[1:], 0
		}
	}
}

func (m *model) begin(s *stream, f *modelFrame) {
	f.first = m.next
	if f.header.Opcode != frame.Ping {
		if f.header.Opcode == frame.Text {
			s.open = m.next
		}
		f.first = s.open
		if f.header.Fin {
			s.open = 0
		}
	}
	m.rows[m.next] = f
	m.next++
}

// check compares what the log tells with the truth.
func (m *model) check() {
	first, next := m.log.Range()
	stats := m.log.Stats()
	if next != m.next || first < m.cleared || stats.Evicted+stats.Cleared != first-1 {
		m.t.Fatalf("range %d–%d, %d evicted, %d cleared; want next %d, first at least %d",
			first, next, stats.Evicted, stats.Cleared, m.next, m.cleared)
	}
	if stats.Memory > stats.Budget {
		m.t.Fatalf("%d bytes of a budget of %d", stats.Memory, stats.Budget)
	}
	rows := make([]Row, next-first)
	if n := m.log.Rows(rows, 0); n != len(rows) {
		m.t.Fatalf("%d rows, want %d", n, len(rows))
	}
	for i := range rows {
		m.checkRow(&rows[i], first+int64(i))
	}
	for range 10 {
		m.checkFind(first)
	}
}

func (m *model) checkRow(r *Row, id int64) {
	f := m.rows[id]
	if f == nil {
		if r.Kind != Open {
			m.t.Fatalf("row %d is %v, want open", id, r.Kind)
		}
		return
	}
	complete := f.seen == len(f.payload)
	if r.ID != id || r.Kind != Frame || r.Conn != f.stream.conn.ID() || r.Dir != f.stream.dir ||
		r.Opcode != f.header.Opcode || r.Fin != f.header.Fin || r.Key != f.header.Key || r.First != f.first ||
		r.Wire != uint64(len(f.payload)) || r.Stored != int64(f.seen) || r.Has(Complete) != complete {
		m.t.Fatalf("row %d is %+v, want %+v of %d bytes, %d seen, message %d",
			id, *r, f.header, len(f.payload), f.seen, f.first)
	}
	limit := m.rand.IntN(2*len(f.payload)+2) - 1
	want := f.payload[:f.seen]
	if limit >= 0 {
		want = want[:min(limit, len(want))]
	}
	if p, err := m.log.Payload([]byte("x"), id, limit); err != nil || string(p[1:]) != string(want) {
		m.t.Fatalf("row %d, %d bytes: got %q, %v; want %q", id, limit, p, err, want)
	}
	if m.rand.IntN(20) == 0 {
		m.checkMessage(r)
	}
}

func (m *model) checkMessage(r *Row) {
	first, _ := m.log.Range()
	got, err := m.log.Message(r.ID, -1)
	if err != nil {
		m.t.Fatalf("message of row %d: %v", r.ID, err)
	}
	from := r.First
	if from < first {
		from = r.ID
	}
	var want []byte
	var ids []int64
	whole := from == r.First
	for id := from; id < m.next; id++ {
		f := m.rows[id]
		if f == nil || f.stream != m.rows[r.ID].stream {
			continue
		}
		ids = append(ids, id)
		if f.first == r.First {
			want = append(want, f.payload[:f.seen]...)
			whole = whole && f.seen == len(f.payload)
			if f.header.Fin {
				break
			}
		}
		if id == m.next-1 {
			whole = false
		}
	}
	last := m.rows[ids[len(ids)-1]]
	whole = whole && last.header.Fin && last.first == r.First
	if !bytes.Equal(got.Payload, want) || got.Whole != whole {
		m.t.Fatalf("message of row %d: %d bytes, whole %v; want %d, %v", r.ID, len(got.Payload), got.Whole, len(want), whole)
	}
	var frames []int64
	for _, f := range got.Frames {
		frames = append(frames, f.ID)
	}
	if !slices.Equal(frames, ids) {
		m.t.Fatalf("message of row %d has frames %v, want %v", r.ID, frames, ids)
	}
}

func (m *model) checkFind(first int64) {
	needle := make([]byte, 2+m.rand.IntN(4))
	letters := []string{"abcdef :", "abcdefABCDEF"}[m.rand.IntN(2)]
	for i := range needle {
		needle[i] = letters[m.rand.IntN(len(letters))]
	}
	if f := m.rows[first+m.rand.Int64N(m.next-first+1)]; f != nil && f.seen > 20 { // one that is there, perhaps once
		at := m.rand.IntN(f.seen - 18)
		needle = f.payload[at : at+3+m.rand.IntN(15)]
	}
	n := newNeedle(string(needle))
	var want []int64
	for id := first; id < m.next; id++ {
		if f := m.rows[id]; f != nil {
			p := f.payload[:f.seen]
			if n.fold {
				p = lowerASCII(p)
			}
			if bytes.Contains(p, needle) {
				want = append(want, id)
			}
		}
	}
	limit := m.rand.IntN(20)
	if limit > 0 {
		want = want[:min(limit, len(want))]
	}
	q, err := ParseQuery(fmt.Sprintf("%q is:frame", needle))
	if err != nil {
		m.t.Fatal(err)
	}
	got, _, err := m.log.Find(context.Background(), q, 0, 0, limit)
	if err != nil || !slices.Equal(got, want) {
		m.t.Fatalf("%q: %v, %v; want %v", needle, got, err, want)
	}
}

func (m *model) run(steps int) {
	defer m.log.Close()
	for i := range steps {
		m.feed(m.streams[m.rand.IntN(len(m.streams))])
		switch {
		case m.rand.IntN(500) == 0:
			m.log.Clear()
			m.cleared = m.next
		case i%200 == 0:
			m.check()
		}
	}
	m.check()
}

func TestLogHoldsWhatTheModelHolds(t *testing.T) {
	for seed := range uint64(4) {
		newModel(t, seed, minBudget).run(3000)
	}
}

func FuzzLog(f *testing.F) {
	f.Add(uint64(1), uint16(300))
	f.Add(uint64(77), uint16(1500))
	f.Fuzz(func(t *testing.T, seed uint64, steps uint16) {
		m := newModel(t, seed, minBudget)
		m.max = int(seed % 40000)
		m.max += 100
		m.run(int(steps % 2000))
	})
}
