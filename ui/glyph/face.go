// Package glyph draws monospace text into pixels: every rune takes one cell of the grid, a wide one two. What could
// mislead a reader, such as control characters and invisible ones, is drawn so that it can be seen.
package glyph

import (
	"image"
	"image/color"
	"math"
	"unicode/utf8"
)

// maxShapes bounds the glyphs that a Face keeps, beside ASCII. At a size of 12 and two pixels a unit that is 4 MB.
const maxShapes = 4096

// Face is the monospace face of the theme at one size and scale. A new theme or scale needs a new Face. A Face belongs
// to the main goroutine.
type Face struct {
	size, scale  float32
	cellW, cellH int
	stencil      *stencil
	ascii        [utf8.RuneSelf]*shape
	others       shapes
	bold         *Face

	bounded bool
	allowed int // new shapes, where bounded
	late    bool
}

// NewFace returns the current theme's monospace face. The size is in Fyne units, the scale in pixels a unit.
func NewFace(size, scale float32) *Face {
	f := &Face{size: size, scale: scale, stencil: newStencil(size, scale)}
	f.cellW, f.cellH = f.stencil.cell()
	f.others.max = maxShapes
	return f
}

// Bold returns the bold face, whose cells have the size of f's.
func (f *Face) Bold() *Face {
	if f.bold == nil {
		f.bold = NewFace(f.size, f.scale)
		f.bold.stencil.bold = true
		f.bold.bold = f.bold
	}
	return f.bold
}

// Cell returns the size of a cell in pixels.
func (f *Face) Cell() (w, h int) { return f.cellW, f.cellH }

// Allow bounds the glyphs that Draw makes anew from now on, beside ASCII: each takes a tenth of a millisecond or more, and
// a screen may need hundreds. What would need more of them is left blank.
func (f *Face) Allow(n int) { f.bounded, f.allowed, f.late = true, n, false }

// Late reports whether Draw has left something blank since the last call of Allow.
func (f *Face) Late() bool { return f.late }

// Draw draws the text with the top left corner of its first cell at x, y, and leaves what is outside clip as it is. It
// stops at the right edge of clip, and returns the width in pixels of what it has gone through. The text may be
// anything: control and invisible characters are shown as escapes, half as strong as the rest, and invalid UTF-8 as
// U+FFFD.
func (f *Face) Draw(dst *image.RGBA, x, y int, clip image.Rectangle, text []byte, c color.NRGBA) (advance int) {
	clip = clip.Intersect(dst.Rect)
	start := x
	for len(text) > 0 && x < clip.Max.X {
		k := next(text)
		switch {
		case x+k.cells*f.cellW <= clip.Min.X:
			x += k.cells * f.cellW
		case k.kind == escape:
			var buf [maxEscape]byte
			for _, b := range appendEscape(buf[:0], k.r) {
				f.asciiShape(b).draw(dst, x, y, clip, faint(c))
				x += f.cellW
			}
		default:
			f.shape(text, k).draw(dst, x, y, clip, c)
			x += k.cells * f.cellW
		}
		text = text[k.n:]
	}
	return x - start
}

// Width returns the width of the text in pixels.
func (f *Face) Width(text []byte) int { return Cells(text) * f.cellW }

// Cells returns the number of cells that the text takes.
func Cells(text []byte) int {
	cells := 0
	for len(text) > 0 {
		k := next(text)
		cells += k.cells
		text = text[k.n:]
	}
	return cells
}

// Cut returns the number of bytes of text that fit into width pixels. It does not look at the text beyond them.
func (f *Face) Cut(text []byte, width int) (n int) {
	return CutCells(text, width/f.cellW)
}

// CutCells returns the number of bytes of text that fit into the cells.
func CutCells(text []byte, cells int) (n int) {
	for n < len(text) {
		k := next(text[n:])
		if cells -= k.cells; cells < 0 {
			break
		}
		n += k.n
	}
	return n
}

// shape returns the glyph of the cluster k at the start of text.
func (f *Face) shape(text []byte, k cluster) *shape {
	if k.kind == plain && k.n == 1 {
		return f.asciiShape(text[0])
	}
	var buf [maxCluster]byte
	key := k.appendKey(buf[:0], text)
	if s := f.others.get(key); s != nil {
		return s
	}
	if f.bounded && f.allowed == 0 {
		f.late = true
		return &blank
	}
	f.allowed--
	s := f.stencil.cut(string(key), k.cells, f.cellW)
	f.others.put(string(key), s)
	return s
}

func (f *Face) asciiShape(b byte) *shape {
	s := f.ascii[b]
	if s == nil {
		s = f.stencil.cut(string(rune(b)), 1, f.cellW)
		f.ascii[b] = s
	}
	return s
}

// blank stands for a shape that was not made.
var blank shape

// faint is c, half as strong.
func faint(c color.NRGBA) color.NRGBA {
	c.A /= 2
	return c
}

func round(v float32) int { return int(math.Round(float64(v))) }
