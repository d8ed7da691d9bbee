package textview

import "math"

// anchor is a place to scroll to: a row of a line, and how many pixels of it are above the edge.
type anchor struct {
	line, row, px int
}

func (a anchor) less(b anchor) bool {
	switch {
	case a.line != b.line:
		return a.line < b.line
	case a.row != b.row:
		return a.row < b.row
	}
	return a.px < b.px
}

// rows returns the number of rows of a line. Without Wrap it looks at none.
func (v *View) rows(i int) int {
	if !v.Wrap {
		return 1
	}
	return len(v.line(i).rows)
}

// move returns the place dy pixels below a, or above it; within the document.
func (v *View) move(a anchor, dy int) anchor {
	if v.count() == 0 {
		return anchor{}
	}
	dy += a.px
	k := dy / v.page.pitch
	if a.px = dy % v.page.pitch; a.px < 0 {
		a.px += v.page.pitch
		k--
	}
	a.line, a.row = v.step(a.line, a.row, k)
	switch {
	case a.line < 0:
		return anchor{}
	case a.line >= v.count():
		last := v.count() - 1
		return anchor{line: last, row: v.rows(last) - 1}
	}
	return a
}

// step goes k rows down, or up. The line is -1 above the first, and Lines() below the last.
func (v *View) step(line, row, k int) (int, int) {
	if !v.Wrap {
		return max(-1, min(line+k, v.count())), 0
	}
	for ; k < 0; k++ {
		if row--; row < 0 {
			if line--; line < 0 {
				return -1, 0
			}
			row = v.rows(line) - 1
		}
	}
	for ; k > 0; k-- {
		if row++; row >= v.rows(line) {
			if line++; line >= v.count() {
				return v.count(), 0
			}
			row = 0
		}
	}
	return line, row
}

// bottom returns the place at which the end of the document is seen, and nothing below it.
func (v *View) bottom() anchor {
	if v.count() == 0 {
		return anchor{}
	}
	last := v.count() - 1
	return v.move(anchor{line: last, row: v.rows(last) - 1}, v.page.pitch-v.textHeight())
}

// clamp returns a or, where that is out of the document, the nearest place.
func (v *View) clamp(a anchor) anchor {
	if v.count() == 0 || a.line < 0 {
		return anchor{}
	}
	if bottom := v.bottom(); a.line >= v.count() || bottom.less(a) {
		return bottom
	}
	a.row = min(a.row, v.rows(a.line)-1)
	return a
}

// scroll moves what is seen by pixels.
func (v *View) scroll(dx, dy int) {
	top, x := v.top, v.x
	if dy != 0 {
		v.top = v.clamp(v.move(v.top, dy))
	}
	v.x = max(0, min(v.x+dx, v.overhang()))
	if v.top != top || v.x != x {
		v.redraw()
	}
}

// show scrolls as little as brings a row into view.
func (v *View) show(a anchor) {
	a.px = 0
	if a.less(v.top) {
		v.top = a
	} else if least := v.move(a, v.page.pitch-v.textHeight()); v.top.less(least) {
		v.top = least
	}
	v.top = v.clamp(v.top)
}

// overhang returns by how many pixels the widest line seen is wider than the view.
func (v *View) overhang() int {
	if v.Wrap {
		return 0
	}
	return max(0, v.widest*v.page.cell-(v.page.w-2*v.page.left))
}

// thumb is the part of a scrollbar that the mouse drags, in pixels along it.
type thumb struct {
	at, size, track int
}

// position returns a as a number of lines, with a fraction.
func (v *View) position(a anchor) float64 {
	rows := 1
	if v.Wrap && v.count() > 0 {
		rows = v.rows(a.line)
	}
	return float64(a.line) + (float64(a.row)+float64(a.px)/float64(v.page.pitch))/float64(rows)
}

// place is the inverse of position.
func (v *View) place(position float64) anchor {
	line := max(0, min(int(position), v.count()-1))
	if v.count() == 0 {
		return anchor{}
	}
	row, part := math.Modf((position - float64(line)) * float64(v.rows(line)))
	return v.clamp(anchor{line: line, row: int(row), px: int(part * float64(v.page.pitch))})
}

// vertical returns the thumb of the scrollbar at the right edge; ok is false if everything is seen.
func (v *View) vertical() (t thumb, ok bool) {
	end := v.position(v.bottom())
	if end <= 0 {
		return t, false
	}
	t.track = v.page.h
	t.size = thumbSize(v.page, t.track, 1-end/float64(v.count()))
	t.at = int(float64(t.track-t.size) * min(1, v.position(v.top)/end))
	return t, true
}

// horizontal returns the thumb of the scrollbar at the lower edge.
func (v *View) horizontal() (t thumb, ok bool) {
	over := v.overhang()
	if over == 0 {
		return t, false
	}
	t.track = v.page.w
	t.size = thumbSize(v.page, t.track, float64(t.track)/float64(t.track+over))
	t.at = int(float64(t.track-t.size) * min(1, float64(v.x)/float64(over)))
	return t, true
}

func thumbSize(p page, track int, part float64) int {
	return min(track, max(p.px(minThumb), int(float64(track)*part)))
}

// dragVertical scrolls to where the thumb begins at a pixel of its track.
func (v *View) dragVertical(at int) {
	if t, ok := v.vertical(); ok && t.track > t.size {
		part := max(0, min(1, float64(at)/float64(t.track-t.size)))
		v.top = v.place(part * v.position(v.bottom()))
		v.redraw()
	}
}

func (v *View) dragHorizontal(at int) {
	if t, ok := v.horizontal(); ok && t.track > t.size {
		part := max(0, min(1, float64(at)/float64(t.track-t.size)))
		v.x = int(part * float64(v.overhang()))
		v.redraw()
	}
}
