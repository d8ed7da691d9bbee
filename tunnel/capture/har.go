package capture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"culvert/tunnel/frame"
)

// WriteHAR writes the rows that match q as HTTP Archive 1.2, as they are read: the whole is never in memory. version is
// that of the creator, Culvert.
//
// A connection is one entry as Chrome writes it: whole text and binary messages in _webSocketMessages. Chrome,
// HTTP Toolkit and Playwright's viewer open it; Firefox opens the handshakes. A refused or unanswered handshake is an
// entry with its status, or with status 0 and _error. Beyond those:
//
//   - text that is not UTF-8 is a binary message with _invalidUTF8, and a compressed message that could not be inflated
//     is one with _compressed: true
//   - _webSocketClose is {code, reason, timestamp} of the first Close frame, or "aborted" where the connection ended
//     without one; it is missing while the connection is open
//   - _wsFrames has every frame as it was on the wire: dir, t (epoch seconds), n (its number in its direction), offset,
//     fin, rsv, op, mask, key (hex), lenForm (7, 16 or 64 bits), len, data (base64) of control frames, and
//     complete: false where the stream ended in it
//   - _wsViolations has what departs from the RFCs: dir, t, frame, offset, section, text
//
// HTTP exchanges are entries of their own, without headers and bodies, which are not recorded. TLS handshakes that failed
// came to no request: they are in _tlsHandshakes of the log, with startedDateTime and the members that [JSONHelp] gives
// them. Rows that go while the
// archive is written are missing in it; the comment of the log tells how many had gone before.
func (l *Log) WriteHAR(ctx context.Context, w io.Writer, q *Query, version string) error {
	h := &harWriter{ctx: ctx, log: l, w: bufio.NewWriterSize(w, 64<<10)}
	if err := h.index(q); err != nil {
		return fmt.Errorf("export HAR: %w", err)
	}
	s := l.Stats()
	creator, _ := json.Marshal(version)
	h.print(`{"log":{"version":"1.2","creator":{"name":"Culvert","version":`, string(creator), `},"pages":[],`)
	if gone := s.Evicted + s.Cleared; gone > 0 {
		h.print(fmt.Sprintf(`"comment":"%d older rows are not held any more",`, gone))
	}
	h.print(`"entries":[`)
	for _, e := range h.entries {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("export HAR: %w", err)
		}
		h.entry(e)
		if h.err != nil {
			break
		}
	}
	h.print("\n]")
	h.handshakes()
	h.print("}}\n")
	if h.err == nil {
		h.err = h.w.Flush()
	}
	if h.err != nil {
		return fmt.Errorf("export HAR: %w", h.err)
	}
	return nil
}

// harWriter is one run of WriteHAR.
type harWriter struct {
	ctx     context.Context
	log     *Log
	w       *bufio.Writer
	err     error
	first   int64 // what ids are counted from
	entries []*harRows
	failed  []int64 // rows of TLS handshakes
	wrote   bool
	buf     []byte
}

// harRows is what an entry is made of: the rows of a connection, or one exchange.
type harRows struct {
	info *ConnInfo // nil for an exchange
	ids  []uint32  // counted from harWriter.first
}

func (h *harWriter) print(parts ...string) {
	for _, p := range parts {
		if h.err == nil {
			_, h.err = h.w.WriteString(p)
		}
	}
}

// value writes v as JSON.
func (h *harWriter) value(v any) { h.print(h.marshal(v)) }

func (h *harWriter) marshal(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil && h.err == nil {
		h.err = err
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// index sorts the matching rows by entry, in the order in which the entries began.
func (h *harWriter) index(q *Query) error {
	h.first, _ = h.log.Range()
	conns := make(map[uint32]*harRows)
	return h.log.each(h.ctx, q, func(r *Row) error {
		id := uint32(r.ID - h.first)
		if r.Kind == HTTP {
			h.entries = append(h.entries, &harRows{ids: []uint32{id}})
			return nil
		}
		if r.Kind == Handshake {
			h.failed = append(h.failed, r.ID)
			return nil
		}
		e, ok := conns[r.Conn]
		if !ok {
			if info, held := h.log.Conn(r.Conn); held {
				e = &harRows{info: info}
				h.entries = append(h.entries, e)
			}
			conns[r.Conn] = e
		}
		if e != nil {
			e.ids = append(e.ids, id)
		}
		return nil
	})
}

// The entry of HAR 1.2, and what Chrome adds to it.
type (
	harEntry struct {
		Started    string      `json:"startedDateTime"`
		Time       float64     `json:"time"`
		Type       string      `json:"_resourceType,omitempty"`
		Connection string      `json:"connection,omitempty"`
		ConnID     string      `json:"_connectionId,omitempty"`
		ServerIP   string      `json:"serverIPAddress,omitempty"`
		Request    harRequest  `json:"request"`
		Response   harResponse `json:"response"`
		Cache      struct{}    `json:"cache"`
		Timings    harTimings  `json:"timings"`
	}
	harRequest struct {
		Method      string    `json:"method"`
		URL         string    `json:"url"`
		HTTPVersion string    `json:"httpVersion"`
		Cookies     []harPair `json:"cookies"`
		Headers     []harPair `json:"headers"`
		Query       []harPair `json:"queryString"`
		HeadersSize int64     `json:"headersSize"`
		BodySize    int64     `json:"bodySize"`
	}
	harResponse struct {
		Status       int        `json:"status"`
		StatusText   string     `json:"statusText"`
		HTTPVersion  string     `json:"httpVersion"`
		Cookies      []harPair  `json:"cookies"`
		Headers      []harPair  `json:"headers"`
		Content      harContent `json:"content"`
		RedirectURL  string     `json:"redirectURL"`
		HeadersSize  int64      `json:"headersSize"`
		BodySize     int64      `json:"bodySize"`
		TransferSize int64      `json:"_transferSize"`
		Error        *string    `json:"_error"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harContent struct {
		Size int64  `json:"size"`
		Type string `json:"mimeType"`
	}
	harTimings struct {
		Blocked float64 `json:"blocked"`
		DNS     float64 `json:"dns"`
		Connect float64 `json:"connect"`
		SSL     float64 `json:"ssl"`
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
	harClose struct {
		Code      int     `json:"code,omitempty"`
		Reason    string  `json:"reason"`
		Timestamp float64 `json:"timestamp"`
	}
)

// begin writes what is between two entries.
func (h *harWriter) begin() {
	if h.wrote {
		h.print(",")
	}
	h.wrote = true
	h.print("\n")
}

// entry writes an entry, if what it is made of is still held.
func (h *harWriter) entry(e *harRows) {
	if e.info == nil {
		if x, ok := h.log.Exchange(h.first + int64(e.ids[0])); ok {
			h.begin()
			h.value(exchangeEntry(&x))
		}
		return
	}
	h.begin()
	c := e.info
	h.print(strings.TrimSuffix(h.marshal(connEntry(c, time.Now())), "}"), `,"_webSocketMessages":[`)
	h.messages(e.ids)
	h.print("]")
	switch {
	case c.CloseBy != Unknown:
		h.print(`,"_webSocketClose":`)
		h.value(harClose{c.CloseCode, strings.ToValidUTF8(c.CloseReason, "\uFFFD"), seconds(c.CloseAt.UnixNano())})
	case c.Over:
		h.print(`,"_webSocketClose":"aborted"`)
	}
	h.print(`,"_wsFrames":[`)
	h.frames(e.ids)
	h.print(`],"_wsViolations":[`)
	h.violations(e.ids)
	h.print("]}")
}

func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func seconds(unixNano int64) float64 { return float64(unixNano/1000) / 1e6 }

func millis(d time.Duration) float64 { return math.Max(0, float64(d.Microseconds())/1000) }

// connEntry returns the entry of a connection without its messages. What is open is timed until now.
func connEntry(c *ConnInfo, now time.Time) *harEntry {
	e := &harEntry{
		Started: isoTime(c.Opened), Time: millis(c.Duration(now)), Type: "websocket",
		Connection: portOf(c.URL), ConnID: strconv.Itoa(int(c.ID)), ServerIP: ipOf(c.Upstream),
		Request:  newRequest("GET", c.URL, c.Request),
		Response: newResponse(c.Status, c.Response),
		Timings:  harTimings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1},
	}
	e.Timings.Wait = e.Time
	if !c.Answered.IsZero() {
		e.Timings.Wait = math.Min(e.Time, millis(c.Answered.Sub(c.Opened)))
		e.Timings.Receive = math.Max(0, e.Time-e.Timings.Wait)
	}
	if c.Status == 0 {
		text := "no answer yet"
		if c.Over {
			text = c.Ending()
		}
		e.Response.Error = &text
	}
	return e
}

// exchangeEntry returns the entry of an exchange.
func exchangeEntry(x *Exchange) *harEntry {
	e := &harEntry{
		Started: isoTime(x.Time), Time: millis(x.Duration),
		Connection: portOf(x.URL), ServerIP: ipOf(x.Upstream),
		Request:  newRequest(x.Method, x.URL, nil),
		Response: newResponse(x.Status, nil),
		Timings:  harTimings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1, Wait: millis(x.Duration)},
	}
	if x.Proto != "" {
		e.Request.HTTPVersion, e.Response.HTTPVersion = x.Proto, x.Proto
	}
	e.Request.BodySize = x.RequestBytes
	e.Response.BodySize, e.Response.TransferSize = x.ResponseBytes, x.ResponseBytes
	e.Response.Content.Size = x.ResponseBytes
	if x.ContentType != "" {
		e.Response.Content.Type = x.ContentType
	}
	if x.Err != "" {
		e.Response.Error = &x.Err
	}
	return e
}

func newRequest(method, address string, head []byte) harRequest {
	line, headers := parseHead(head)
	r := harRequest{
		Method: method, URL: address, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: headers,
		Query: []harPair{}, HeadersSize: -1,
	}
	if parts := strings.Fields(line); len(parts) == 3 {
		r.Method, r.HTTPVersion = parts[0], parts[2]
	}
	if u, err := url.Parse(address); err == nil {
		for _, pair := range strings.FieldsFunc(u.RawQuery, func(c rune) bool { return c == '&' }) {
			name, value, _ := strings.Cut(pair, "=")
			r.Query = append(r.Query, harPair{unescape(name), unescape(value)})
		}
	}
	return r
}

func unescape(s string) string {
	if t, err := url.QueryUnescape(s); err == nil {
		return t
	}
	return s
}

func newResponse(status int, head []byte) harResponse {
	line, headers := parseHead(head)
	r := harResponse{
		Status: status, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: headers,
		Content: harContent{Type: "x-unknown"}, HeadersSize: -1, BodySize: -1,
	}
	if parts := strings.SplitN(line, " ", 3); len(parts) > 1 {
		r.HTTPVersion = parts[0]
		if len(parts) == 3 {
			r.StatusText = parts[2]
		}
	}
	for _, p := range headers {
		switch strings.ToLower(p.Name) {
		case "location":
			r.RedirectURL = p.Value
		case "content-type":
			r.Content.Type = p.Value
		}
	}
	return r
}

// parseHead splits a head as it was on the wire.
func parseHead(head []byte) (line string, headers []harPair) {
	headers = []harPair{}
	for i, l := range strings.Split(string(head), "\n") {
		l = strings.TrimRight(l, "\r")
		if i == 0 {
			line = l
			continue
		}
		if name, value, ok := strings.Cut(l, ":"); ok {
			headers = append(headers, harPair{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
	}
	return line, headers
}

// portOf returns the port of a URL, also where it is the scheme's own; "" if it is no URL.
func portOf(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return ""
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "wss" || u.Scheme == "https":
		return "443"
	case u.Scheme == "ws" || u.Scheme == "http":
		return "80"
	}
	return ""
}

// ipOf returns the IP of an address ip:port, or of a URL that has one, "" if it has none.
func ipOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		address = u.Host
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.String()
	}
	return ""
}

// eachRow calls do with those rows of the entry that are still held.
func (h *harWriter) eachRow(ids []uint32, do func(r *Row)) {
	for _, id := range ids {
		if h.err != nil {
			return
		}
		if h.err = h.ctx.Err(); h.err != nil {
			return
		}
		if r, ok := h.log.Row(h.first + int64(id)); ok {
			do(&r)
		}
	}
}

// messages writes the whole messages that the rows are frames of.
func (h *harWriter) messages(ids []uint32) {
	wrote := false
	var done [2]int64 // the newest message written, by direction
	h.eachRow(ids, func(r *Row) {
		if r.Kind != Frame || r.Opcode.Control() || done[r.Dir] == r.First {
			return
		}
		done[r.Dir] = r.First
		first, payload, ok := h.message(r)
		if !ok || first.Opcode != frame.Text && first.Opcode != frame.Binary {
			return
		}
		if wrote {
			h.print(",")
		}
		wrote = true
		h.print("\n")
		o := object{append(h.buf[:0], '{')}
		o.text("type", harDir(r.Dir))
		o.seconds("time", first.Wall)
		text := first.Opcode == frame.Text
		inflated := !first.Has(Compressed) || first.Has(Inflated)
		if text && inflated && utf8.Valid(payload) {
			o.number("opcode", 1)
			o.textBytes("data", payload)
		} else {
			o.number("opcode", 2)
			o.base64("data", payload)
			if !inflated {
				o.bool("_compressed", true)
			} else if text {
				o.bool("_invalidUTF8", true)
			}
		}
		h.object(o)
	})
}

// message returns the message that r belongs to, if all of it is held.
func (h *harWriter) message(r *Row) (first Row, payload []byte, ok bool) {
	if r.Fin && r.First == r.ID && !r.Has(Compressed) { // the common case, without looking for other frames
		if !r.Has(Complete) || r.Has(Truncated) {
			return *r, nil, false
		}
		payload, err := h.log.Wire(nil, r.ID, -1)
		return *r, payload, err == nil
	}
	m, err := h.log.Message(r.First, -1)
	if n := len(m.Frames); err == nil && m.Frames[0].Has(Inflating) && m.Frames[n-1].Fin && m.More == 0 {
		if err = h.log.settle(h.ctx, r.First); err == nil {
			m, err = h.log.Message(r.First, -1)
		}
	}
	if err != nil || !m.Whole {
		return Row{}, nil, false
	}
	return m.Frames[0], m.Payload, true
}

// frames writes the frames as they were on the wire.
func (h *harWriter) frames(ids []uint32) {
	wrote := false
	h.eachRow(ids, func(r *Row) {
		if r.Kind != Frame {
			return
		}
		if wrote {
			h.print(",")
		}
		wrote = true
		o := object{append(h.buf[:0], '{')}
		o.text("dir", harDir(r.Dir))
		o.seconds("t", r.Wall)
		o.number("n", r.Number)
		o.number("offset", r.Offset)
		o.bool("fin", r.Fin)
		o.number("rsv", int64(r.RSV))
		o.number("op", int64(r.Opcode))
		o.bool("mask", r.Masked)
		if r.Masked {
			o.text("key", hex.EncodeToString(r.Key[:]))
		}
		o.number("lenForm", int64(r.LengthForm()))
		o.number("len", int64(min(r.Wire, 1<<53)))
		if r.Opcode.Control() {
			p, _ := h.log.Wire(nil, r.ID, 256)
			o.base64("data", p)
		}
		if !r.Has(Complete) {
			o.bool("complete", false)
		}
		h.object(o)
	})
}

func (h *harWriter) violations(ids []uint32) {
	wrote := false
	h.eachRow(ids, func(r *Row) {
		if r.Kind != Violation {
			return
		}
		if wrote {
			h.print(",")
		}
		wrote = true
		p, _ := h.log.Payload(nil, r.ID, -1)
		o := object{append(h.buf[:0], '{')}
		o.text("dir", harDir(r.Dir))
		o.seconds("t", r.Wall)
		o.number("frame", r.Number)
		o.number("offset", r.Offset)
		o.text("section", r.Rule.Section())
		o.textBytes("text", p)
		h.object(o)
	})
}

// handshakes writes the TLS handshakes that failed, if there are any.
func (h *harWriter) handshakes() {
	before := `,"_tlsHandshakes":[`
	for _, id := range h.failed {
		if x, ok := h.log.FailedHandshake(id); ok {
			h.print(before, "\n")
			before = ","
			o := object{append(h.buf[:0], '{')}
			o.text("startedDateTime", isoTime(x.Time))
			o.handshake(&x)
			h.object(o)
		}
	}
	if before == "," {
		h.print("]")
	}
}

// object ends o and writes it.
func (h *harWriter) object(o object) {
	h.buf = append(o.b, '}')
	if h.err == nil {
		_, h.err = h.w.Write(h.buf)
	}
	if cap(h.buf) > 1<<20 {
		h.buf = nil
	}
}

func harDir(d frame.Direction) string {
	if d == frame.Sent {
		return "send"
	}
	return "receive"
}

func (o *object) seconds(name string, unixNano int64) {
	o.key(name)
	o.b = strconv.AppendFloat(o.b, seconds(unixNano), 'f', 6, 64)
}
