package textview

import (
	"bytes"
	"sort"

	"culvert/ui/glyph"
	"culvert/ui/ink"
)

const (
	tabWidth = 4
	// stopCells is about how many cells lie between the stops of a row.
	stopCells = 256
)

// line is a line of the document, laid out. Offsets are bytes of text.
type line struct {
	text  []byte // as it is shown: with spaces for tabs
	runs  []run
	tabs  []tab
	rows  []int  // where each row begins; the first is 0
	stops []stop // of a line that is one row: places at known cells, the first at 0
	cells int    // of the widest row
}

// run is text of one ink. It begins where the one before it ends.
type run struct {
	end  int
	ink  ink.Ink
	bold bool
}

// tab is where n spaces of the text stand for a tab.
type tab struct{ at, n int }

type stop struct{ offset, cell int }

// layOut makes a line of spans: in rows of so many columns, or in one row if columns is 0.
func layOut(spans []ink.Span, columns int) *line {
	l := flatten(spans)
	if columns > 0 {
		l.wrap(columns)
	} else {
		l.mark()
	}
	return l
}

// flatten makes a line of spans that has its text only: one row, and no stops.
func flatten(spans []ink.Span) *line {
	l := &line{rows: []int{0}}
	cell, counted := 0, 0 // of the text so far, where there are tabs; and how much of it is counted
	for _, s := range spans {
		text := s.Text
		for {
			i := bytes.IndexByte(text, '\t')
			if i < 0 {
				break
			}
			l.text = append(l.text, text[:i]...)
			cell += glyph.Cells(l.text[counted:])
			n := tabWidth - cell%tabWidth
			l.tabs = append(l.tabs, tab{len(l.text), n})
			l.text = append(l.text, "    "[:n]...)
			cell += n
			counted = len(l.text)
			text = text[i+1:]
		}
		l.text = append(l.text, text...)
		l.runs = append(l.runs, run{len(l.text), s.Ink, s.Bold})
	}
	return l
}

// wrap makes the rows. The columns must be enough for the widest escape, so that each row gets on.
func (l *line) wrap(columns int) {
	for at := 0; ; {
		n := glyph.CutCells(l.text[at:], columns)
		if at+n == len(l.text) {
			l.cells = min(columns, max(l.cells, glyph.Cells(l.text[at:])))
			return
		}
		at += n
		l.cells = columns
		if at == len(l.text) {
			return
		}
		l.rows = append(l.rows, at)
	}
}

// mark makes the stops.
func (l *line) mark() {
	l.stops = append(l.stops, stop{})
	for at := 0; at < len(l.text); {
		n := glyph.CutCells(l.text[at:], stopCells)
		l.cells += glyph.Cells(l.text[at : at+n])
		at += n
		l.stops = append(l.stops, stop{at, l.cells})
	}
}

// row returns the offsets of row i.
func (l *line) row(i int) (from, to int) {
	if i+1 < len(l.rows) {
		return l.rows[i], l.rows[i+1]
	}
	return l.rows[i], len(l.text)
}

// rowOf returns the row that an offset is in.
func (l *line) rowOf(offset int) int {
	return sort.Search(len(l.rows), func(i int) bool { return l.rows[i] > offset }) - 1
}

// near returns the last stop of a row for which before is false.
func (l *line) near(row int, before func(s stop) bool) stop {
	if k := sort.Search(len(l.stops), func(k int) bool { return before(l.stops[k]) }); k > 0 {
		return l.stops[k-1]
	}
	return stop{offset: l.rows[row]}
}

// cell returns the cell of an offset within its row.
func (l *line) cell(row, offset int) int {
	s := l.near(row, func(s stop) bool { return s.offset > offset })
	return s.cell + glyph.Cells(l.text[s.offset:max(offset, s.offset)])
}

// offset returns the place in a row that begins at the cell or, where a wide rune covers it, before it.
func (l *line) offset(row, cell int) int {
	_, to := l.row(row)
	s := l.near(row, func(s stop) bool { return s.cell > cell })
	return s.offset + glyph.CutCells(l.text[s.offset:to], max(0, cell-s.cell))
}

// nearest returns the place in a row that is nearest to x pixels from its start: in front of what is drawn there, or
// behind it.
func (l *line) nearest(row, x, cellWidth int) int {
	at := l.offset(row, x/cellWidth)
	_, to := l.row(row)
	left := l.cell(row, at)
	for wide := 1; wide <= minColumns; wide++ {
		if n := glyph.CutCells(l.text[at:to], wide); n > 0 {
			if 2*x >= (2*left+wide)*cellWidth {
				return at + n
			}
			break
		}
	}
	return at
}

// source appends what a part of the line is in the document, with its tabs.
func (l *line) source(dst []byte, from, to int) []byte {
	for _, t := range l.tabs {
		if t.at >= to {
			break
		}
		if t.at+t.n <= from {
			continue
		}
		if t.at > from {
			dst = append(dst, l.text[from:t.at]...)
		}
		dst = append(dst, '\t')
		from = min(t.at+t.n, to)
	}
	return append(dst, l.text[from:to]...)
}

// lineCache holds the lines that were drawn last.
type lineCache struct {
	lines map[int]*line
	bytes int
}

// What a lineCache holds at most: some pages.
const (
	maxLines = 1 << 10
	maxBytes = 8 << 20
)

func (c *lineCache) get(i int) *line { return c.lines[i] }

func (c *lineCache) put(i int, l *line) {
	if c.lines == nil || len(c.lines) >= maxLines || c.bytes > maxBytes {
		c.lines, c.bytes = make(map[int]*line), 0
	}
	c.lines[i] = l
	c.bytes += len(l.text)
}

func (c *lineCache) clear() {
	clear(c.lines)
	c.bytes = 0
}
