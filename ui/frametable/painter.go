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
