package textview

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"culvert/ui/glyph"
)

// Measures in Fyne units.
const (
	textSize = 12
	pitch    = 19 // from row to row
	inset    = 16 // left of the text and right of it
	margin   = 8  // above the text and below it
	barWidth = 12 // where the mouse takes hold of a scrollbar
	barInk   = 6  // what is drawn of it
	minThumb = 24
)

// minColumns is enough for the widest that a glyph.Face makes of one rune.
const minColumns = 16

// page is the geometry of a view in pixels.
type page struct {
	w, h    int
	scale   float32 // pixels a unit
	pitch   int
	cell    int // width
	left    int // of the text
	top     int
	columns int // that fit into the width
}

// px returns a length in pixels.
func (p page) px(units float32) int { return int(math.Round(float64(units * p.scale))) }

// measure brings the page up to date: for a raster of w × h pixels or, where they are 0, for what it will be.
func (v *View) measure(w, h int) {
	size := v.Size()
	scale := float32(1)
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		scale = c.Scale()
	}
	if w > 0 && size.Width > 0 { // textures may be finer than the canvas
		if real := float32(w) / size.Width; real < scale*0.95 || real > scale*1.05 {
			scale = float32(math.Round(float64(real)*100) / 100)
		}
	} else if v.page.scale > 0 && v.page.w > 0 {
		scale = v.page.scale
	}
	old := v.page
	v.page = page{w: w, h: h, scale: scale}
	p := &v.page
	if w == 0 {
		p.w, p.h = p.px(size.Width), p.px(size.Height)
	}
	font := theme.Current().Font(fyne.TextStyle{Monospace: true})
	if v.face == nil || font != v.font || scale != old.scale {
		v.face, v.font = glyph.NewFace(textSize, scale), font
	}
	p.cell, _ = v.face.Cell()
	p.pitch, p.left, p.top = p.px(pitch), p.px(inset), p.px(margin)
	p.columns = max(minColumns, (p.w-2*p.left)/p.cell)
	if old.cell != p.cell || v.Wrap && old.columns != p.columns {
		v.lines.clear()
		v.top.px = 0
		if old.cell > 0 {
			v.x = v.x / old.cell * p.cell
		}
	}
}

// textHeight returns the height of what rows are seen in: a scrollbar below covers none.
func (v *View) textHeight() int {
	below := v.page.top
	if v.overhang() > 0 {
		below = max(below, v.page.px(barWidth))
	}
	return max(v.page.pitch, v.page.h-v.page.top-below)
}
