package capture

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"culvert/tunnel/frame"
)

// ConnInfo is what is known of a connection.
type ConnInfo struct {
	ID        uint32
	Opened    time.Time
	Client    string // address
	Upstream  string // address or URL
	URL       string // as the client asked
	TLS       string // of the client's side; "" without TLS
	Request   []byte // head as it came from the client, the first 16 KiB
	Forwarded []byte // head as it was sent to the backend, the first 16 KiB
	Skipped   string // why other upstreams that were tried before did not serve it, "" if none was
	Response  []byte // head as it came from the backend, the first 16 KiB; nil without an answer
	Status    int    // of the answer; 0 without one
	Answered  time.Time

	ForeignOrigin string // Origin of the page that asked, where it is another than the URL's: text from the traffic
	Subprotocol   string // that the backend chose
	Extensions    string // that the backend agreed to
	Deflate       bool   // permessage-deflate is among them

	Sent, Received                 Traffic
	SentMessages, ReceivedMessages int64
	Violations                     int64

	Over        bool
	End         End       // when Over
	CloseBy     Party     // who sent the first Close frame; Unknown without one
	CloseCode   int       // that it carried; 0 without one
	CloseReason string    // that it carried: text from the traffic
	CloseAt     time.Time // when it passed

	First, Last int64 // ids of its Open row and of its newest row; they may have gone
}

// Path returns the path and query that the client asked for.
func (c *ConnInfo) Path() string { return pathOf(c.URL) }

func pathOf(u string) string {
	if i := strings.Index(u, "://"); i >= 0 {
		u = u[i+3:]
		if j := strings.IndexAny(u, "/?"); j >= 0 {
			return u[j:]
		}
		return "/"
	}
	if p, err := url.Parse(u); err == nil && p.Path != "" {
		return p.RequestURI()
	}
	return u
}

// Duration returns how long the connection lasted, or has lasted by now.
func (c *ConnInfo) Duration(now time.Time) time.Duration {
	if c.Over {
		now = c.End.Time
	}
	return now.Sub(c.Opened)
}

// Ending tells in words how the connection ended: who closed it, how, and what the Close frame said; "" while it is
// open.
func (c *ConnInfo) Ending() string {
	if !c.Over {
		return ""
	}
	var b strings.Builder
	switch c.End.Cause {
	case ByRefusal:
		fmt.Fprintf(&b, "upgrade refused with status %d", c.Status)
	default:
		b.WriteString(c.End.Cause.String())
	}
	from := " from " + c.CloseBy.String()
	if c.End.By != Unknown && !c.End.Cause.names() {
		fmt.Fprintf(&b, " by %s", c.End.By)
		if c.End.By == c.CloseBy {
			from = "" // named already
		}
	}
	switch {
	case c.CloseBy != Unknown && c.CloseCode != 0:
		fmt.Fprintf(&b, ", close code %d%s", c.CloseCode, from)
		if c.CloseReason != "" {
			fmt.Fprintf(&b, " %q", c.CloseReason)
		}
	case c.CloseBy != Unknown:
		b.WriteString(", Close without a code" + from)
	case c.Status == 101:
		b.WriteString(", no Close frame (1006)")
	}
	if c.End.Detail != "" {
		fmt.Fprintf(&b, ": %s", c.End.Detail)
	}
	return b.String()
}

// info returns what is known of c. The lock is held; the heads are shared, and never change.
func (c *Conn) info() *ConnInfo {
	sent, received := &c.dirs[frame.Sent], &c.dirs[frame.Received]
	return &ConnInfo{
		ID: c.id, Opened: c.request.Time, Client: c.request.Client, Upstream: c.request.Upstream,
		URL: c.request.URL, TLS: c.request.TLS, Request: c.request.Head, Forwarded: c.request.Forwarded, Skipped: c.skipped,
		Response: c.response, Status: c.status, Answered: c.answered, Deflate: c.deflated,
		Sent: sent.totals, Received: received.totals,
		SentMessages: sent.messages, ReceivedMessages: received.messages, Violations: c.faults,
		Over: c.over, End: c.end, CloseBy: c.closeBy, CloseCode: c.closeCode, CloseReason: c.closeText, CloseAt: c.closeAt,
		First: c.opened, Last: c.last,
	}
}

// complete fills in what is read from the heads.
func (c *ConnInfo) complete() *ConnInfo {
	c.ForeignOrigin = foreignOrigin(c.Request, c.URL)
	c.Subprotocol = strings.Join(headerValues(c.Response, "Sec-WebSocket-Protocol"), ", ")
	c.Extensions = strings.Join(headerValues(c.Response, "Sec-WebSocket-Extensions"), ", ")
	return c
}

// Conn returns what is known of the connection id; false if it is not open and none of its rows is held. The heads are
// not to be changed.
func (l *Log) Conn(id uint32) (*ConnInfo, bool) {
	l.mu.Lock()
	c, ok := l.conns.byID[id]
	if !ok {
		l.mu.Unlock()
		return nil, false
	}
	info := c.info()
	l.mu.Unlock()
	return info.complete(), true
}

// Conns returns the connections that are open or of which a row is held, in the order of their numbers.
func (l *Log) Conns() []*ConnInfo {
	l.mu.Lock()
	all := make([]*Conn, 0, len(l.conns.byID))
	for _, c := range l.conns.byID {
		all = append(all, c)
	}
	l.mu.Unlock()
	slices.SortFunc(all, func(a, b *Conn) int { return int(int64(a.id) - int64(b.id)) })
	infos := make([]*ConnInfo, 0, len(all))
	for _, c := range all {
		l.mu.Lock()
		info := c.info()
		l.mu.Unlock()
		infos = append(infos, info.complete())
	}
	return infos
}

// ConnIDs appends the numbers of the connections that [Log.Conns] returns to dst, in order.
func (l *Log) ConnIDs(dst []uint32) []uint32 {
	n := len(dst)
	l.mu.Lock()
	for id := range l.conns.byID {
		dst = append(dst, id)
	}
	l.mu.Unlock()
	slices.Sort(dst[n:])
	return dst
}

// orderly reports whether the connection ended as RFC 6455 §7.1 means it to, with nothing to look into.
func (c *ConnInfo) orderly() bool {
	switch c.End.Cause {
	case ByClose:
		return c.CloseCode == 0 || c.CloseCode == 1000 || c.CloseCode == 1001 || c.CloseCode >= 3000
	case ByStop:
		return true
	}
	return false
}
