package frames

import "culvert/ui/ink"

// The columns of [Requests].
const (
	RequestNumber = iota
	RequestTime
	RequestMethod
	RequestPath
	RequestStatus
	RequestType
	RequestSize
	RequestDuration
	RequestError
	RequestColumns // how many there are
)

// Requests is the table of a project's HTTP exchanges. Ids are those of their rows in the capture.
type Requests struct{ log Capture }

// NewRequests returns the exchanges of log. Close it after use.
func NewRequests(log Capture, o Options) *Requests { return &Requests{log} }

// Close ends the goroutine of the model.
func (q *Requests) Close() {}

// Update takes over what has come since the last call, and reports whether anything may look different now.
func (q *Requests) Update() (changed bool) { return false }

// Range returns the positions of the rows: first, up to but not including next.
func (q *Requests) Range() (first, next int64) { return 0, 0 }

// Row fills r with the cells of the row at a position; false when there is none.
func (q *Requests) Row(pos int64, r *ink.Row) bool { return false }

// ID returns the id of the row at a position, 0 when there is none.
func (q *Requests) ID(pos int64) int64 { return 0 }

// Pos returns the position of a row, or of the next one.
func (q *Requests) Pos(id int64) int64 { return 0 }
