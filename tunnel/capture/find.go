package capture

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Find returns the ids of the first rows from id from up to but not including to (0: the end) that match q, in order, at
// most limit of them (0: all), and where to go on: the id after the last row that was looked at. Rows that come while it
// searches are not looked at. A text is found within one frame, or within one inflated message; of a frame that is
// compressed the message's first frame is the one that holds it. It ends early with ctx's error, and returns what it has
// found by then.
//
// A search from the newest row to the oldest is one in slices, each from a lower id up to the slice before; what it costs
// to find a text in a slice depends on the payload held between its bounds.
func (l *Log) Find(ctx context.Context, q *Query, from, to int64, limit int) (ids []int64, next int64, err error) {
	first, end := l.Range()
	if to > 0 {
		end = min(end, to)
	}
	from = max(from, first)
	if from >= end {
		return nil, end, ctx.Err()
	}
	if limit <= 0 {
		limit = math.MaxInt
	}
	s := &search{log: l, query: q, from: from, end: end, limit: limit, workers: runtime.GOMAXPROCS(0)}
	if q == nil {
		s.query = &Query{}
	}
	err = s.run(ctx)
	next = end
	if len(s.found) >= limit || err != nil {
		s.found = s.found[:min(len(s.found), limit)]
		next = from
		if n := len(s.found); n > 0 {
			next = s.found[n-1] + 1
		}
	}
	return s.found, next, err
}

// Match reports whether the row matches the query.
func (l *Log) Match(q *Query, r *Row) bool {
	if q.All() {
		return true
	}
	m := matcher{query: q, view: view{log: l}}
	return m.match(r)
}

// literal returns a text that each match of the query holds, nil if there is none: the longest.
func (q *Query) literal() *needle {
	var best *needle
	for _, t := range q.texts {
		n := t.needle
		if t.not {
			continue
		}
		if t.re != nil {
			prefix, _ := t.re.LiteralPrefix()
			if len(prefix) < 3 {
				continue
			}
			n = &needle{text: []byte(prefix)}
			n.choose()
		}
		if best == nil || len(n.text) > len(best.text) {
			best = n
		}
	}
	return best
}

// matcher matches rows one after another, for one goroutine.
type matcher struct {
	view
	query *Query
	buf   []byte
}

func (m *matcher) match(r *Row) bool {
	m.row, m.http = r, nil
	if !m.query.matchFields(&m.view) {
		return false
	}
	if len(m.query.texts) == 0 {
		return true
	}
	if r.Kind == Frame && r.Has(Compressed) && !r.Has(Inflated) {
		return m.query.matchText(nil)
	}
	ok := false
	m.buf = m.log.lookAt(r.ID, m.buf, func(p []byte) { ok = m.query.matchText(p) })
	return ok
}

// lookAt calls look with the payload of row id, in place where it is in one piece, else joined in buf, which it returns.
func (l *Log) lookAt(id int64, buf []byte, look func(p []byte)) []byte {
	l.mu.Lock()
	r := l.row(id)
	if r == nil {
		l.mu.Unlock()
		return buf
	}
	tail, size := r.tail, int(r.stored)
	if r.flags&Inflated != 0 {
		tail, size = r.inflated, int(r.inflatedLen)
	}
	if size <= directCopy {
		buf = l.copyHeld(buf[:0], tail, size, size)
		l.mu.Unlock()
		look(buf)
		return buf
	}
	pieces := l.pin(nil, tail, size, size)
	l.mu.Unlock()
	if len(pieces) == 1 {
		look(pieces[0].data)
	} else {
		buf = slices.Grow(buf[:0], size)
		for _, p := range pieces {
			buf = append(buf, p.data...)
		}
		look(buf)
	}
	l.mu.Lock()
	l.unpinAll(pieces)
	l.mu.Unlock()
	return buf
}

// search is one run of Find.
type search struct {
	log       *Log
	query     *Query
	from, end int64
	limit     int
	workers   int
	found     []int64
}

// run chooses how to search.
func (s *search) run(ctx context.Context) error {
	spans := []Span{{s.from, s.end - 1}}
	text := s.query.literal()
	if s.query.ids != nil {
		spans = s.query.ids.between(s.from, s.end)
		if len(spans) == 0 {
			return ctx.Err()
		}
		s.from, s.end = spans[0].First, spans[len(spans)-1].Last+1
		if rows(spans) < (s.end-s.from)/4 {
			text = nil // most of what a scan finds would be in other rows
		}
	}
	if text != nil {
		return s.byText(ctx, text)
	}
	return s.byRow(ctx, spans)
}

// rowsPerPart is how many rows a worker looks at before the results are joined.
const rowsPerPart = 4096

// byRow looks at every row of the spans.
func (s *search) byRow(ctx context.Context, spans []Span) error {
	for len(spans) > 0 && len(s.found) < s.limit {
		parts := make([][]int64, s.workers)
		var work sync.WaitGroup
		for i := range parts {
			var mine []Span
			if mine, spans = cut(spans, rowsPerPart); len(mine) > 0 {
				work.Go(func() { parts[i] = s.matchRows(ctx, mine) })
			}
		}
		work.Wait()
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, ids := range parts {
			s.found = append(s.found, ids...)
		}
	}
	return nil
}

// matchRows returns which of the rows of the spans match.
func (s *search) matchRows(ctx context.Context, spans []Span) (ids []int64) {
	m := matcher{query: s.query, view: view{log: s.log}}
	rows := make([]Row, rowsAtOnce)
	for _, p := range spans {
		for start := p.First; start <= p.Last && ctx.Err() == nil; {
			n := s.log.Rows(rows[:min(rowsAtOnce, p.Last+1-start)], start)
			if n == 0 {
				break
			}
			for i := range rows[:n] {
				if r := &rows[i]; r.ID <= p.Last && m.match(r) {
					ids = append(ids, r.ID)
				}
			}
			start = rows[n-1].ID + 1
		}
	}
	return ids
}

// byText scans the payload blocks for a text that every match holds, and looks at the rows that hold it.
func (s *search) byText(ctx context.Context, n *needle) error {
	blocks := s.log.blockRange(s.from, s.end)
	var open []int64 // rows that hold the text and are not decided yet
	m := matcher{query: s.query, view: view{log: s.log}}
	plain := s.query.ids == nil && len(s.query.fields) == 0 && len(s.query.texts) == 1 && s.query.texts[0].needle != nil
	for len(blocks) > 0 && len(s.found) < s.limit {
		wave := min(len(blocks), 4*s.workers)
		hits, err := s.scan(ctx, blocks[:wave], n)
		if err != nil {
			return err
		}
		blocks = blocks[wave:]
		open = append(open, hits...)
		slices.Sort(open)
		open = slices.Compact(open)
		// Rows below every row that the rest may hold are complete: no later block adds one before them.
		sure := len(open)
		if len(blocks) > 0 {
			sure, _ = slices.BinarySearch(open, blocks[0].low)
		}
		for _, id := range open[:sure] {
			if len(s.found) == s.limit || ctx.Err() != nil {
				break
			}
			r, ok := s.log.Row(id)
			if ok && (plain || m.match(&r)) {
				s.found = append(s.found, id)
			}
		}
		open = slices.Delete(open, 0, sure)
	}
	return ctx.Err()
}

// part is a payload block to be scanned.
type part struct {
	number int64
	low    int64 // the lowest row that it or any block after it holds payload of
}

// blockRange returns the blocks that hold payload of the rows from from up to but not including to, oldest first.
func (l *Log) blockRange(from, to int64) []part {
	l.mu.Lock()
	defer l.mu.Unlock()
	parts := make([]part, 0, len(l.payloads))
	low := int64(math.MaxInt64)
	for _, b := range slices.Backward(l.payloads) {
		if b.low < to && b.high >= from {
			low = min(low, b.low)
			parts = append(parts, part{b.number, low})
		}
	}
	slices.Reverse(parts)
	return parts
}

// scan returns the rows of the blocks that hold the text, in any order, some perhaps twice.
func (s *search) scan(ctx context.Context, blocks []part, n *needle) (ids []int64, err error) {
	var (
		mu   sync.Mutex
		next int
		work sync.WaitGroup
	)
	for range min(s.workers, len(blocks)) {
		work.Go(func() {
			var mine []int64
			for ctx.Err() == nil {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(blocks) {
					break
				}
				mine = s.scanBlock(mine, blocks[i].number, n)
			}
			mu.Lock()
			ids = append(ids, mine...)
			mu.Unlock()
		})
	}
	work.Wait()
	return ids, ctx.Err()
}

// scanBlock adds the rows of one block that hold the text.
func (s *search) scanBlock(ids []int64, number int64, n *needle) []int64 {
	w, ok := s.log.enter(number)
	if !ok {
		return ids
	}
	defer s.log.leave(&w)
	hit := func(row int64) {
		if row >= s.from && row < s.end && (len(ids) == 0 || ids[len(ids)-1] != row) {
			ids = append(ids, row)
		}
	}
	if w.joints {
		for e, ok := w.at(0); ok; e, ok = w.after(e) {
			if e.before != 0 && e.holds != holdsDeflated && s.acrossJoint(&w, e, n) {
				hit(e.row)
			}
		}
	}
	size := len(n.text)
	e, ok := w.at(0)
	var in runFrame // the frame of e that was looked at last, if e is a run
	for i := 0; ok; {
		k := n.index(w.data[i:])
		if k < 0 {
			break
		}
		i += k
		for ok && w.end(e) < i+size {
			e, ok = w.after(e)
			in = runFrame{}
		}
		start, end, row := w.start(e), w.end(e), e.row
		if ok && e.holds == holdsRun && i >= start {
			if in.row == 0 {
				in = w.frames(e)
			}
			for in.end < i+size && in.end < end {
				in = w.nextFrame(in)
			}
			start, end, row = in.start, in.end, in.row
		}
		switch {
		case !ok:
		case i < start:
			i = start // it was in a header, or across one
		default:
			if e.holds != holdsDeflated {
				hit(row)
			}
			i = end
		}
	}
	return ids
}

// acrossJoint reports whether the text is there where e goes on from the extents before it.
func (s *search) acrossJoint(w *window, e extent, n *needle) bool {
	m := len(n.text) - 1
	head := w.data[w.start(e):w.end(e)]
	s.log.mu.Lock()
	if s.log.row(e.row) == nil {
		s.log.mu.Unlock()
		return false
	}
	p := s.log.ending(e.before, m)
	s.log.mu.Unlock()
	return n.index(append(p, head[:min(m, len(head))]...)) >= 0
}

// ending returns the last n bytes, or fewer, of the payload that ends with the extent at pos. The lock is held.
func (l *Log) ending(pos int64, n int) []byte {
	p := make([]byte, n, 2*n)
	at := n
	for pos != 0 && at > 0 {
		e, b, off := l.extent(pos)
		data := b.mem[off+extentHeader : off+extentHeader+e.length]
		data = data[max(0, len(data)-at):]
		at -= copy(p[at-len(data):], data)
		pos = e.before
	}
	return p[at:]
}

// window is a payload block as it was when it was pinned: what it holds by then does not change.
type window struct {
	block  *block
	data   []byte
	base   int64 // position of data[0]
	joints bool
}

// enter pins the payload block number; false if it has gone. An extent that is being written there is sealed: its header
// would be written later, while the block is searched.
func (l *Log) enter(number int64) (window, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.payloads) == 0 || number < l.payloads[0].number {
		return window{}, false
	}
	b := l.payloads[number-l.payloads[0].number]
	b.pins++
	w := window{block: b, data: b.mem[:b.used], base: number * l.blockLen, joints: b.joints > 0}
	if b == l.head {
		l.seal()
	}
	return w, true
}

func (l *Log) leave(w *window) {
	l.mu.Lock()
	l.unpin(w.block)
	l.mu.Unlock()
}

// at returns the extent whose header is at offset i, false at the end.
func (w *window) at(i int) (extent, bool) {
	if i+extentHeader > len(w.data) {
		return extent{}, false
	}
	return readExtent(w.data[i:], w.base+int64(i)), true
}

func (w *window) after(e extent) (extent, bool) { return w.at((w.end(e) + 7) &^ 7) }

func (w *window) start(e extent) int { return int(e.pos-w.base) + extentHeader }

func (w *window) end(e extent) int { return w.start(e) + e.length }
