package textview

import (
	"bytes"
	"unicode/utf8"
)

// Find selects the next occurrence of a text behind the selection, or before it if back is set, and brings it into
// view. Case is ignored. It goes around at the end, looks at no text that spans lines, and reports whether it found
// any.
func (v *View) Find(text string, back bool) bool {
	n := v.count()
	if n == 0 || text == "" {
		return false
	}
	needle := bytes.ToLower([]byte(text))
	first, last := v.selected.ordered()
	from := last
	if back {
		from = first
	}
	from.line = min(from.line, n-1)
	for k := range n + 1 { // the line it begins in comes twice: its one part and, at last, its other
		i := (from.line + k) % n
		if back {
			i = (from.line - k%n + n) % n
		}
		l := v.shown(i)
		low, high := 0, len(l)
		switch {
		case k == 0 && back:
			high = min(from.offset, high)
		case k == 0:
			low = min(from.offset, high)
		}
		at := index(l[low:high], needle, back)
		if at < 0 {
			continue
		}
		v.selected = selection{place{i, low + at}, place{i, low + at + len(needle)}}
		v.reveal(v.selected.to)
		v.redraw()
		return true
	}
	return false
}

// shown returns the text of a line in lower case, at the offsets of its text as it is shown. It is good until the next
// call.
func (v *View) shown(i int) []byte {
	v.spans = v.doc.Line(i, v.spans[:0])
	text, tabs := v.low[:0], false
	for _, s := range v.spans {
		tabs = tabs || bytes.IndexByte(s.Text, '\t') >= 0
		text = append(text, s.Text...)
	}
	v.low = text
	if tabs {
		text = flatten(v.spans).text
	}
	ascii := true
	for k, c := range text {
		ascii = ascii && c < utf8.RuneSelf
		if 'A' <= c && c <= 'Z' {
			text[k] = c | 0x20
		}
	}
	if ascii || !utf8.Valid(text) {
		return text
	}
	if low := bytes.ToLower(text); len(low) == len(text) {
		return low
	}
	return text // some letter has another length when it is small: only those of ASCII are compared
}

func index(text, needle []byte, last bool) int {
	if last {
		return bytes.LastIndex(text, needle)
	}
	return bytes.Index(text, needle)
}

// reveal scrolls as little as brings a place into view.
func (v *View) reveal(at place) {
	v.measure(0, 0)
	l := v.line(at.line)
	row := l.rowOf(min(at.offset, len(l.text)))
	v.show(anchor{line: at.line, row: row})
	if v.Wrap {
		return
	}
	x, wide := l.cell(0, at.offset)*v.page.cell, v.page.w-2*v.page.left
	if x < v.x || x > v.x+wide {
		v.x = max(0, min(x-wide/2, v.overhang()))
	}
}
