package project

import (
	"slices"
)

// Routes returns how many routes the text has.
func (d *Draft) Routes() int { return d.layout.routes }

// AddRoute adds a route behind the others, without any key yet, and returns its index; -1 if the text has something
// else under that name.
func (d *Draft) AddRoute() int {
	l := d.layout
	n := l.routes
	switch {
	case l.list != nil:
		b, end := l.bracket(l.list.from, l.list.items)
		b.insert(len(b.rows), "{}")
		_ = d.splice(l.list.from, end, b.text())
	case n > 0:
		runs := l.runs(n - 1)
		_ = d.insertAfter(runs[len(runs)-1].end, "[[route]]"+l.newline())
	default:
		_ = d.insertAfter(l.count(), "[[route]]"+l.newline())
	}
	if d.Routes() == n {
		return -1
	}
	return n
}

// RemoveRoute takes route i out, which must be there: with its tables and the comments directly above them.
func (d *Draft) RemoveRoute(i int) {
	l := d.layout
	if l.list != nil {
		b, end := l.bracket(l.list.from, l.list.items)
		b.remove(i)
		_ = d.splice(l.list.from, end, b.text())
		return
	}
	for n := len(l.runs(i)) - 1; n >= 0; n-- {
		run := d.layout.runs(i)[n]
		_ = d.cutLines(run.start, run.end)
	}
}

// MoveRoute moves route i so that its index is to; both must be there. The comments directly above a route move with
// it, the empty lines between routes stay.
func (d *Draft) MoveRoute(i, to int) {
	l := d.layout
	order := make([]int, l.routes)
	for j := range order {
		order[j] = j
	}
	order = slices.Insert(slices.Delete(order, i, i+1), to, i)
	if l.list != nil {
		b, end := l.bracket(l.list.from, l.list.items)
		b.arrange(order)
		_ = d.splice(l.list.from, end, b.text())
		return
	}
	_ = d.splice(0, len(l.doc.data), l.rearranged(order))
}

// runs returns the lines of route i, which is not in braces: its table, with those directly below, then those that
// other tables are in front of.
func (l *layout) runs(i int) []span {
	var runs []span
	last := -1
	for j, s := range l.sections {
		if s.place.route != i || s.header < 0 {
			continue
		}
		start, end := l.extent(s)
		if last == j-1 && last >= 0 {
			runs[len(runs)-1].end = end
		} else {
			runs = append(runs, span{start, end})
		}
		last = j
	}
	return runs
}

// rearranged returns the text with the routes in another order. A route that is in several runs becomes one.
func (l *layout) rearranged(order []int) string {
	type piece struct {
		span
		text string
	}
	bytesOf := func(run span) span { return span{l.offset(run.start), l.doc.lineEnd(run.end - 1)} }
	data := string(l.doc.data)
	var pieces []piece
	for i, from := range order {
		text := ""
		for j, run := range l.runs(from) {
			if j > 0 {
				text += l.newline() + l.newline()
			}
			text += data[bytesOf(run).start:bytesOf(run).end]
		}
		for j, run := range l.runs(i) {
			if j > 0 {
				text = ""
			}
			pieces = append(pieces, piece{bytesOf(run), text})
		}
	}
	slices.SortFunc(pieces, func(a, b piece) int { return a.start - b.start })
	out, at := "", 0
	for _, p := range pieces {
		out += data[at:p.start] + p.text
		at = p.end
	}
	return out + data[at:]
}

// routeAt returns the index of the route that a place in the text belongs to, or -1.
func (l *layout) routeAt(at position) int {
	if l.list != nil {
		for i := len(l.list.items) - 1; i >= 0; i-- {
			p := l.doc.position(l.list.items[i].start)
			if p.line < at.line || p.line == at.line && p.column <= at.column {
				return i
			}
		}
		return -1
	}
	route := -1
	for _, s := range l.sections {
		if s.header >= 0 && s.place.route >= 0 && l.doc.line(s.header) < at.line {
			route = s.place.route
		}
	}
	return route
}
