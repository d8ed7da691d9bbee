package frames

import "slices"

// entry is a row of a list: a row of the capture, or a run of heartbeats.
type entry struct {
	id    int64
	span  uint32 // the run's last row is id + span
	beats uint32 // heartbeats; 0 for any other row
}

func (e *entry) last() int64 { return e.id + int64(e.span) }

const (
	chunkBits = 12
	chunkSize = 1 << chunkBits
	// middle is the position of the first entry: later ones come after it, those that a search finds later before it.
	middle = 1 << 40
)

type chunk [chunkSize]entry

// index is the entries of a list in the order of their ids. An entry has a position, which it keeps while others come and
// go at both ends. Adding and removing there is cheap, and never copies the whole.
type index struct {
	first, next int64 // positions
	chunks      []*chunk
}

func newIndex() index { return index{first: middle, next: middle} }

// at returns the entry at a position between first and next.
func (x *index) at(pos int64) *entry {
	return &x.chunks[pos>>chunkBits-x.first>>chunkBits][pos&(chunkSize-1)]
}

// append adds an entry at the end. Heartbeats join the run that they follow.
func (x *index) append(e entry) {
	if x.next > x.first && x.at(x.next-1).join(e) {
		return
	}
	if n := int64(len(x.chunks)); x.next>>chunkBits-x.first>>chunkBits == n {
		x.chunks = append(x.chunks, new(chunk))
	}
	x.next++
	*x.at(x.next - 1) = e
}

// prepend adds an entry in front. Heartbeats join the run that they come before.
func (x *index) prepend(e entry) {
	if x.next > x.first {
		if joined := e; joined.join(*x.at(x.first)) {
			*x.at(x.first) = joined
			return
		}
	}
	if x.first&(chunkSize-1) == 0 || len(x.chunks) == 0 {
		x.chunks = slices.Insert(x.chunks, 0, new(chunk))
	}
	x.first--
	*x.at(x.first) = e
}

// join adds heartbeats that follow to those of e, if both are some.
func (e *entry) join(o entry) bool {
	span := o.last() - e.id
	if e.beats == 0 || o.beats == 0 || span>>32 != 0 {
		return false
	}
	e.span = uint32(span)
	e.beats += o.beats
	return true
}

// pos returns the position of the entry that row id is in, or of the first one after it.
func (x *index) pos(id int64) int64 {
	low, high := x.first, x.next
	for low < high {
		m := low + (high-low)/2
		if x.at(m).last() < id {
			low = m + 1
		} else {
			high = m
		}
	}
	return low
}

// dropBefore removes the entries before a position.
func (x *index) dropBefore(pos int64) {
	if pos >= x.next {
		x.first, x.chunks = x.next, nil
		if x.next&(chunkSize-1) != 0 {
			x.chunks = []*chunk{new(chunk)}
		}
		return
	}
	x.chunks = slices.Delete(x.chunks, 0, int(pos>>chunkBits-x.first>>chunkBits))
	x.first = pos
}

// dropFrom removes the entries from a position on.
func (x *index) dropFrom(pos int64) {
	x.next = max(pos, x.first)
	n := (x.next+chunkSize-1)>>chunkBits - x.first>>chunkBits
	x.chunks = slices.Delete(x.chunks, int(n), len(x.chunks))
}
