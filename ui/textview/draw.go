package textview

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"culvert/ui/ink"
	"culvert/ui/look"
)

// draw is the raster's generator.
func (v *View) draw(w, h int) image.Image {
	if v.img == nil || v.img.Rect.Dx() != w || v.img.Rect.Dy() != h {
		v.img = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	fill(v.img, v.img.Rect, look.NRGBA(ink.Background))
	if w == 0 || h == 0 {
		return v.img
	}
	v.measure(w, h)
	v.top = v.clamp(v.top)
	v.drawRows()
	v.x = min(v.x, v.overhang())
	v.drawBars()
	if v.focused {
		v.drawFocus()
	}
	return v.img
}

func (v *View) drawRows() {
	line, row, y := v.top.line, v.top.row, v.page.top-v.top.px
	for line < v.count() && y < v.page.h {
		v.drawRow(line, row, y)
		y += v.page.pitch
		if row++; row >= v.rows(line) {
			line, row = line+1, 0
		}
	}
}

func (v *View) drawRow(i, row, y int) {
	p := v.page
	l := v.line(i)
	clip := image.Rect(0, max(y, 0), p.w, min(y+p.pitch, p.h))
	if v.focused && v.folds() && i == v.caret {
		fill(v.img, clip, look.NRGBA(ink.Hover))
	}
	if from, to, ok := v.selectedCells(i, row, l); ok {
		left := p.left - v.x
		fill(v.img, image.Rect(left+from*p.cell, y, left+to*p.cell, y+p.pitch).Intersect(clip), selectionColor())
	}
	_, cellHeight := v.face.Cell()
	textY := y + (p.pitch-cellHeight)/2
	first, last := l.row(row)
	from := l.offset(row, max(0, v.x-p.left)/p.cell)
	x := p.left - v.x + l.cell(row, from)*p.cell
	for _, r := range l.runs {
		end := min(r.end, last)
		if end <= from || end <= first {
			continue
		}
		if x >= p.w {
			break
		}
		face := v.face
		if r.bold {
			face = face.Bold()
		}
		c := look.NRGBA(ink.Text)
		if r.ink != ink.None {
			c = look.NRGBA(r.ink)
		}
		x += face.Draw(v.img, x, textY, clip, l.text[from:end], c)
		from = end
	}
}

// selectionColor is stronger than that of a selected row, which covers more.
func selectionColor() color.NRGBA {
	return mix(look.NRGBA(ink.Selection), look.NRGBA(ink.Accent), 0x30)
}

// mix returns a with b over it at an opacity of share out of 255.
func mix(a, b color.NRGBA, share int) color.NRGBA {
	blend := func(a, b uint8) uint8 { return uint8((int(a)*(255-share) + int(b)*share) / 255) }
	return color.NRGBA{R: blend(a.R, b.R), G: blend(a.G, b.G), B: blend(a.B, b.B), A: 0xff}
}

func (v *View) drawBars() {
	p := v.page
	gap, wide := p.px((barWidth-barInk)/2), p.px(barInk)
	c := mix(look.NRGBA(ink.Background), look.NRGBA(ink.Dim), 0x60)
	held := mix(look.NRGBA(ink.Background), look.NRGBA(ink.Dim), 0xb0)
	pick := func(b bar) color.NRGBA {
		if v.mouse.bar == b {
			return held
		}
		return c
	}
	if t, ok := v.vertical(); ok {
		pill(v.img, image.Rect(p.w-gap-wide, t.at+gap, p.w-gap, t.at+t.size-gap), pick(verticalBar))
	}
	if t, ok := v.horizontal(); ok {
		pill(v.img, image.Rect(t.at+gap, p.h-gap-wide, t.at+t.size-gap, p.h-gap), pick(horizontalBar))
	}
}

// drawFocus draws a line of the accent along the left edge.
func (v *View) drawFocus() {
	fill(v.img, image.Rect(0, 0, max(1, v.page.px(2)), v.page.h), look.NRGBA(ink.Accent))
}

func fill(dst *image.RGBA, r image.Rectangle, c color.NRGBA) {
	draw.Draw(dst, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// pill fills a rectangle with round ends.
func pill(dst *image.RGBA, r image.Rectangle, c color.NRGBA) {
	radius := float64(min(r.Dx(), r.Dy())) / 2
	for y := r.Min.Y; y < r.Max.Y; y++ {
		edge := math.Min(float64(y-r.Min.Y), float64(r.Max.Y-1-y)) + 0.5
		in := 0
		if d := radius - edge; d > 0 {
			in = int(math.Round(radius - math.Sqrt(radius*radius-d*d)))
		}
		fill(dst, image.Rect(r.Min.X+in, y, r.Max.X-in, y+1), c)
	}
}
