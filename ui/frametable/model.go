package frametable

import "culvert/ui/ink"

// Model is the list that a Table shows. Positions are absolute: a row keeps its position while it is in the list. Rows
// leave at the front and come at the end, or at the front too, while a search goes back in time. Ids are greater than
// zero and grow with the positions. The Table calls it on the main goroutine.
type Model interface {
	// Range returns the position of the first row and the position after the last.
	Range() (first, next int64)
	// Row fills r with the row at pos, reusing r.Cells and r.Buf, and reports whether the row is there. The text may be
	// anything. A Back that is the colour of text, such as ink.Error, gives the row a tint of it.
	Row(pos int64, r *ink.Row) bool
	// ID returns the id of the row at pos, 0 where it is gone.
	ID(pos int64) int64
	// Pos returns the position of the row id, or of the next one after it; past the last row it is next.
	Pos(id int64) int64
}

// none is the model of a table that has none.
type none struct{}

func (none) Range() (first, next int64) { return 0, 0 }
func (none) Row(int64, *ink.Row) bool   { return false }
func (none) ID(int64) int64             { return 0 }
func (none) Pos(int64) int64            { return 0 }
