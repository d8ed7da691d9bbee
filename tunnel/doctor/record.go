package doctor

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/project"
)

// record is what is read of a capture, once for all checks.
type record struct {
	attempts []*attempt         // handshakes of sockets, the oldest first
	pages    []capture.Exchange // HTML pages that were served, the oldest first
	failed   []capture.FailedHandshake
	missing  []capture.Exchange // GET requests that were answered with 404, the oldest first
	// preflights are the OPTIONS requests that the tunnel itself answered.
	preflights []capture.Exchange
	secure     time.Time            // when a request over TLS was answered last
	last       map[uint32]time.Time // by connection: when its newest frame was complete
}

// maxPages is how many pages, or other exchanges of a kind, of a capture are looked at, the newest.
const maxPages = 1000

// record reads the project's capture. What it had no time for is missing.
func (p *Patient) record(ctx context.Context) *record {
	return p.recorded.get(func() *record {
		r := &record{last: map[uint32]time.Time{}}
		if p.Capture == nil {
			return r
		}
		for _, info := range p.Capture.Conns() {
			if a := p.attempt(info); a != nil {
				r.attempts = append(r.attempts, a)
			}
		}
		r.read(ctx, p.Capture)
		return r
	})
}

// read goes through the rows.
func (r *record) read(ctx context.Context, log *capture.Log) {
	rows := make([]capture.Row, 1024)
	_, end := log.Range()
	for from := int64(1); from < end && ctx.Err() == nil; {
		n := log.Rows(rows, from)
		if n == 0 {
			return
		}
		for i := range rows[:n] {
			r.row(log, &rows[i])
		}
		from = rows[n-1].ID + 1
	}
}

func (r *record) row(log *capture.Log, row *capture.Row) {
	switch row.Kind {
	case capture.Frame:
		r.last[row.Conn] = row.Time().Add(max(0, row.Ended-row.Mono))
	case capture.Handshake:
		if h, ok := log.FailedHandshake(row.ID); ok {
			r.failed = append(r.failed, h)
		}
	case capture.HTTP:
		x, ok := log.Exchange(row.ID)
		if ok && strings.HasPrefix(x.URL, "https://") {
			r.secure = later(r.secure, x.Time)
		}
		if ok && x.Status == http.StatusNotFound && x.Method == http.MethodGet {
			r.missing = newest(append(r.missing, x))
		}
		if ok && x.Method == http.MethodOptions && x.Upstream == "" {
			r.preflights = newest(append(r.preflights, x))
		}
		if ok && x.Status == http.StatusOK && strings.HasPrefix(x.ContentType, "text/html") {
			r.pages = newest(append(r.pages, x))
		}
	}
}

// newest lets the oldest go of what has become too many.
func newest(list []capture.Exchange) []capture.Exchange {
	if len(list) > 2*maxPages {
		list = append(list[:0], list[len(list)-maxPages:]...)
	}
	return list
}

// attempt is a handshake of a WebSocket: one that the tunnel recorded, or one of the doctor's own.
type attempt struct {
	at       time.Time
	route    *project.Route // nil where the tunnel had none
	to       *url.URL       // the backend, one of the route's
	url      string         // as the client asked; "" of a probe
	target   string         // path and query as the backend was asked
	request  http.Header
	response http.Header
	status   int               // 0 without an answer
	info     *capture.ConnInfo // nil of a probe
}

// attempt reads a connection's handshake; nil for one to a backend that the project has no more.
func (p *Patient) attempt(info *capture.ConnInfo) *attempt {
	a := &attempt{
		at: info.Opened, url: info.URL, status: info.Status, info: info,
		request: headers(info.Request), response: headers(info.Response),
	}
	if info.Upstream == "" {
		return a
	}
	path := pathOf(info.URL)
	for i := range p.Project.Routes {
		r := &p.Project.Routes[i]
		for _, to := range r.To {
			if to.String() == info.Upstream && r.Takes(path) && (a.route == nil || before(r, a.route)) {
				a.route, a.to = r, to
			}
		}
	}
	if a.route == nil {
		return nil
	}
	if fields := strings.Fields(firstLine(info.Forwarded)); len(fields) > 1 {
		a.target = fields[1]
	}
	return a
}

// before reports whether of two routes for a path it is a that gets it, rather than b.
func before(a, b *project.Route) bool {
	if a.Exact != b.Exact {
		return a.Exact
	}
	return len(a.Path) > len(b.Path)
}

// route returns the route that takes a path, nil without one.
func (p *Patient) route(path string) (best *project.Route) {
	for i := range p.Project.Routes {
		if r := &p.Project.Routes[i]; r.Takes(path) && (best == nil || before(r, best)) {
			best = r
		}
	}
	return best
}

func pathOf(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Path != "" {
		return u.Path
	}
	return "/"
}

func firstLine(head []byte) string {
	line, _, _ := bytes.Cut(head, []byte("\r\n"))
	return string(line)
}

// headers reads the header of a head as it was on the wire, as far as it can be read.
func headers(head []byte) http.Header {
	_, rest, _ := bytes.Cut(head, []byte("\n"))
	rest = append(bytes.Clone(rest), "\r\n\r\n"...) // it may have been cut
	h, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(rest))).ReadMIMEHeader()
	return http.Header(h)
}

// tokens returns the elements of a header that is a list (RFC 9110 §5.6.1), without their parameters.
func tokens(h http.Header, name string) (list []string) {
	for _, value := range h.Values(name) {
		for element := range strings.SplitSeq(value, ",") {
			element, _, _ = strings.Cut(element, ";")
			if element = strings.TrimSpace(element); element != "" {
				list = append(list, element)
			}
		}
	}
	return list
}

// safe makes text from the traffic fit to be shown on one line, and short.
func safe(s string) string {
	const most = 160
	b := capture.AppendSafe(nil, []byte(s[:min(len(s), most)]))
	if len(s) > most {
		b = append(b, "…"...)
	}
	return string(b)
}

// word makes text one word of a command line.
//
// SECURITY: names that clients ask for, and those of folders, may hold what a shell obeys.
func word(s string) string {
	other := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:", r)
	}
	if s != "" && strings.IndexFunc(s, other) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// clock shows when something was, with its date unless that is today's.
func (m *Machine) clock(t time.Time) string {
	if t.Local().Format(time.DateOnly) == m.now().Local().Format(time.DateOnly) {
		return t.Local().Format(time.TimeOnly)
	}
	return stamp(t)
}

// times says how often something was seen, and when last.
func (m *Machine) times(n int, last time.Time) string {
	if n == 1 {
		return "once, at " + m.clock(last)
	}
	return fmt.Sprintf("%s, last at %s", count(n), m.clock(last))
}

func count(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
