package textview

import (
	"unicode"
	"unicode/utf8"

	"culvert/ui/ink"
)

// place is a byte of a line's text as it is shown.
type place struct {
	line, offset int
}

func (p place) less(q place) bool {
	return p.line < q.line || p.line == q.line && p.offset < q.offset
}

// selection is the text between two places; from is where it was begun. The zero selection is none.
type selection struct {
	from, to place
}

func (s selection) empty() bool { return s.from == s.to }

// ordered returns the places in the order of the document.
func (s selection) ordered() (first, last place) {
	if s.to.less(s.from) {
		return s.to, s.from
	}
	return s.from, s.to
}

// within returns which part of the text of a line of some length is selected; over tells that the selection goes on.
func (s selection) within(line, length int) (from, to int, over bool) {
	first, last := s.ordered()
	if line < first.line || line > last.line {
		return 0, 0, false
	}
	from, to = 0, length
	if line == first.line {
		from = min(first.offset, length)
	}
	if line == last.line {
		return from, min(last.offset, length), false
	}
	return from, to, true
}

// selectedCells returns the cells of a row that are selected.
func (v *View) selectedCells(i, row int, l *line) (from, to int, ok bool) {
	if v.selected.empty() {
		return 0, 0, false
	}
	a, b, over := v.selected.within(i, len(l.text))
	first, last := l.row(row)
	a, b = max(a, first), min(b, last)
	if a > b || a == b && !over {
		return 0, 0, false
	}
	from, to = l.cell(row, a), l.cell(row, b)
	if over && row == len(l.rows)-1 {
		to++ // the line end
	}
	return from, to, to > from
}

// Selection returns the selected text, "" if none is. Controls other than tabs and line ends are written as escapes
// and invalid UTF-8 as U+FFFD, so that it may be pasted anywhere.
func (v *View) Selection() string {
	if v.selected.empty() || v.doc == nil {
		return ""
	}
	joined, _ := v.doc.(Joined)
	first, last := v.selected.ordered()
	var out, source []byte
	for i := first.line; i <= min(last.line, v.count()-1); i++ {
		v.spans = v.doc.Line(i, v.spans[:0])
		over := i < last.line
		if over && i > first.line {
			for _, s := range v.spans {
				out = ink.AppendPasteable(out, s.Text)
			}
		} else {
			l := flatten(v.spans)
			from, to, _ := v.selected.within(i, len(l.text))
			source = l.source(source[:0], from, to)
			out = ink.AppendPasteable(out, source)
		}
		if over && (joined == nil || !joined.Joined(i)) {
			out = append(out, '\n')
		}
	}
	return string(out)
}

// SelectAll selects the whole document.
func (v *View) SelectAll() {
	if v.count() == 0 {
		return
	}
	last := v.count() - 1
	v.selected = selection{to: place{last, len(v.line(last).text)}}
	v.redraw()
}

// selectWord selects the word around a place, or the run of signs or of spaces.
func (v *View) selectWord(at place) {
	text := v.line(at.line).text
	if len(text) == 0 {
		return
	}
	if at.offset >= len(text) {
		_, n := utf8.DecodeLastRune(text)
		at.offset = len(text) - n
	}
	r, _ := utf8.DecodeRune(text[at.offset:])
	class := classOf(r)
	from, to := at.offset, at.offset
	for from > 0 {
		r, n := utf8.DecodeLastRune(text[:from])
		if classOf(r) != class {
			break
		}
		from -= n
	}
	for to < len(text) {
		r, n := utf8.DecodeRune(text[to:])
		if classOf(r) != class {
			break
		}
		to += n
	}
	v.selected = selection{place{at.line, from}, place{at.line, to}}
}

func (v *View) selectLine(i int) {
	v.selected = selection{place{i, 0}, place{i, len(v.line(i).text)}}
}

func classOf(r rune) int {
	switch {
	case unicode.IsSpace(r):
		return 0
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '-':
		return 1
	}
	return 2
}
