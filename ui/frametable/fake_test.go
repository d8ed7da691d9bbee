package frametable

import (
	"fmt"
	"strconv"

	"culvert/ui/ink"
)

// list is a Model of the rows from first to next, whose id is position - shift, or of some ids among them.
type list struct {
	first, next int64
	shift       int64
	texts       []string // of the preview, taken in turn
	backs       []ink.Ink
	reads       int
}

func (l *list) Range() (first, next int64) { return l.first, l.next }

func (l *list) ID(pos int64) int64 {
	if pos < l.first || pos >= l.next {
		return 0
	}
	return pos - l.shift
}

func (l *list) Pos(id int64) int64 { return min(max(id+l.shift, l.first), l.next) }

func (l *list) Row(pos int64, r *ink.Row) bool {
	l.reads++
	if l.ID(pos) == 0 {
		return false
	}
	id := l.ID(pos)
	b := r.Buf[:0]
	cell := func(i ink.Ink, add func(b []byte) []byte) {
		from := len(b)
		b = add(b)
		r.Cells = append(r.Cells, ink.Cell{Text: b[from:], Ink: i})
	}
	text := func(i ink.Ink, s string) { cell(i, func(b []byte) []byte { return append(b, s...) }) }
	cell(ink.Faint, func(b []byte) []byte { return strconv.AppendInt(b, id, 10) })
	if id%3 == 0 {
		text(ink.Sent, "↑")
	} else {
		text(ink.Received, "↓")
	}
	cell(ink.Text, func(b []byte) []byte {
		b = append(b, "14:03:"...)
		b = append(b, byte('0'+id/10%6), byte('0'+id%10), '.')
		return strconv.AppendInt(b, 100+id%900, 10)
	})
	text(ink.Dim, "+0.017")
	text(ink.Text, "text")
	text(ink.Text, "MESSAGE")
	cell(ink.Dim, func(b []byte) []byte {
		b = strconv.AppendInt(b, 10+id%900, 10)
		b = append(b, " → "...)
		b = strconv.AppendInt(b, 20+id%1900, 10)
		return append(b, " B"...)
	})
	if len(l.backs) > 0 {
		r.Back = l.backs[id%int64(len(l.backs))]
	}
	preview := `{"type":"say","room":42,"text":"hello there, this is text","reply_to":1881,"seq":`
	if len(l.texts) > 0 {
		preview = l.texts[id%int64(len(l.texts))]
	}
	cell(ink.Text, func(b []byte) []byte { return strconv.AppendInt(append(b, preview...), id, 10) })
	text(ink.Dim, "⇊")
	r.Buf = b
	return true
}

// picked is a Model of some ids, as a filter leaves them.
type picked struct {
	list
	ids []int64
}

func (p *picked) Range() (first, next int64) { return p.first, p.first + int64(len(p.ids)) }

func (p *picked) ID(pos int64) int64 {
	if i := pos - p.first; i >= 0 && i < int64(len(p.ids)) {
		return p.ids[i]
	}
	return 0
}

func (p *picked) Pos(id int64) int64 {
	for i, is := range p.ids {
		if is >= id {
			return p.first + int64(i)
		}
	}
	return p.first + int64(len(p.ids))
}

func (p *picked) Row(pos int64, r *ink.Row) bool {
	id := p.ID(pos)
	whole := list{next: id + 1}
	return id != 0 && whole.Row(id, r)
}

// frames are the columns of the picture.
func frames() []Column {
	return []Column{
		{ID: "number", Title: "#", Width: 38, Right: true},
		{ID: "direction", Width: 10},
		{ID: "time", Title: "Time", Width: 86},
		{ID: "delta", Title: "Δ s", Width: 52, Right: true},
		{ID: "type", Title: "Type", Width: 36},
		{ID: "name", Title: "Name", Width: 88, Min: 30},
		{ID: "size", Title: "Wire → payload", Width: 98, Right: true, Min: 40},
		{ID: "preview", Title: "Preview", Min: 120},
		{ID: "flags", Title: "Flags", Width: 68},
	}
}

func unseen(n int64) string { return fmt.Sprintf("↓ %d new", n) }
