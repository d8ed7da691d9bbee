package frames

import (
	"context"
	"slices"
	"sync"
	"time"

	"culvert/tunnel/capture"
)

// search keeps an index of the rows that match a query. Its goroutine looks at what is held in slices, from the newest
// row to the oldest, and at new rows as they come; at rows that may still change it looks again. It works only as far as
// the window takes over what it finds: nothing is searched for a window that is not there.
type search struct {
	log   Capture
	query *capture.Query
	beats *capture.Query // the heartbeats among them, nil where they are not folded
	ctx   context.Context
	stop  context.CancelFunc
	wake  chan struct{}
	some  chan struct{} // closed once there is a row, or none older is left to be looked at

	open []candidate // of the goroutine: rows that may still change

	mu       sync.Mutex
	index    index
	low      int64 // rows from low up to but not including high have been looked at
	high     int64
	until    int64  // rows from here on are not looked at; 0: all are
	taken    bool   // what was found of new rows has been taken over
	waiting  int    // rows that may still change
	halved   bool   // the first rows of a run of heartbeats have gone
	version  uint64 // counts changes
	moved    uint64 // counts changes of positions
	finished bool   // nothing older is left to be looked at
}

// candidate is a row that was looked at before it was settled.
type candidate struct {
	id     int64
	listed bool
}

// The rows of a slice: few at first, so that there is something to see at once, then as many as take about a moment.
const (
	firstSlice = 1 << 10
	mostSlice  = 1 << 18
	moment     = 15 * time.Millisecond
	burst      = 1 << 13 // entries that are added at a time: the window may wait for that long
)

// newSearch starts a search, whose goroutine is one of work.
func newSearch(log Capture, query *capture.Query, folded bool, until int64, work *sync.WaitGroup) *search {
	s := &search{log: log, query: query, until: until, wake: make(chan struct{}, 1), some: make(chan struct{}), index: newIndex(), taken: true}
	s.ctx, s.stop = context.WithCancel(context.Background())
	if folded {
		s.beats = query.And(mustParse("is:heartbeat"))
	}
	_, s.high = log.Range()
	if until > 0 {
		s.high = min(s.high, until)
	}
	s.low = s.high
	work.Go(s.run)
	return s
}

// run is the goroutine.
func (s *search) run() {
	for size := int64(firstSlice); s.ctx.Err() == nil; {
		s.newer()
		s.again()
		s.recount()
		began := time.Now()
		if s.older(size) {
			switch took := time.Since(began); {
			case took < moment:
				size = min(2*size, mostSlice)
			case took > 3*moment:
				size = max(size/2, firstSlice)
			}
			continue
		}
		select {
		case <-s.wake:
		case <-s.ctx.Done():
		}
	}
}

// take lets the rows before first go, and returns the positions there are now. next is the end of the capture. The
// goroutine is called if there is anything to do for it.
func (s *search) take(first, next int64) (from, to int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(first)
	s.taken = true
	if s.until > 0 {
		next = min(next, s.until)
	}
	if s.high < next || s.waiting > 0 || s.halved {
		s.call()
	}
	return s.index.first, s.index.next
}

func (s *search) call() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// drop lets the rows before first go. The lock is held.
func (s *search) drop(first int64) {
	x := &s.index
	if x.first < x.next && x.at(x.first).id < first {
		x.dropBefore(x.pos(first))
		s.halved = x.first < x.next && x.at(x.first).id < first
		s.version++
	}
}

// freeze looks at no rows from id until on; 0 takes that back.
func (s *search) freeze(until int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = until
	s.call()
}

// newer looks at the rows that have come.
func (s *search) newer() {
	_, next := s.log.Range()
	s.mu.Lock()
	from := s.high
	if s.until > 0 {
		next = min(next, s.until)
	}
	taken := s.taken
	s.mu.Unlock()
	if !taken || from >= next {
		return
	}
	found, open, ok := s.find(from, next)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until > 0 && s.until < next {
		return // frozen meanwhile
	}
	s.open = append(s.open, open...)
	for _, e := range found {
		s.index.append(e)
	}
	s.high, s.waiting = next, len(s.open)
	if len(found) > 0 {
		s.taken = false
		s.version++
	}
}

// older looks at the next slice of size rows before those that it has looked at, and reports whether there was one.
func (s *search) older(size int64) bool {
	first, _ := s.log.Range()
	s.mu.Lock()
	to := s.low
	if to <= first {
		s.finished = true
		s.tellSome()
		s.mu.Unlock()
		return false
	}
	s.mu.Unlock()
	from := max(first, to-size)
	found, open, ok := s.find(from, to)
	if !ok {
		return false
	}
	s.open = append(s.open, open...)
	for len(found) > burst {
		rest := len(found) - burst
		s.prepend(found[rest:])
		found = found[:rest]
	}
	s.prepend(found)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.low, s.waiting = from, len(s.open)
	s.version++
	return true
}

// tellSome closes some. The lock is held.
func (s *search) tellSome() {
	select {
	case <-s.some:
	default:
		close(s.some)
	}
}

// prepend adds entries in front of those that are there.
func (s *search) prepend(found []entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(found) > 0 {
		s.tellSome()
	}
	for _, e := range slices.Backward(found) {
		s.index.prepend(e)
	}
	s.version++
}

// find returns the entries for the rows from from up to but not including to, and which of those rows may still change;
// false when the search is over.
func (s *search) find(from, to int64) (found []entry, open []candidate, ok bool) {
	unsettled := s.log.Unsettled(nil, from, to)
	ids, _, err := s.log.Find(s.ctx, s.query, from, to, 0)
	if err != nil {
		return nil, nil, false
	}
	var beats []int64
	if s.beats != nil {
		if beats, _, err = s.log.Find(s.ctx, s.beats, from, to, 0); err != nil {
			return nil, nil, false
		}
	}
	for _, id := range unsettled {
		_, listed := slices.BinarySearch(ids, id)
		open = append(open, candidate{id, listed})
	}
	return entries(ids, beats), open, true
}

// entries joins the rows of which beats are heartbeats.
func entries(ids, beats []int64) []entry {
	list := make([]entry, 0, len(ids))
	for _, id := range ids {
		for len(beats) > 0 && beats[0] < id {
			beats = beats[1:]
		}
		e := entry{id: id}
		if len(beats) > 0 && beats[0] == id {
			e.beats = 1
			if n := len(list); n > 0 && list[n-1].join(e) {
				continue
			}
		}
		list = append(list, e)
	}
	return list
}

// again looks at the rows that were not settled before, and takes the list back to where one of them changes it.
func (s *search) again() {
	if len(s.open) == 0 {
		return
	}
	var from int64
	s.open = slices.DeleteFunc(s.open, func(c candidate) bool {
		r, ok := s.log.Row(c.id)
		if ok && !s.settled(&r) {
			return false
		}
		if ok && s.log.Match(s.query, &r) != c.listed && (from == 0 || c.id < from) {
			from = c.id
		}
		return true
	})
	s.mu.Lock()
	s.waiting = len(s.open)
	high := s.high
	if x := &s.index; from != 0 {
		if pos := x.pos(from); pos < x.next && x.at(pos).id < from {
			from = x.at(pos).id // the run of heartbeats that it comes in
		}
		from = max(from, s.low)
	}
	s.mu.Unlock()
	if from == 0 || from >= high {
		return
	}
	found, open, ok := s.find(from, high)
	if !ok {
		return
	}
	s.open = slices.DeleteFunc(s.open, func(c candidate) bool { return c.id >= from })
	s.open = append(s.open, open...)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = len(s.open)
	pos := s.index.pos(from)
	if pos < s.index.next {
		s.moved++
	}
	s.index.dropFrom(pos)
	for _, e := range found {
		s.index.append(e)
	}
	s.version++
}

// settled reports whether nothing will change any more about whether the row matches.
func (s *search) settled(r *capture.Row) bool {
	if r.Kind == capture.Open {
		c, ok := s.log.Conn(r.Conn)
		return !ok || c.Status != 0 || c.Over
	}
	return r.Settled()
}

// recount counts the heartbeats of the first run anew when its first rows have gone.
func (s *search) recount() {
	first, _ := s.log.Range()
	s.mu.Lock()
	x := &s.index
	halved := s.halved && x.first < x.next
	var e entry
	if halved {
		e = *x.at(x.first)
	}
	s.mu.Unlock()
	if !halved {
		return
	}
	ids, _, err := s.log.Find(s.ctx, s.beats, max(e.id, first), e.last()+1, 0)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.halved = false
	s.version++
	if err != nil || len(ids) == 0 || x.first == x.next {
		return // all of it goes with the next call
	}
	if now := x.at(x.first); now.id == e.id {
		n := now.beats - e.beats // that have come meanwhile
		now.span = uint32(now.last() - ids[0])
		now.id, now.beats = ids[0], uint32(len(ids))+n
	}
}

// progress returns how much of the rows held has been looked at, from 0 to 1.
func (s *search) progress(first int64) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished || s.high <= first || s.low <= first {
		return 1
	}
	return float64(s.high-s.low) / float64(s.high-first)
}

// reached reports whether the rows from id on have been looked at, so far as they are held.
func (s *search) reached(id int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.low <= id || s.finished
}

// entry returns the entry at a position.
func (s *search) entry(pos int64) (entry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pos < s.index.first || pos >= s.index.next {
		return entry{}, false
	}
	return *s.index.at(pos), true
}

func (s *search) count() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.index.next - s.index.first
}

func (s *search) pos(id int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.index.pos(id)
}

// changes returns what counts changes, and those of positions.
func (s *search) changes() (version, moved uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version, s.moved
}
