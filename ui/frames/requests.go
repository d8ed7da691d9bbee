package frames

import (
	"sync"

	"culvert/tunnel/capture"
	"culvert/ui/ink"
	"culvert/ui/words"
)

// The columns of [Requests].
const (
	RequestNumber = iota
	RequestTime
	RequestMethod
	RequestPath
	RequestStatus
	RequestBackend
	RequestType
	RequestSize
	RequestDuration
	RequestError
	RequestColumns // how many there are
)

// Requests is the table of a project's HTTP exchanges. Ids are those of their rows in the capture.
type Requests struct {
	rows        rows
	work        sync.WaitGroup
	found       *search
	stats       capture.Stats
	first, next int64
	version     uint64
}

// NewRequests returns the exchanges of log. Close it after use.
func NewRequests(log Capture, _ Options) *Requests {
	q := &Requests{rows: rows{log: log, terms: newTerms()}}
	q.found = newSearch(log, mustParse("is:http"), false, 0, &q.work)
	q.Update()
	return q
}

// Close ends the goroutine of the model.
func (q *Requests) Close() {
	q.found.stop()
	q.work.Wait()
}

// Update takes over what has come since the last call, and reports whether anything may look different now.
func (q *Requests) Update() (changed bool) {
	q.stats = q.rows.log.Stats()
	first, next := q.found.take(q.stats.First, q.stats.Next)
	version, _ := q.found.changes()
	changed = first != q.first || next != q.next || version != q.version
	q.first, q.next, q.version = first, next, version
	return changed
}

// Count returns how many exchanges there are.
func (q *Requests) Count() int64 { return q.next - q.first }

// Range returns the positions of the rows: first, up to but not including next.
func (q *Requests) Range() (first, next int64) { return q.first, q.next }

// Row fills r with the cells of the row at a position; false when there is none.
func (q *Requests) Row(pos int64, r *ink.Row) bool {
	id := q.ID(pos)
	x, ok := q.rows.log.Exchange(id)
	if !ok {
		return false
	}
	q.rows.request(r, id, &x)
	return true
}

// request fills r with the cells of an exchange.
func (w *rows) request(r *ink.Row, id int64, x *capture.Exchange) {
	c := &w.cells
	c.begin(r)
	c.int(id)
	c.end(ink.Faint)
	c.buf = appendClock(c.buf, x.Time.UnixNano())
	c.end(ink.Dim)
	c.buf = appendLine(c.buf, clip(x.Method, nameSize), nameSize)
	c.end(ink.None)
	c.buf = appendLine(c.buf, clip(pathOf(x.URL), previewSize), previewSize)
	c.end(ink.None)
	i := ink.None
	switch {
	case x.Status >= 500 || x.Status == 0:
		i = ink.Error
	case x.Status >= 400:
		i = ink.Warning
	}
	if x.Status == 0 {
		c.word(w.terms.noAnswer, i)
	} else {
		c.int(int64(x.Status))
		c.end(i)
	}
	c.buf = appendLine(c.buf, clip(backend(x.Upstream), nameSize), nameSize)
	c.end(ink.Dim)
	c.buf = appendLine(c.buf, clip(x.ContentType, nameSize), nameSize)
	c.end(ink.Dim)
	c.buf = appendSize(c.buf, x.ResponseBytes)
	c.end(ink.Dim)
	c.buf = appendDuration(c.buf, x.Duration)
	c.end(ink.Dim)
	c.buf = appendLine(c.buf, clip(words.Sentence(x.Err), previewSize), previewSize)
	c.end(ink.Error)
	c.finish(r)
}

// ID returns the id of the row at a position, 0 when there is none.
func (q *Requests) ID(pos int64) int64 {
	e, _ := q.found.entry(pos)
	return e.id
}

// Pos returns the position of a row, or of the next one.
func (q *Requests) Pos(id int64) int64 { return min(max(q.found.pos(id), q.first), q.next) }
