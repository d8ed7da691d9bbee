package frames

import (
	"time"

	"culvert/tunnel/capture"
	"culvert/ui/ink"
)

// The columns of a [List], in the order of a row's cells.
const (
	ColumnNumber = iota
	ColumnDirection
	ColumnTime
	ColumnDelta
	ColumnType
	ColumnName
	ColumnSize
	ColumnPreview
	ColumnFlags
	Columns // how many there are
)

// Chip is one of the filters that a click sets.
type Chip uint8

// The chips.
const (
	All Chip = iota
	Sent
	Received
	Text
	Binary
	Control
	Problems
)

// List is the rows of one project's capture as the table of frames shows them. A row has the same position as long as
// it is in the list; Generation tells when that was not so.
type List struct{ log Capture }

// NewList returns a list of all that log holds. Close it after use.
func NewList(log Capture, o Options) *List { return &List{log: log} }

// Close ends the list's goroutines.
func (l *List) Close() {}

// SetQuery sets the query, in the language of [capture.ParseQuery]. With an error the list stays as it was. notes tell
// what of the query was not taken as it may have been meant.
func (l *List) SetQuery(text string) (notes []string, err error) { return nil, nil }

// SetChip sets the chip, which a row must match as well as the query.
func (l *List) SetChip(c Chip) {}

// Query returns the query and the chip as one, for an export of what the list shows.
func (l *List) Query() *capture.Query { return nil }

// SetFolded folds heartbeats: pings and pongs in a row become one row.
func (l *List) SetFolded(on bool) {}

// SetFrozen lets the list end where it ends now. The capture goes on, and its oldest rows go as they do.
func (l *List) SetFrozen(on bool) {}

// Frozen reports whether the list is frozen.
func (l *List) Frozen() bool { return false }

// Update takes over what has come and what the search has found since the last call, and reports whether anything may
// look different now. It is cheap, and called by the ticker.
func (l *List) Update() (changed bool) { return false }

// Generation counts how often rows have got another position than they had: by a new query or folding, by Clear, or
// because a frame turned out to match only when it was complete. The selected row is to be looked up anew then.
func (l *List) Generation() uint64 { return 0 }

// Searching reports whether older rows are still being searched.
func (l *List) Searching() bool { return false }

// Progress returns how much of what is held has been searched, from 0 to 1.
func (l *List) Progress() float64 { return 1 }

// Range returns the positions of the rows in the list: first, up to but not including next.
func (l *List) Range() (first, next int64) { return l.log.Range() }

// Row fills r with the cells of the row at a position; false when there is none. It allocates nothing for frames once
// r.Buf is large enough.
func (l *List) Row(pos int64, r *ink.Row) bool { return false }

// ID returns the id of the row at a position, 0 when there is none. A run of heartbeats has the id of its first.
func (l *List) ID(pos int64) int64 { return 0 }

// Pos returns the position of the row id, or of the next one after it in the list.
func (l *List) Pos(id int64) int64 { return id }

// Heartbeats returns how many heartbeats the row at a position stands for: 0 for a row that is not a fold.
func (l *List) Heartbeats(pos int64) int { return 0 }

// Count returns how many rows the list has.
func (l *List) Count() int64 { first, next := l.Range(); return next - first }

// Problems returns how many of the rows held tell of something that went wrong, as far as they have been looked at.
func (l *List) Problems() int { return 0 }

// Between returns the time from row a to row b, negative if b was earlier; false if one of them has gone.
func (l *List) Between(a, b int64) (time.Duration, bool) { return 0, false }
