package frametable

import "slices"

// IDs is a range of row ids, both ends included.
type IDs struct{ First, Last int64 }

// selection is a set of ids kept as ranges: in order, apart from each other, none empty.
type selection []IDs

// find returns the index of the first range that ends at id or later.
func (s selection) find(id int64) int {
	i, _ := slices.BinarySearchFunc(s, id, func(r IDs, id int64) int {
		if r.Last < id {
			return -1
		}
		return 1
	})
	return i
}

func (s selection) has(id int64) bool {
	i := s.find(id)
	return i < len(s) && s[i].First <= id
}

// only reports whether id is selected and nothing else is.
func (s selection) only(id int64) bool { return len(s) == 1 && s[0] == IDs{id, id} }

// add adds the ids from a to b, in either order.
func (s *selection) add(a, b int64) {
	r := IDs{min(a, b), max(a, b)}
	i := s.find(r.First - 1)
	j := i
	for j < len(*s) && (*s)[j].First <= r.Last+1 {
		r.First, r.Last = min(r.First, (*s)[j].First), max(r.Last, (*s)[j].Last)
		j++
	}
	*s = slices.Replace(*s, i, j, r)
}

func (s *selection) remove(id int64) {
	if !s.has(id) {
		return
	}
	i := s.find(id)
	r := (*s)[i]
	var rest []IDs
	if r.First < id {
		rest = append(rest, IDs{r.First, id - 1})
	}
	if r.Last > id {
		rest = append(rest, IDs{id + 1, r.Last})
	}
	*s = slices.Replace(*s, i, i+1, rest...)
}

// set makes the ids from a to b the only ones.
func (s *selection) set(a, b int64) {
	*s = append((*s)[:0], IDs{min(a, b), max(a, b)})
}

func (s *selection) clear() { *s = (*s)[:0] }
