package capture

import (
	"bytes"
	"strings"
	"time"

	"culvert/tunnel/frame"
)

// Request is the request for a connection.
type Request struct {
	Time      time.Time
	Client    string // address
	Upstream  string // address or URL
	URL       string // as the client asked: wss://host:port/path?query
	TLS       string // version, suite, ALPN, name; "" without TLS
	Head      []byte // of the request, as it came
	Forwarded []byte // the head as it was sent to the backend
}

// Party is who did something.
type Party uint8

// The parties to a connection.
const (
	Unknown Party = iota
	Client
	Backend
	Tunnel // Culvert itself
)

// String returns the party in lower case.
func (p Party) String() string {
	return [...]string{"unknown", "client", "backend", "culvert"}[min(p, 3)]
}

// Cause is how a connection ended.
type Cause uint8

// The causes of an end.
const (
	ByError       Cause = iota // any other failure, told by End.Detail
	ByClose                    // the close handshake (RFC 6455 §7.1.2): both sides sent Close, then the stream ended
	ByFIN                      // end of stream, without a close handshake
	ByRST                      // reset
	ByTLSAlert                 // TLS alert, or TLS ended without close_notify
	ByTimeout                  // silent for longer than the project allows
	ByRefusal                  // the backend answered without 101
	ByDialFailure              // the backend could not be reached
	ByStop                     // the tunnel was switched off
	ByLimit                    // more connections than the project allows
)

// String returns the cause in words.
func (c Cause) String() string {
	switch c {
	case ByClose:
		return "close handshake"
	case ByFIN:
		return "end of stream"
	case ByRST:
		return "reset"
	case ByTLSAlert:
		return "TLS alert"
	case ByTimeout:
		return "timeout"
	case ByRefusal:
		return "upgrade refused"
	case ByDialFailure:
		return "backend not reached"
	case ByStop:
		return "tunnel switched off"
	case ByLimit:
		return "connection limit"
	}
	return "error"
}

// names reports whether the cause itself says whose doing it was.
func (c Cause) names() bool {
	return c == ByDialFailure || c == ByStop || c == ByLimit || c == ByTimeout
}

// End is the end of a connection, as the transport saw it.
type End struct {
	Time                     time.Time
	By                       Party
	Cause                    Cause
	Detail                   string // the error's text, if any
	SentBytes, ReceivedBytes int64  // after the handshake
}

// Heads longer than this are cut; together with the strings of a request they are what a connection weighs.
const maxHead = 16 << 10

// What a connection weighs beyond its texts, in bytes.
const connWeight = 1 << 10

// Conn records one connection. The relay calls Answered once, then Data, EOF and End; the two directions may call from
// different goroutines.
type Conn struct {
	log    *Log
	id     uint32
	weight int64

	// Under the log's lock.
	request   Request
	status    int
	answered  time.Time
	skipped   string // why other upstreams did not serve it
	response  []byte
	deflate   frame.Deflate
	deflated  bool // permessage-deflate was negotiated
	end       End
	over      bool
	opened    int64 // id of its Open row
	last      int64 // id of its newest row
	closeBy   Party // who sent a Close frame first
	closeCode int   // its code, 0 for none given
	closeText string
	closeAt   time.Time
	faults    int64 // violations
	dirs      [2]direction
}

// Open records that a connection was asked for. What it keeps of r it copies.
func (l *Log) Open(r Request) *Conn {
	r.Head = bytes.Clone(r.Head[:min(len(r.Head), maxHead)])
	r.Forwarded = bytes.Clone(r.Forwarded[:min(len(r.Forwarded), maxHead)])
	r.URL = strings.Clone(r.URL[:min(len(r.URL), maxHead)])
	c := &Conn{log: l, request: r}
	for i := range c.dirs {
		d := &c.dirs[i]
		d.conn, d.dir = c, frame.Direction(i)
		d.dec = frame.NewDecoder(d.dir, false)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns.add(c)
	if l.closed {
		return c
	}
	c.weight = connWeight + int64(len(r.Head)+len(r.Forwarded)+len(r.URL)+len(r.TLS))
	l.weigh(c.weight)
	row, id := c.add(Open, r.Time)
	c.opened = id
	l.write(id, row, []byte(r.URL))
	l.write(id, row, []byte("\n"))
	l.write(id, row, r.Head)
	l.changed()
	return c
}

// ID returns the connection's number in its log: 1, 2, ….
func (c *Conn) ID() uint32 { return c.id }

// Forward records that the request goes to another upstream than the one that it was opened with, as head, and why those
// before did not serve it.
func (c *Conn) Forward(upstream string, head []byte, skipped string) {
	head = bytes.Clone(head[:min(len(head), maxHead)])
	skipped = skipped[:min(len(skipped), maxHead)]
	l := c.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || c.over {
		return
	}
	more := int64(len(head) - len(c.request.Forwarded) + len(skipped) - len(c.skipped))
	c.request.Upstream, c.request.Forwarded, c.skipped = upstream, head, skipped
	c.weight += more
	l.weigh(more)
	l.changed()
}

// Answered records the head of the response as it came from the backend: 101, or a refusal.
func (c *Conn) Answered(t time.Time, status int, head []byte) {
	head = bytes.Clone(head[:min(len(head), maxHead)])
	deflate, deflated, err := frame.ParseDeflate(headerValues(head, "Sec-WebSocket-Extensions"))
	l := c.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || c.over {
		return
	}
	c.status, c.answered, c.response = status, t, head
	if status == 101 && deflated && err == nil {
		c.deflate, c.deflated = deflate, true
		for i := range c.dirs {
			c.dirs[i].dec = frame.NewDecoder(frame.Direction(i), true)
		}
	}
	c.weight += int64(len(head))
	l.weigh(int64(len(head)))
	if r := l.row(c.opened); r != nil {
		l.write(c.opened, r, head)
	}
	l.changed()
}

// Data records bytes that passed after the 101 in one direction. It does not keep p. Calls for one direction are made
// one at a time.
func (c *Conn) Data(dir frame.Direction, t time.Time, p []byte) {
	l := c.log
	d := &c.dirs[dir&1]
	l.mu.Lock()
	if !l.closed && !c.over {
		d.wall, d.mono = t.UnixNano(), l.elapsed(t)
		d.dec.Feed(p, d)
		l.changed()
	}
	call := l.inflater.due()
	l.mu.Unlock()
	if call {
		l.inflater.call()
	}
}

// EOF records that the stream of one direction has ended, by FIN or abort.
func (c *Conn) EOF(dir frame.Direction, t time.Time) {
	l := c.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed && !c.over {
		c.dirs[dir&1].eof(t)
		l.changed()
	}
}

// End records that the connection is over. Nothing is recorded of it after that. A direction of which EOF was not called
// was still under way: what it lacks is not held against it. An end ByFIN is recorded as ByClose, by the side that began
// it, if both sides had sent a Close frame, which the transport does not see.
func (c *Conn) End(e End) {
	l := c.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.over {
		return
	}
	e.Detail = strings.Clone(e.Detail[:min(len(e.Detail), maxHead)])
	if e.Cause == ByFIN && c.dirs[frame.Sent].closing && c.dirs[frame.Received].closing {
		e.Cause, e.By, e.Detail = ByClose, c.closeBy, "" // nothing was missing, close_notify or not
	}
	if !l.closed {
		if c.status == 101 {
			for i := range c.dirs {
				c.dirs[i].cut()
			}
		}
		c.weight += int64(len(e.Detail))
		l.weigh(int64(len(e.Detail)))
		c.end, c.over = e, true
		row, id := c.add(Close, e.Time)
		l.write(id, row, []byte(c.info().Ending()))
	}
	c.end, c.over = e, true
	l.conns.ended(c)
	for i := range c.dirs {
		l.inflater.leave(&c.dirs[i])
	}
	l.changed()
}

// add makes a row of the connection, complete as it is. The lock is held.
func (c *Conn) add(k Kind, t time.Time) (*row, int64) {
	r, id := c.log.add()
	*r = row{kind: k, wall: t.UnixNano(), mono: c.log.elapsed(t), conn: c.id, flags: Complete}
	r.ended = r.mono
	c.touch(id)
	return r, id
}

// headerValues returns the values of a header in a head as it was on the wire.
func headerValues(head []byte, name string) []string {
	var values []string
	for line := range bytes.Lines(head) {
		key, value, ok := bytes.Cut(line, []byte(":"))
		if ok && strings.EqualFold(string(key), name) {
			values = append(values, string(bytes.TrimSpace(value)))
		}
	}
	return values
}
