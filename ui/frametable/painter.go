package frametable

import (
	"hash/maphash"
	"image"
	"image/color"
	"math"
	"slices"

	"fyne.io/fyne/v2"

	"culvert/ui/glyph"
	"culvert/ui/ink"
	"culvert/ui/look"
)

// tintStrength is the part out of 255 that the ink of a row's background has in it.
const tintStrength = 0x24

// newGlyphs bounds the glyphs that are made for one picture, so that a screen of Chinese does not hold up the window.
const newGlyphs = 16

// painter keeps the picture of the rows in view, and what each row in it shows.
type painter struct {
	img   *image.RGBA
	face  *glyph.Face
	font  fyne.Resource // of face
	scale float32       // pixels a unit

	from  int64  // position of slots[0]
	slots []slot // the rows that img shows
	spare []slot // the slots of the picture before
	top   int64  // of the view that img shows
	late  bool   // img lacks glyphs
	stale bool   // img shows a list that is gone

	hash   maphash.Hash
	row    ink.Row
	colors map[ink.Ink]color.NRGBA
}

// slot is a row as it was drawn.
type slot struct {
	id    int64
	hash  uint64 // of what it shows; 0: nothing yet
	whole bool   // no part was cut off
}

func (p *painter) init() {
	p.scale = 1
	p.colors = make(map[ink.Ink]color.NRGBA)
}

// forget makes the next picture a new one.
func (p *painter) forget() {
	for i := range p.slots {
		p.slots[i].hash = 0
	}
}

// restyle takes in a new theme.
func (p *painter) restyle() {
	clear(p.colors)
	p.forget()
}

// color returns the colour of an ink, without asking the theme each time.
func (p *painter) color(i, otherwise ink.Ink) color.NRGBA {
	if i == ink.None {
		i = otherwise
	}
	c, ok := p.colors[i]
	if !ok {
		c = look.NRGBA(i)
		p.colors[i] = c
	}
	return c
}

// generate returns the picture of the view in that many pixels.
func (t *Table) generate(w, h int) image.Image {
	if w <= 0 || h <= 0 {
		return image.NewRGBA(image.Rect(0, 0, max(w, 0), max(h, 0)))
	}
	t.fit(w, h)
	t.paint()
	return t.painter.img
}

// fit takes in the size of the picture in pixels.
func (t *Table) fit(w, h int) {
	p := &t.painter
	scale := scaleOf(w, h, t.raster.Size())
	font := fyne.CurrentApp().Settings().Theme().Font(fyne.TextStyle{Monospace: true})
	if p.face == nil || scale != p.scale || font != p.font {
		p.face, p.scale, p.font = glyph.NewFace(textSize, scale), scale, font
		p.forget()
	}
	if p.img == nil || p.img.Rect.Dx() != w || p.img.Rect.Dy() != h {
		p.img = image.NewRGBA(image.Rect(0, 0, w, h))
		p.slots = p.slots[:0]
	}
	row := int64(max(1, p.pixels(rowHeight)))
	if row != t.scroll.row || int64(h) != t.scroll.height {
		t.scroll.resize(row, int64(h))
		if t.follow.on {
			t.scroll.toEnd()
		}
	}
}

// scaleOf returns the pixels a unit, rounded so that sizes that are cut to whole pixels do not change it.
func scaleOf(w, h int, size fyne.Size) float32 {
	s := float64(w) / float64(size.Width)
	if size.Height > size.Width {
		s = float64(h) / float64(size.Height)
	}
	return float32(max(1, math.Round(s*20)) / 20)
}

func (p *painter) pixels(units float32) int { return int(math.Round(float64(units * p.scale))) }

// paint brings the picture up to date.
func (t *Table) paint() {
	p := &t.painter
	from, to := t.scroll.visible()
	p.turn(from, int(to-from), t.scroll.top, int(t.scroll.row))
	p.late, p.stale = false, false
	p.face.Allow(newGlyphs)
	for pos := from; pos < to; pos++ {
		s := &p.slots[pos-from]
		y := t.scroll.y(pos)
		s.whole = y >= 0 && y+int(t.scroll.row) <= p.img.Rect.Dy()
		id, state, hash := t.read(pos)
		if s.hash == hash {
			continue
		}
		s.id, s.hash = id, hash
		t.drawRow(y, state)
		if p.face.Late() { // it and what follows is drawn again in the next picture
			s.hash, p.late = 0, true
			p.face.Allow(0)
		}
	}
	if rest := t.scroll.y(to); rest < p.img.Rect.Dy() {
		p.fill(image.Rect(0, max(0, rest), p.img.Rect.Dx(), p.img.Rect.Dy()), p.color(ink.Background, ""))
	}
}

// turn makes the slots those of n rows from the position from, and moves the pixels of the rows that stay.
func (p *painter) turn(from int64, n int, top int64, row int) {
	next := slices.Grow(p.spare[:0], n)[:n]
	clear(next)
	height := int64(p.img.Rect.Dy())
	if d := top - p.top; d > -height && d < height && len(p.slots) > 0 {
		p.shift(int(d))
		for i := range p.slots {
			if at := p.from + int64(i) - from; at >= 0 && at < int64(n) && (d == 0 || p.slots[i].whole) {
				next[at] = p.slots[i]
			}
		}
	}
	p.slots, p.spare = next, p.slots
	p.from, p.top = from, top
}

// shift moves the picture up by d pixels; what comes in is left as it was.
func (p *painter) shift(d int) {
	switch by := d * p.img.Stride; {
	case by > 0:
		copy(p.img.Pix, p.img.Pix[by:])
	case by < 0:
		copy(p.img.Pix[-by:], p.img.Pix)
	}
}

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

// outdated reports whether the picture of a row in view is not what the model has.
func (t *Table) outdated() bool {
	p := &t.painter
	from, to := t.scroll.visible()
	if p.img == nil || from != p.from || int(to-from) != len(p.slots) {
		return p.img != nil
	}
	for i := range p.slots {
		if _, _, hash := t.read(from + int64(i)); hash != p.slots[i].hash {
			return true
		}
	}
	return false
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
