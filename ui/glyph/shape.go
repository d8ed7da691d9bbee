package glyph

import (
	"image"
	"image/color"
)

// shape is a glyph in pixels, cut close to its ink.
type shape struct {
	x, y  int // of its top left corner, seen from that of its first cell
	w, h  int
	mask  []uint8 // how much of the ink each pixel takes
	color []uint8 // of glyphs with colours of their own: premultiplied RGBA, and no mask
}

// trim cuts the ink right of the column left out of img. The pen was at that column; the shape moves by dx, dy.
func trim(img *image.NRGBA, left, dx, dy int) *shape {
	box := image.Rectangle{}
	colored := false
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		for x := left; x < img.Rect.Max.X; x++ {
			p := img.Pix[img.PixOffset(x, y):]
			if p[3] == 0 {
				continue
			}
			box = box.Union(image.Rect(x, y, x+1, y+1))
			colored = colored || p[3] > 0x3f && min(p[0], p[1], p[2]) < 0xf0
		}
	}
	s := &shape{x: box.Min.X - left + dx, y: box.Min.Y + dy, w: box.Dx(), h: box.Dy()}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if !colored {
				s.mask = append(s.mask, img.Pix[img.PixOffset(x, y)+3])
				continue
			}
			r, g, b, a := img.NRGBAAt(x, y).RGBA()
			s.color = append(s.color, uint8(r>>8), uint8(g>>8), uint8(b>>8), uint8(a>>8))
		}
	}
	return s
}

// draw draws the shape of the cell at x, y in the colour c over what is there, which is opaque. clip lies within dst.
func (s *shape) draw(dst *image.RGBA, x, y int, clip image.Rectangle, c color.NRGBA) {
	x += s.x
	y += s.y
	r := image.Rect(x, y, x+s.w, y+s.h).Intersect(clip)
	if r.Empty() {
		return
	}
	for row := r.Min.Y; row < r.Max.Y; row++ {
		out := dst.Pix[dst.PixOffset(r.Min.X, row):]
		out = out[:4*r.Dx()]
		at := (row-y)*s.w + r.Min.X - x
		if s.color != nil {
			overlay(out, s.color[4*at:4*(at+r.Dx())], c.A)
		} else {
			blend(out, s.mask[at:at+r.Dx()], c)
		}
	}
}

// blend mixes c into the opaque pixels of dst as the mask tells.
func blend(dst, mask []uint8, c color.NRGBA) {
	r, g, b := uint32(c.R), uint32(c.G), uint32(c.B)
	for _, m := range mask {
		p := dst[:4:4]
		dst = dst[4:]
		switch {
		case m == 0:
		case m == 0xff && c.A == 0xff:
			p[0], p[1], p[2] = c.R, c.G, c.B
		default:
			a := uint32(m)
			if c.A != 0xff {
				a = a * uint32(c.A) / 0xff
			}
			n := 0xff - a
			p[0] = uint8((uint32(p[0])*n + r*a + 0x7f) / 0xff)
			p[1] = uint8((uint32(p[1])*n + g*a + 0x7f) / 0xff)
			p[2] = uint8((uint32(p[2])*n + b*a + 0x7f) / 0xff)
		}
	}
}

// overlay draws premultiplied pixels, weakened by the opacity a, over the opaque pixels of dst.
func overlay(dst, src []uint8, a uint8) {
	w := uint32(a)
	for i := 0; i+3 < len(src); i += 4 {
		n := 0xff - uint32(src[i+3])*w/0xff
		for j := range 3 {
			dst[i+j] = uint8(min(0xff, uint32(src[i+j])*w/0xff+uint32(dst[i+j])*n/0xff))
		}
	}
}
