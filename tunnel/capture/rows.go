package capture

import "unsafe"

// row is a [Row] as it is held: without pointers, so that the garbage collector passes it by.
type row struct {
	wall        int64  // Unix time in ns
	mono        int64  // ns since the log was made
	ended       int64  // ns since the log was made, once complete
	number      int64  // of the frame in its direction
	offset      int64  // of the frame's header in its direction
	wire        uint64 // declared payload length
	tail        int64  // position of the last extent of the payload, 0 without any; negative: of the payload itself, in a run
	inflated    int64  // the same of the inflated message, in the message's first row
	stored      uint32 // payload bytes held
	inflatedLen uint32
	conn        uint32
	back        uint32 // rows back to the first of the message, 0 in that one
	ahead       uint32 // rows ahead to the next frame of the same direction, 0 while there is none
	key         [4]byte
	kind        Kind
	dir         uint8
	opcode      uint8
	rsv         uint8
	header      uint8 // bytes
	_           uint8
	flags       Flags
}

const rowSize = int(unsafe.Sizeof(row{}))

// table holds the rows: blocks of rows, oldest first.
type table struct {
	first, next int64
	perBlock    int64
	rows        []*block
	last        []row // of the newest block
	filled      int   // rows taken of last
}

func (t *table) init(size int) {
	t.first, t.next = 1, 1
	t.perBlock = int64(size / rowSize)
}

// rowsOf returns a block's memory as rows.
func rowsOf(b *block) []row {
	return unsafe.Slice((*row)(unsafe.Pointer(unsafe.SliceData(b.mem))), len(b.mem)/rowSize)
}

// rowsEnd returns the id after the last row of the oldest block.
func (t *table) rowsEnd() int64 {
	if len(t.rows) == 0 {
		return t.next
	}
	return (t.rows[0].number+1)*t.perBlock + 1
}

// add returns the next row, to be filled wholly, and its id. The lock is held.
func (l *Log) add() (*row, int64) {
	if l.filled == len(l.last) {
		b := l.take()
		b.number = (l.next - 1) / l.perBlock
		l.rows = append(l.rows, b)
		l.last, l.filled = rowsOf(b), 0
	}
	r := &l.last[l.filled]
	l.filled++
	id := l.next
	l.next++
	return r, id
}

// reserve takes n rows, which are spelled out when they are asked for: until then the first of them has what they share
// (see run.go). It returns nil if they do not fit in the block under way. The lock is held.
func (l *Log) reserve(n int) *row {
	at := l.filled
	if len(l.last)-at < n {
		return nil
	}
	b := l.rows[len(l.rows)-1]
	if b.lazy == nil {
		words := (len(l.last) + 63) / 64
		b.lazy, b.starts = make(bitmap, words), make(bitmap, words)
	}
	b.lazy.set(at, n)
	b.starts.set(at, 1)
	l.filled += n
	l.next += int64(n)
	return &l.last[at]
}

// row returns the row id, nil when it is not held. The lock is held.
func (l *Log) row(id int64) *row {
	if id < l.first || id >= l.next {
		return nil
	}
	b, at := l.place(id)
	if b.lazy.has(at) {
		l.spell(b, at)
	}
	return &rowsOf(b)[at]
}

// place returns where the row id is, which is held. The lock is held.
func (l *Log) place(id int64) (b *block, at int) {
	i := id - 1
	return l.rows[i/l.perBlock-l.rows[0].number], int(i % l.perBlock)
}

// bitmap has a bit for each row of a block; nil has none set.
type bitmap []uint64

func (m bitmap) has(i int) bool { return m != nil && m[i/64]>>(i%64)&1 != 0 }

func (m bitmap) set(i, n int) {
	for ; n > 0; i, n = i+1, n-1 {
		m[i/64] |= 1 << (i % 64)
	}
}

func (m bitmap) clear(i, n int) {
	for ; n > 0; i, n = i+1, n-1 {
		m[i/64] &^= 1 << (i % 64)
	}
}
