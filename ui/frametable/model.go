package frametable

import "culvert/ui/ink"

// Model is the list that a Table shows. Positions are absolute: a row keeps its position while it is in the list. Rows
// leave at the front and come at the end, or at the front too, while a search goes back in time. Ids are greater than
// zero and grow with the positions. The Table calls it on the main goroutine.
type Model interface {
	// Range returns the position of the first row and the position after the last.
	Range() (first, next int64)
	// Row fills r with the row at pos, reusing r.Cells and r.Buf, and reports whether the row is there.
	Row(pos int64, r *ink.Row) bool
	// ID returns the id of the row at pos, 0 where it is gone.
	ID(pos int64) int64
	// Pos returns the position of the row id, or of the next one after it; past the last row it is next.
	Pos(id int64) int64
}

// Column describes one column of a Table.
type Column struct {
	ID    string  // names the column in Widths
	Title string  // shown in the header
	Width float32 // in Fyne units, without the gap to the next column; 0: takes the rest
	Min   float32 // the least Width it can be dragged to
	Right bool    // aligned to the right
}

// IDs is a range of row ids, both ends included.
type IDs struct{ First, Last int64 }
