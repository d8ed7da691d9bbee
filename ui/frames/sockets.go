package frames

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"culvert/tunnel/capture"
	"culvert/ui/ink"
)

// The columns of [Sockets].
const (
	SocketNumber = iota
	SocketPath
	SocketState
	SocketBackend
	SocketProtocol
	SocketOpened
	SocketDuration
	SocketSentFrames
	SocketReceivedFrames
	SocketSentBytes
	SocketReceivedBytes
	SocketColumns // how many there are
)

// The figures of sockets are looked at this often while something changes, and their durations once a second.
const (
	socketsTime  = 250 * time.Millisecond
	durationTime = time.Second
)

// Sockets is the table of a project's connections: those that are open, and those of which a row is held. Ids are the
// numbers of the connections.
type Sockets struct {
	rows    rows
	options Options
	ids     []uint32
	gone    int64 // connections that were in the list before the first of ids: positions count them too
	stats   capture.Stats
	looked  time.Time
}

// NewSockets returns the connections of log. It has nothing to be closed.
func NewSockets(log Capture, o Options) *Sockets {
	s := &Sockets{rows: rows{log: log, terms: newTerms()}, options: o}
	s.Update()
	return s
}

// Update takes over what has changed, at most a few times a second, and reports whether anything may look different now.
func (s *Sockets) Update() (changed bool) {
	now := s.options.now()
	since := now.Sub(s.looked)
	if !s.looked.IsZero() && since < socketsTime {
		return false
	}
	stats := s.rows.log.Stats()
	if !s.looked.IsZero() && stats == s.stats && (stats.Open == 0 || since < durationTime) {
		return false
	}
	s.stats, s.looked = stats, now
	s.take()
	return true
}

// take takes over which connections there are. New ones have higher numbers than those before.
func (s *Sockets) take() {
	var oldest uint32
	if len(s.ids) > 0 {
		oldest = s.ids[len(s.ids)-1]
	}
	before := len(s.ids)
	s.ids = s.rows.log.ConnIDs(s.ids[:0])
	kept, _ := slices.BinarySearch(s.ids, oldest+1)
	s.gone += int64(before - kept)
}

// Range returns the positions of the rows: first, up to but not including next.
func (s *Sockets) Range() (first, next int64) { return s.gone, s.gone + int64(len(s.ids)) }

// Row fills r with the cells of the row at a position; false when there is none.
func (s *Sockets) Row(pos int64, r *ink.Row) bool {
	id := s.ID(pos)
	if id == 0 {
		return false
	}
	info, ok := s.rows.log.Conn(uint32(id))
	if !ok {
		return false
	}
	s.rows.socket(r, info, s.options.now())
	return true
}

// socket fills r with the cells of a connection.
func (w *rows) socket(r *ink.Row, info *capture.ConnInfo, now time.Time) {
	c := &w.cells
	c.begin(r)
	c.int(int64(info.ID))
	c.end(ink.Faint)
	c.buf = appendLine(c.buf, clip(info.Path(), previewSize), previewSize)
	c.end(ink.None)
	w.state(info)
	c.buf = appendLine(c.buf, clip(backend(info.Upstream), nameSize), nameSize)
	c.end(ink.Dim)
	c.buf = appendLine(c.buf, clip(info.Subprotocol, nameSize), nameSize)
	c.end(ink.None)
	c.buf = appendClock(c.buf, info.Opened.UnixNano())
	c.end(ink.Dim)
	c.buf = appendDuration(c.buf, info.Duration(now))
	c.end(ink.Dim)
	c.int(info.Sent.Frames)
	c.end(ink.Sent)
	c.int(info.Received.Frames)
	c.end(ink.Received)
	c.buf = appendSize(c.buf, info.Sent.Wire)
	c.end(ink.Sent)
	c.buf = appendSize(c.buf, info.Received.Wire)
	c.end(ink.Received)
	c.finish(r)
}

// state makes the cell of how a connection is, or how it ended.
func (w *rows) state(info *capture.ConnInfo) {
	c := &w.cells
	switch {
	case info.Over && info.Status != 101:
		if info.Status != 0 {
			c.int(int64(info.Status))
			c.text(" — ")
		}
		c.word(w.terms.ending(&info.End), ink.Error)
	case info.Over:
		w.ending(info)
		i := ink.Dim
		if info.End.Cause != capture.ByClose && info.End.Cause != capture.ByStop {
			i = ink.Warning
		}
		c.end(i)
	case info.Status == 101:
		c.word(w.terms.socketOpen, ink.Accent)
	default:
		c.word(w.terms.handshake, ink.Dim)
	}
}

// ID returns the number of the connection at a position, 0 when there is none.
func (s *Sockets) ID(pos int64) int64 {
	if i := pos - s.gone; i >= 0 && i < int64(len(s.ids)) {
		return int64(s.ids[i])
	}
	return 0
}

// Pos returns the position of a connection, or of the next one.
func (s *Sockets) Pos(id int64) int64 {
	i, _ := slices.BinarySearchFunc(s.ids, id, func(a uint32, id int64) int { return int(int64(a) - id) })
	return s.gone + int64(i)
}

// backend returns what tells an upstream from others in a narrow cell: its URL without the scheme, which the row tells,
// and the name of a folder.
func backend(upstream string) string {
	if filepath.IsAbs(upstream) {
		return "…" + string(filepath.Separator) + filepath.Base(upstream)
	}
	if _, rest, ok := strings.Cut(upstream, "://"); ok {
		upstream = rest
	}
	return strings.TrimSuffix(upstream, "/")
}

// pathOf returns the path and query of a URL.
func pathOf(u string) string {
	if _, rest, ok := strings.Cut(u, "://"); ok {
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			return rest[i:]
		}
		return "/"
	}
	return u
}
