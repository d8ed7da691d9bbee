package frames

import (
	"math/rand/v2"
	"testing"
)

// An index does what a plain list of entries does.
func TestAnIndexKeepsItsEntriesInPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 8 {
		x := newIndex()
		at := make(map[int64]int64) // id by position
		first, next := x.first, x.next
		low, high := int64(1<<30), int64(1<<30)
		for range 200 {
			n := r.IntN(3 * chunkSize / 2)
			switch r.IntN(5) {
			case 0, 1:
				for range n {
					high += 1 + r.Int64N(5)
					x.append(entry{id: high})
					at[next] = high
					next++
				}
			case 2:
				for range n {
					low -= 1 + r.Int64N(5)
					x.prepend(entry{id: low})
					first--
					at[first] = low
				}
			case 3:
				first = min(first+int64(n), next)
				x.dropBefore(first)
				if first < next {
					low = at[first]
				} else {
					low = high + 1 // an index that was emptied grows at its end
				}
			case 4:
				next = max(next-int64(n), first)
				x.dropFrom(next)
			}
			if x.first != first || x.next != next {
				t.Fatalf("positions %d to %d, want %d to %d", x.first, x.next, first, next)
			}
			for range 50 {
				if first == next {
					break
				}
				pos := first + r.Int64N(next-first)
				id := at[pos]
				if e := x.at(pos); e.id != id || x.pos(id) != pos {
					t.Fatalf("position %d has row %d, found at %d; want row %d", pos, e.id, x.pos(id), id)
				}
				if x.pos(id+1) != pos+1 && x.at(pos+1).id != id+1 {
					t.Fatalf("the row after %d is not found", id)
				}
			}
		}
	}
}

func TestHeartbeatsJoinTheRunTheyTouch(t *testing.T) {
	x := newIndex()
	x.append(entry{id: 50, beats: 1})
	x.append(entry{id: 52, beats: 1})
	x.append(entry{id: 60})
	x.append(entry{id: 61, beats: 2, span: 4})
	x.prepend(entry{id: 40, beats: 3, span: 5})
	x.prepend(entry{id: 39})
	want := []entry{{id: 39}, {id: 40, span: 12, beats: 5}, {id: 60}, {id: 61, span: 4, beats: 2}}
	for i, w := range want {
		if got := *x.at(x.first + int64(i)); got != w {
			t.Errorf("entry %d is %+v, want %+v", i, got, w)
		}
	}
	if n := x.next - x.first; n != int64(len(want)) {
		t.Errorf("%d entries", n)
	}
	if x.pos(51) != x.pos(40) || x.pos(53) != x.pos(60) {
		t.Error("a row within a run is not found in it")
	}
}
