package payload

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"culvert/ui/ink"
)

// A line of the payload that is longer than pieceSize is shown as several, so that no line costs much to draw.
const pieceSize = 64 << 10

// indexStep is how many bytes at least lie between two marks of the index of lines.
const indexStep = 4 << 10

// Lines is a payload as it is, line by line. A line ends at LF; the CR of a CRLF is shown faint.
type Lines struct {
	p     []byte
	piece int    // length of the longest line
	marks []mark // of some lines, in order; the first is that of line 0
	n     int
	next  mark // the line after the one that was asked for last, for who goes on
}

// mark says where a line, or a value among others, begins.
type mark struct {
	index, offset int
}

// Raw returns the payload as lines. It is indexed in one pass, at the speed of memory.
func Raw(p []byte) *Lines { return newLines(p, pieceSize) }

func newLines(p []byte, piece int) *Lines {
	l := &Lines{p: p, piece: piece}
	step := min(indexStep, piece)
	for at := 0; at < len(p); {
		l.marks = append(l.marks, mark{l.n, at})
		block := p[at:min(at+step, len(p))]
		if last := bytes.LastIndexByte(block, '\n'); last >= 0 {
			l.n += bytes.Count(block[:last+1], []byte{'\n'})
			at += last + 1
			continue
		}
		at = l.end(at)
		l.n++
	}
	if len(p) == 0 || p[len(p)-1] == '\n' {
		l.marks = append(l.marks, mark{l.n, len(p)}) // the empty line after the last line end
		l.n++
	}
	return l
}

// end returns where the line or piece that begins at an offset ends, its line end included.
func (l *Lines) end(at int) int {
	if i := bytes.IndexByte(l.p[at:min(at+l.piece+1, len(l.p))], '\n'); i >= 0 {
		return at + i + 1
	}
	if len(l.p)-at <= l.piece {
		return len(l.p)
	}
	end := at + l.piece
	for back := 1; back < utf8.UTFMax; back++ { // do not cut a rune
		if utf8.RuneStart(l.p[end]) {
			return end
		}
		end--
	}
	return at + l.piece
}

// bounds returns the part of the payload that line i is, its line end included.
func (l *Lines) bounds(i int) (from, to int) {
	m := l.next
	if m.index != i {
		k := sort.Search(len(l.marks), func(k int) bool { return l.marks[k].index > i }) - 1
		m = l.marks[k]
	}
	for ; m.index < i; m.index++ {
		m.offset = l.end(m.offset)
	}
	to = l.end(m.offset)
	l.next = mark{i + 1, to}
	return m.offset, to
}

// Lines returns the number of lines: one more than there are line ends, and more where lines are very long.
func (l *Lines) Lines() int { return l.n }

// Line appends the spans of line i.
func (l *Lines) Line(i int, dst []ink.Span) []ink.Span {
	from, to := l.bounds(i)
	line, ended := bytes.CutSuffix(l.p[from:to], []byte{'\n'})
	text, cr := line, false
	if ended {
		text, cr = bytes.CutSuffix(line, []byte{'\r'})
	}
	dst = append(dst, ink.Span{Text: text})
	if cr {
		dst = append(dst, ink.Span{Text: line[len(text):], Ink: ink.Faint})
	}
	return dst
}

// Joined reports whether line i is a piece of a long line that the next one continues.
func (l *Lines) Joined(i int) bool {
	to := l.next.offset
	if l.next.index != i+1 {
		_, to = l.bounds(i)
	}
	return to < len(l.p) && l.p[to-1] != '\n'
}

// Tap does nothing: raw text does not fold.
func (l *Lines) Tap(line, column int) bool { return false }
