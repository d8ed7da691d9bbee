package frames

import (
	"sync"
	"time"

	"culvert/tunnel/capture"
	"culvert/ui/ink"
)

// The columns of a [List], in the order of a row's cells.
const (
	ColumnNumber = iota
	ColumnDirection
	ColumnTime
	ColumnDelta
	ColumnType
	ColumnName
	ColumnSize
	ColumnPreview
	ColumnFlags
	Columns // how many there are
)

// List is the rows of one project's capture as the table of frames shows them. A row has the same position as long as
// it is in the list; Generation tells when that was not so.
type List struct {
	log     Capture
	options Options
	rows    rows
	meter   meter
	work    sync.WaitGroup

	typed  *capture.Query
	chip   Chip
	folded bool
	end    int64 // id at which the list is frozen, 0 where it is not

	found    *search // nil where the list is all rows: their positions are their ids
	problems *search

	stats       capture.Stats
	first, next int64 // positions
	seen        struct{ version, moved, problems uint64 }
	generation  uint64

	drawn struct { // the row that was filled last: mostly the one before the next
		pos  int64
		mono time.Duration
	}
}

// NewList returns a list of all that log holds. Close it after use.
func NewList(log Capture, o Options) *List {
	l := &List{log: log, options: o, rows: rows{log: log, terms: newTerms()}}
	l.problems = newSearch(log, Problems.query(), false, 0, &l.work)
	l.Update()
	return l
}

// Close ends the list's goroutines.
func (l *List) Close() {
	l.problems.stop()
	if l.found != nil {
		l.found.stop()
	}
	l.work.Wait()
}

// SetQuery sets the query, in the language of [capture.ParseQuery]. With an error the list stays as it was. notes tell
// what of the query was not taken as it may have been meant.
func (l *List) SetQuery(text string) (notes []string, err error) {
	q, err := capture.ParseQuery(text)
	if err != nil {
		return nil, err
	}
	if !q.All() || !l.typed.All() {
		l.typed = q
		l.search()
	}
	return q.Notes(), nil
}

// SetChip sets the chip, which a row must match as well as the query.
func (l *List) SetChip(c Chip) {
	if c != l.chip {
		l.chip = c
		l.search()
	}
}

// Query returns the query and the chip as one, for an export of what the list shows.
func (l *List) Query() *capture.Query { return l.typed.And(l.chip.query()) }

// Selection returns a query for those rows of the list that are in the spans. Where the heartbeats are folded, a span
// that ends with a run of them has all of it.
func (l *List) Selection(spans ...capture.Span) *capture.Query {
	whole := make([]capture.Span, 0, len(spans))
	for _, p := range spans {
		if e, ok := l.entry(l.Pos(p.Last)); ok && e.id <= p.Last {
			p.Last = e.last()
		}
		whole = append(whole, p)
	}
	return l.Query().And(capture.IDs(whole...))
}

// SetFolded folds heartbeats: pings and pongs in a row become one row.
func (l *List) SetFolded(on bool) {
	if on != l.folded {
		l.folded = on
		l.search()
	}
}

// SetFrozen lets the list end where it ends now. The capture goes on, and its oldest rows go as they do.
func (l *List) SetFrozen(on bool) {
	if on == l.Frozen() {
		return
	}
	l.end = 0
	if on {
		l.end = l.stats.Next
	}
	if l.found != nil {
		l.found.freeze(l.end)
	}
}

// Frozen reports whether the list is frozen.
func (l *List) Frozen() bool { return l.end != 0 }

// search begins anew with the query as it is now.
func (l *List) search() {
	if l.found != nil {
		l.found.stop()
		l.found = nil
	}
	if q := l.Query(); !q.All() || l.folded {
		l.found = newSearch(l.log, q, l.folded, l.end, &l.work)
	}
	l.generation++
	l.seen.version, l.seen.moved = 0, 0
	l.Update()
}

// Update takes over what has come and what the search has found since the last call, and reports whether anything may
// look different now. It is cheap, and called by the ticker.
func (l *List) Update() (changed bool) {
	stats := l.log.Stats()
	changed = stats != l.stats
	l.stats = stats
	l.meter.add(l.options.now(), stats.Sent.Frames+stats.Received.Frames)

	first, next := stats.First, stats.Next
	l.problems.take(first, next)
	if version, _ := l.problems.changes(); version != l.seen.problems {
		l.seen.problems, changed = version, true
	}
	if l.found == nil {
		if l.end > 0 {
			next = max(first, min(next, l.end))
		}
	} else {
		first, next = l.found.take(first, next)
		version, moved := l.found.changes()
		changed = changed || version != l.seen.version
		if moved != l.seen.moved {
			l.generation++
		}
		l.seen.version, l.seen.moved = version, moved
	}
	changed = changed || first != l.first || next != l.next
	l.first, l.next = first, next
	l.drawn.pos = 0
	return changed
}

// Await waits until the list has a row of its query or none is left to be found, but for limit at most: it saves drawing
// a list that is empty for a moment only. Update takes over what there is.
func (l *List) Await(limit time.Duration) {
	if l.found == nil {
		return
	}
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	select {
	case <-l.found.some:
	case <-timeout.C:
	}
}

// Generation counts how often rows have got another position than they had: by a new query or folding, or because a
// frame turned out to match, or not to, only when it was complete. The selected row is to be looked up anew then.
func (l *List) Generation() uint64 { return l.generation }

// Searching reports whether older rows are still being searched.
func (l *List) Searching() bool { return l.Progress() < 1 }

// Progress returns how much of what is held has been searched, from 0 to 1.
func (l *List) Progress() float64 {
	if l.found == nil {
		return 1
	}
	return l.found.progress(l.stats.First)
}

// Range returns the positions of the rows in the list, as they were at the last Update: first, up to but not including
// next.
func (l *List) Range() (first, next int64) { return l.first, l.next }

// entry returns what is at a position.
func (l *List) entry(pos int64) (entry, bool) {
	switch {
	case pos < l.first || pos >= l.next:
		return entry{}, false
	case l.found != nil:
		return l.found.entry(pos)
	}
	return entry{id: pos}, true
}

// Row fills r with the cells of the row at a position; false when there is none. It allocates nothing for frames once
// r.Buf is large enough.
func (l *List) Row(pos int64, r *ink.Row) bool {
	e, ok := l.entry(pos)
	if !ok {
		return false
	}
	row, ok := l.log.Row(e.id)
	if !ok {
		return false
	}
	before, follows := l.before(pos)
	l.rows.fill(r, &row, e, before, follows)
	l.drawn.pos, l.drawn.mono = pos, row.Mono
	if e.beats > 1 {
		if last, ok := l.log.Row(e.last()); ok {
			l.drawn.mono = last.Mono
		}
	}
	return true
}

// before returns when the row before a position was made; false where there is none.
func (l *List) before(pos int64) (time.Duration, bool) {
	if l.drawn.pos == pos-1 && pos > l.first {
		return l.drawn.mono, true
	}
	e, ok := l.entry(pos - 1)
	if !ok {
		return 0, false
	}
	row, ok := l.log.Row(e.last())
	return row.Mono, ok
}

// ID returns the id of the row at a position, 0 when there is none. A run of heartbeats has the id of its first.
func (l *List) ID(pos int64) int64 {
	e, _ := l.entry(pos)
	return e.id
}

// Pos returns the position of the row id, or of the next one after it in the list; where there is none after it, the
// position after the last.
func (l *List) Pos(id int64) int64 {
	if l.found != nil {
		id = l.found.pos(id)
	}
	return min(max(id, l.first), l.next)
}

// Reached reports whether Pos can tell where row id is: the search has come to it, or nothing is searched. Until then Pos
// may lead to a later row, and a row that is to stay in view is to be looked up again.
func (l *List) Reached(id int64) bool { return l.found == nil || l.found.reached(id) }

// Heartbeats returns how many heartbeats the row at a position stands for, 0 for a row that is none or a single one.
func (l *List) Heartbeats(pos int64) int {
	if e, _ := l.entry(pos); e.beats > 1 {
		return int(e.beats)
	}
	return 0
}

// Count returns how many rows the list has.
func (l *List) Count() int64 { return l.next - l.first }

// Problems returns how many of the rows held tell of something that went wrong, as far as they have been looked at.
func (l *List) Problems() int { return int(l.problems.count()) }

// Between returns the time from row a to row b, negative if b was earlier; false if one of them has gone.
func (l *List) Between(a, b int64) (time.Duration, bool) {
	from, ok := l.log.Row(a)
	to, ok2 := l.log.Row(b)
	return to.Mono - from.Mono, ok && ok2
}
