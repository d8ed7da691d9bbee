package look

import (
	"math"

	"golang.org/x/image/vector"
)

// stroke adds the line from a to b to a path as an area r wide to each side, with square ends so that lines that follow
// each other leave no notch.
func stroke(p *vector.Rasterizer, ax, ay, bx, by, r float32) {
	dx, dy := bx-ax, by-ay
	l := float32(math.Hypot(float64(dx), float64(dy)))
	if l == 0 {
		return
	}
	dx, dy = dx/l*r, dy/l*r
	ax, ay, bx, by = ax-dx/2, ay-dy/2, bx+dx/2, by+dy/2
	p.MoveTo(ax-dy, ay+dx)
	p.LineTo(bx-dy, by+dx)
	p.LineTo(bx+dy, by-dx)
	p.LineTo(ax+dy, ay-dx)
	p.ClosePath()
}
