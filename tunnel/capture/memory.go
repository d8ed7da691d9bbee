package capture

import (
	"runtime"
	"sync"
)

// maxBlock is the size of a block in logs of at least 128 MiB; smaller logs have smaller blocks.
const maxBlock = 2 << 20

// block is one piece of a log's memory. It holds rows or payload, never both, and no pointers.
type block struct {
	mem    []byte
	number int64 // how many blocks of its kind came before it
	pins   int   // readers at work in it
	gone   bool  // its rows have gone; it is reused once the last reader has left

	// Of blocks of rows.
	lazy   bitmap // rows of runs that are not spelled out
	starts bitmap // the first row of each such run

	// Of payload blocks.
	used    int   // bytes taken from the front
	low     int64 // the lowest and highest row with payload in it
	high    int64
	joints  int   // extents that go on from another one
	payload int64 // bytes without headers
}

// arena owns the memory of a log's blocks, and gives it back once the log is not referred to any more: until then what
// is held can be read, also after Close.
type arena struct {
	mu   sync.Mutex
	mems map[*byte][]byte
}

func newArena(l *Log) *arena {
	a := &arena{mems: make(map[*byte][]byte)}
	runtime.AddCleanup(l, (*arena).free, a)
	return a
}

func (a *arena) allocate(n int) []byte {
	p := allocate(n)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mems[&p[0]] = p
	return p
}

func (a *arena) release(p []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.mems, &p[0])
	release(p)
}

func (a *arena) free() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.mems {
		release(p)
	}
	a.mems = nil
}

// pool gives out blocks and takes them back, within the budget.
type pool struct {
	arena  *arena
	size   int   // of a block in bytes, a power of two
	blocks int64 // allocated, in use or free
	free   []*block
	side   int64 // bytes held outside of blocks: connections, inflating contexts, the queue
}

func (p *pool) init(budget int64) {
	p.size = maxBlock
	for int64(p.size) > budget/64 {
		p.size /= 2
	}
}

func (p *pool) memory() int64 { return p.blocks*int64(p.size) + p.side }

// take returns an empty block. Where the budget is used up it lets the oldest rows go first; where nothing is left to
// go it exceeds the budget rather than lose what is being written. The lock is held.
func (l *Log) take() *block {
	for len(l.free) == 0 && l.memory()+int64(l.size) > l.budget && l.reclaim() {
	}
	l.blocks++
	if n := len(l.free); n > 0 {
		b := l.free[n-1]
		l.free = l.free[:n-1]
		l.blocks--
		*b = block{mem: b.mem}
		return b
	}
	return &block{mem: l.arena.allocate(l.size)}
}

// weigh adds n bytes to what is held outside of blocks, and lets rows go where that exceeds the budget. The lock is
// held.
func (l *Log) weigh(n int64) {
	l.side += n
	for n > 0 && l.memory() > l.budget {
		if k := len(l.free); k > 0 {
			l.arena.release(l.free[k-1].mem)
			l.free[k-1] = nil
			l.free = l.free[:k-1]
			l.blocks--
		} else if !l.reclaim() {
			return
		}
	}
}

// retire takes back a block whose rows have gone. The lock is held.
func (l *Log) retire(b *block) {
	b.gone = true
	if b.pins == 0 {
		l.free = append(l.free, b)
	}
}

// unpin ends a reader's work in b. The lock is held.
func (l *Log) unpin(b *block) {
	b.pins--
	if b.pins == 0 && b.gone {
		l.free = append(l.free, b)
	}
}

// reclaim lets as many of the oldest rows go as it takes to free a block. It reports false when no row is held. The
// lock is held.
func (l *Log) reclaim() bool {
	if l.first == l.next {
		return false
	}
	to := l.rowsEnd()
	if end := l.payloadEnd(); end > 0 {
		to = min(to, end)
	}
	to = min(max(to, l.first+1), l.next)
	l.evicted += to - l.first
	l.drop(to)
	return true
}

// drop lets the rows before to go. The lock is held.
func (l *Log) drop(to int64) {
	l.first = to
	for len(l.rows) > 0 && (l.rows[0].number+1)*l.perBlock < to {
		l.retire(l.rows[0])
		l.rows = shift(l.rows)
	}
	for len(l.payloads) > 0 && l.payloads[0] != l.head && l.payloads[0].high < to {
		b := l.payloads[0]
		l.payload -= b.payload
		l.gone += b.payload
		l.retire(b)
		l.payloads = shift(l.payloads)
	}
	l.forget(to)
}

// shift removes the first block, in place: the list is short, and it must not grow at its end for ever.
func shift(list []*block) []*block {
	n := copy(list, list[1:])
	list[n] = nil
	return list[:n]
}
