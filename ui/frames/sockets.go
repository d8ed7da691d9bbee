package frames

import "culvert/ui/ink"

// The columns of [Sockets].
const (
	SocketNumber = iota
	SocketPath
	SocketState
	SocketProtocol
	SocketExtensions
	SocketOpened
	SocketDuration
	SocketSentFrames
	SocketReceivedFrames
	SocketSentBytes
	SocketReceivedBytes
	SocketColumns // how many there are
)

// Sockets is the table of a project's connections: those that are open, and those of which a row is held. Ids are the
// numbers of the connections.
type Sockets struct{ log Capture }

// NewSockets returns the connections of log.
func NewSockets(log Capture, o Options) *Sockets { return &Sockets{log} }

// Update takes over what has changed, and reports whether anything may look different now.
func (s *Sockets) Update() (changed bool) { return false }

// Range returns the positions of the rows: first, up to but not including next.
func (s *Sockets) Range() (first, next int64) { return 0, 0 }

// Row fills r with the cells of the row at a position; false when there is none.
func (s *Sockets) Row(pos int64, r *ink.Row) bool { return false }

// ID returns the number of the connection at a position, 0 when there is none.
func (s *Sockets) ID(pos int64) int64 { return 0 }

// Pos returns the position of a connection, or of the next one.
func (s *Sockets) Pos(id int64) int64 { return 0 }
