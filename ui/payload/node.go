package payload

import "sort"

// node is an unfolded value: an object, an array, the sequence of the outermost values, or a long string.
//
// Members are found again by scanning from the mark before them. Members that are themselves long are kept in long, so
// that none of these scans is. Positions are in src, which is the payload or, for a string that holds JSON, what the
// string says.
type node struct {
	src    []byte
	value  value // of the container within src
	object bool
	depth  int // of the members
	text   *Lines

	marks  []mark // of some members, at least indexStep apart; the first is that of member 0
	long   []longMember
	cursor mark // a member, for the next in order

	parent *node
	index  int // in parent
	row    int // of the head, counted from the parent's first member
	open   []*node
	below  int // rows below the head
}

type longMember struct {
	index int
	member
}

// member is one element of an array, or one key and its value.
type member struct {
	key   []byte // as written, quotes included; nil in arrays
	value value
}

// newNode indexes the members of the object or array v in one pass over it.
func newNode(src []byte, v value, depth int) *node {
	n := &node{src: src, value: v, object: src[v.at] == '{', depth: depth}
	at := skipSpace(src, v.at+1)
	count := 0
	for at < v.end-1 {
		n.see(count, at)
		from := at
		if n.object {
			at = n.afterKey(stringEnd(src, at))
		}
		end := 0
		if c := src[at]; c == '{' || c == '[' {
			end = measure(src, at).end
		} else {
			end = scalarEnd(src, at)
		}
		n.keep(count, from, end)
		at = n.after(end)
		count++
	}
	n.value.n, n.below = count, count
	return n
}

// see adds a mark if the last one is too far away.
func (n *node) see(index, at int) {
	if k := len(n.marks); k == 0 || at-n.marks[k-1].offset >= indexStep {
		n.marks = append(n.marks, mark{index, at})
	}
}

// keep remembers a member that would take long to measure again.
func (n *node) keep(index, at, end int) {
	if end-at >= indexStep {
		n.long = append(n.long, longMember{index, n.read(at)})
	}
}

// read measures the member that begins at an offset.
func (n *node) read(at int) (m member) {
	if n.object {
		end := stringEnd(n.src, at)
		m.key = n.src[at:end]
		at = n.afterKey(end)
	}
	m.value = measure(n.src, at)
	return m
}

// afterKey returns where the value begins whose key ends at an offset.
func (n *node) afterKey(end int) int {
	return skipSpace(n.src, skipSpace(n.src, end)+1)
}

// after returns where the member after the value that ends at an offset begins, if there is one.
func (n *node) after(end int) int {
	at := skipSpace(n.src, end)
	if at < n.value.end && n.src[at] == ',' {
		at = skipSpace(n.src, at+1)
	}
	return at
}

// member returns member i. It scans little more than indexStep.
func (n *node) member(i int) member {
	if k := sort.Search(len(n.long), func(k int) bool { return n.long[k].index >= i }); k < len(n.long) && n.long[k].index == i {
		return n.long[k].member
	}
	k := sort.Search(len(n.marks), func(k int) bool { return n.marks[k].index > i }) - 1
	from := n.marks[k]
	if n.cursor.index > from.index && n.cursor.index <= i {
		from = n.cursor
	}
	for ; ; from.index++ {
		m := n.read(from.offset)
		if from.index == i {
			n.cursor = mark{i + 1, n.after(m.value.end)}
			return m
		}
		from.offset = n.after(m.value.end)
	}
}

// child returns the node of member i, nil if that is folded.
func (n *node) child(i int) *node {
	if k := n.search(i); k < len(n.open) && n.open[k].index == i {
		return n.open[k]
	}
	return nil
}

// search returns the place of member i in n.open.
func (n *node) search(i int) int {
	return sort.Search(len(n.open), func(k int) bool { return n.open[k].index >= i })
}

// find returns the member at a row, counted from the first member, and the node that it is a member of.
func (n *node) find(row int) (owner *node, i int) {
	for {
		k := sort.Search(len(n.open), func(k int) bool { return n.open[k].row > row }) - 1
		if k < 0 {
			return n, row
		}
		c := n.open[k]
		switch row -= c.row; {
		case row == 0:
			return n, c.index
		case row > c.below:
			return n, c.index + row - c.below
		}
		n, row = c, row-1
	}
}

// attach unfolds member c.index as c, without counting rows.
func (n *node) attach(c *node) {
	k := n.search(c.index)
	n.open = append(n.open, nil)
	copy(n.open[k+1:], n.open[k:])
	n.open[k], c.parent = c, n
}

// detach folds member i, without counting rows.
func (n *node) detach(i int) {
	k := n.search(i)
	n.open = append(n.open[:k], n.open[k+1:]...)
}

// count brings the rows of n up to date, those of its unfolded members being so.
func (n *node) count() {
	n.below = n.value.n
	for _, c := range n.open {
		c.row = c.index + n.below - n.value.n
		n.below += c.below
	}
}

// recount brings the rows of n and of everything around it up to date.
func (n *node) recount() {
	for ; n != nil; n = n.parent {
		n.count()
	}
}
