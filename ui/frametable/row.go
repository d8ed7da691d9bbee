package frametable

import (
	"image"
	"image/color"
	"slices"

	"culvert/ui/ink"
)

// tintStrength is the part out of 255 that the ink of a row's background has in it.
const tintStrength = 0x18

// rowState is what a row shows beside its cells.
type rowState uint8

const (
	isSelected rowState = 1 << iota
	isCurrent
	isHovered
	isMarked
	isFramed // the current row of a table that has the focus, where the selection does not tell it
	isGone
)

// read reads the row at pos into p.row. The hash is of all that is drawn of it.
func (t *Table) read(pos int64) (id int64, state rowState, hash uint64) {
	p := &t.painter
	id = t.model.ID(pos)
	p.row.Cells = p.row.Cells[:0]
	p.row.Back = ink.None
	if id == 0 || !t.model.Row(pos, &p.row) {
		return 0, isGone, 1
	}
	if t.selected.has(id) {
		state |= isSelected
	}
	if id == t.current {
		state |= isCurrent
		if t.focused && !t.selected.only(id) {
			state |= isFramed
		}
	}
	if at, ok := t.scroll.at(t.pointer); ok && at == pos {
		state |= isHovered
	}
	if _, ok := slices.BinarySearch(t.marks, id); ok {
		state |= isMarked
	}
	return id, state, p.sum(state) | 2 // neither 0 nor that of a row that is gone
}

// sum is the hash of the row that was read.
func (p *painter) sum(state rowState) uint64 {
	h := &p.hash
	h.Reset()
	_ = h.WriteByte(byte(state))
	_, _ = h.WriteString(string(p.row.Back))
	for i := range p.row.Cells {
		_ = h.WriteByte(0)
		_, _ = h.WriteString(string(p.row.Cells[i].Ink))
		_ = h.WriteByte(0)
		_, _ = h.Write(p.row.Cells[i].Text)
	}
	return h.Sum64()
}

// drawRow draws the row that was read at y.
func (t *Table) drawRow(y int, state rowState) {
	p := &t.painter
	height := int(t.scroll.row)
	area := image.Rect(0, y, p.img.Rect.Dx(), y+height).Intersect(p.img.Rect)
	p.fill(area, p.background(state))
	if state&isGone != 0 {
		return
	}
	_, cellH := p.face.Cell()
	textY := y + (height-cellH)/2
	for i := range min(len(p.row.Cells), len(t.columns.spans)) {
		p.drawCell(&p.row.Cells[i], t.columns.spans[i], t.columns.list[i].Right, textY, area)
	}
	accent := p.color(ink.Accent, "")
	if state&isCurrent != 0 && state&isSelected != 0 {
		p.fill(image.Rect(0, y, p.pixels(2), y+height).Intersect(area), accent)
	}
	if state&isMarked != 0 {
		p.face.Draw(p.img, p.pixels(5), textY, area, mark, accent)
	}
	if state&isFramed != 0 {
		p.frame(image.Rect(0, y, p.img.Rect.Dx(), y+height), max(1, p.pixels(1)), area, accent)
	}
}

var (
	mark     = []byte("◆")
	ellipsis = []byte("…")
)

func (p *painter) drawCell(c *ink.Cell, s span, right bool, y int, area image.Rectangle) {
	if len(c.Text) == 0 {
		return
	}
	x, end := p.pixels(s.x), p.pixels(s.x+s.w)
	area = area.Intersect(image.Rect(x, area.Min.Y, end, area.Max.Y))
	if area.Empty() {
		return
	}
	fg := p.color(c.Ink, ink.Text)
	text := c.Text
	if n := p.face.Cut(text, end-x); n < len(text) {
		cellW, _ := p.face.Cell()
		text = text[:p.face.Cut(text, end-x-cellW)]
		p.face.Draw(p.img, x+p.face.Draw(p.img, x, y, area, text, fg), y, area, ellipsis, fg)
		return
	}
	if right {
		x = end - p.face.Width(text)
	}
	p.face.Draw(p.img, x, y, area, text, fg)
}

// background is the colour under a row.
func (p *painter) background(state rowState) color.NRGBA {
	if state&isSelected != 0 {
		return p.color(ink.Selection, "")
	}
	c := p.color(ink.Background, "")
	if state&isHovered != 0 {
		c = p.color(ink.Hover, "")
	}
	switch p.row.Back {
	case ink.None:
		return c
	case ink.Panel, ink.Sidebar, ink.Hover, ink.Selection:
		return p.color(p.row.Back, "")
	}
	return mix(c, p.color(p.row.Back, ""), tintStrength)
}

// mix returns a with part of b out of 255 in it.
func mix(a, b color.NRGBA, part int) color.NRGBA {
	m := func(a, b uint8) uint8 { return uint8((int(a)*(255-part) + int(b)*part) / 255) }
	return color.NRGBA{R: m(a.R, b.R), G: m(a.G, b.G), B: m(a.B, b.B), A: 0xff}
}

// fill fills a part of the picture.
func (p *painter) fill(r image.Rectangle, c color.NRGBA) {
	if r.Empty() {
		return
	}
	n := 4 * r.Dx()
	line := p.img.Pix[p.img.PixOffset(r.Min.X, r.Min.Y):][:n]
	copy(line, []uint8{c.R, c.G, c.B, 0xff})
	for done := 4; done < n; done *= 2 {
		copy(line[done:], line[:done])
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		copy(p.img.Pix[p.img.PixOffset(r.Min.X, y):][:n], line)
	}
}

// frame draws the border of r that lies within clip.
func (p *painter) frame(r image.Rectangle, width int, clip image.Rectangle, c color.NRGBA) {
	for _, side := range [...]image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+width)},
		{image.Pt(r.Min.X, r.Max.Y-width), r.Max},
		{r.Min, image.Pt(r.Min.X+width, r.Max.Y)},
		{image.Pt(r.Max.X-width, r.Min.Y), r.Max},
	} {
		p.fill(side.Intersect(clip), c)
	}
}
