package tunnel

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxHead bounds a request's or response's head in bytes; Chrome allows 256 KiB, most servers 8 to 64.
const maxHead = 64 << 10

var (
	errHeadTooLarge = fmt.Errorf("header section larger than %d KiB", maxHead>>10)
	errNotHTTP      = errors.New("not HTTP/1.x")
)

// field is a header line as it came: name and value keep their spelling and order, so that what is forwarded is what
// was sent (http.Header would sort and re-case it).
type field struct{ name, value string }

// head is the start line and header fields of an HTTP/1.x message.
type head struct {
	start  string // "GET /chat HTTP/1.1" or "HTTP/1.1 101 Switching Protocols"
	fields []field
}

// readHead reads from r up to and including the empty line that ends a head, using buf as space. It returns the head's
// bytes and those that arrived behind it, both in buf or a larger copy of it. begins tells from the first bytes whether
// they may be a head, so that a peer that speaks something else is named at once instead of being waited for.
func readHead(r io.Reader, buf []byte, begins func([]byte) bool) (raw, rest []byte, err error) {
	n := 0
	for {
		if n == len(buf) {
			if n >= maxHead {
				return buf[:n], nil, errHeadTooLarge
			}
			buf = append(buf, make([]byte, n)...)
		}
		m, err := r.Read(buf[n:])
		from := max(0, n-3)
		n += m
		if i := endOfHead(buf[from:n]); i >= 0 {
			return buf[:from+i], buf[from+i : n], nil
		}
		if err != nil {
			return buf[:n], nil, err
		}
		if n >= 8 && !begins(buf[:n]) {
			return buf[:n], nil, errNotHTTP
		}
	}
}

// endOfHead returns the offset behind the first empty line in p, or -1. Lines may end in LF alone (RFC 9112 §2.2): such
// a head is complete, and what becomes of it is not for here to say.
func endOfHead(p []byte) int {
	for from := 0; ; {
		i := bytes.IndexByte(p[from:], '\n')
		if i < 0 {
			return -1
		}
		from += i + 1
		if rest := bytes.TrimPrefix(p[from:], []byte("\r")); len(rest) > 0 && rest[0] == '\n' {
			return len(p) - len(rest) + 1
		}
	}
}

// beginsAnswer reports whether p, of at least 8 bytes, may begin a response.
func beginsAnswer(p []byte) bool { return bytes.HasPrefix(p, []byte("HTTP/1.")) }

// beginsRequest reports whether p may begin a request: with a method.
func beginsRequest(p []byte) bool {
	for i, c := range p {
		if c == ' ' {
			return i > 0
		}
		if !isToken(c) {
			return false
		}
	}
	return len(p) < 32
}

// isToken reports whether c may stand in a token (RFC 9110 §5.6.2).
func isToken(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// parseHead parses a whole head as readHead returns it. Folded lines and control bytes, which serve request smuggling
// only, are refused.
func parseHead(raw []byte) (*head, error) {
	text, ok := strings.CutSuffix(string(raw), "\r\n\r\n")
	if !ok {
		return nil, errNotHTTP
	}
	start, rest, _ := strings.Cut(text, "\r\n")
	h := &head{start: start, fields: make([]field, 0, 16)}
	for rest != "" {
		var line string
		line, rest, _ = strings.Cut(rest, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		// SECURITY: a name that is no token, or a stray CR, LF or NUL, may be read differently by the backend.
		if !ok || name == "" || strings.IndexFunc(name, func(r rune) bool { return r > 127 || !isToken(byte(r)) }) >= 0 {
			return nil, fmt.Errorf("malformed header line %.40q", line)
		}
		if strings.ContainsAny(value, "\r\n\x00") {
			return nil, fmt.Errorf("control character in header %s", name)
		}
		h.fields = append(h.fields, field{name, strings.Trim(value, " \t")})
	}
	return h, nil
}

// request splits a request's start line.
func (h *head) request() (method, target, proto string, err error) {
	method, rest, ok1 := strings.Cut(h.start, " ")
	target, proto, ok2 := strings.Cut(rest, " ")
	if !ok1 || !ok2 || method == "" || target == "" || proto != "HTTP/1.1" && proto != "HTTP/1.0" {
		return "", "", "", fmt.Errorf("malformed request line %.60q", h.start)
	}
	// SECURITY: a stray CR or LF would begin another header, at the backend or in a Location.
	if strings.ContainsFunc(target, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", "", "", fmt.Errorf("control character in the request line %.60q", h.start)
	}
	return method, target, proto, nil
}

// status returns a response's status code.
func (h *head) status() (int, error) {
	_, rest, ok := strings.Cut(h.start, " ")
	code, _, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(code)
	if !ok || err != nil || len(code) != 3 || n < 100 || !strings.HasPrefix(h.start, "HTTP/1.") {
		return 0, fmt.Errorf("malformed status line %.60q", h.start)
	}
	return n, nil
}

// get returns the first value of a field, or "".
func (h *head) get(name string) string {
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// list returns the values of a field's lines as one list (RFC 9110 §5.3), or "".
func (h *head) list(name string) string {
	var values []string
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) && f.value != "" {
			values = append(values, f.value)
		}
	}
	return strings.Join(values, ", ")
}

// count returns how many lines a field has.
func (h *head) count(name string) int {
	n := 0
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			n++
		}
	}
	return n
}

// hasToken reports whether the field's comma-separated lists hold a token, in any case and on any of its lines.
func (h *head) hasToken(name, token string) bool {
	for _, f := range h.fields {
		if !strings.EqualFold(f.name, name) {
			continue
		}
		for part := range strings.SplitSeq(f.value, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

// set replaces a field's lines by one, where its first one stood, or adds it at the end.
func (h *head) set(name, value string) {
	i := slices.IndexFunc(h.fields, func(f field) bool { return strings.EqualFold(f.name, name) })
	if i < 0 {
		h.fields = append(h.fields, field{name, value})
		return
	}
	h.fields[i].value = value
	rest := slices.DeleteFunc(h.fields[i+1:], func(f field) bool { return strings.EqualFold(f.name, name) })
	h.fields = h.fields[:i+1+len(rest)]
}

// del removes a field's lines.
func (h *head) del(name string) {
	h.fields = slices.DeleteFunc(h.fields, func(f field) bool { return strings.EqualFold(f.name, name) })
}

// clone returns a copy whose fields can be changed.
func (h *head) clone() *head { return &head{h.start, slices.Clone(h.fields)} }

// appendTo appends the head as it goes on the wire.
func (h *head) appendTo(b []byte) []byte {
	b = append(append(b, h.start...), "\r\n"...)
	for _, f := range h.fields {
		b = append(append(append(append(b, f.name...), ": "...), f.value...), "\r\n"...)
	}
	return append(b, "\r\n"...)
}

// opensWebSocket reports whether the request can be carried to the backend as it is: it asks for a WebSocket, and
// leaves no doubt about its host, target and end. Others that ask for one are left to net/http, which refuses them or
// puts them in order.
func (h *head) opensWebSocket() bool {
	_, target, proto, err := h.request()
	path, _, _ := strings.Cut(target, "?")
	// SECURITY: servers that let a stray "%" pass decode the rest of the path, by which the route is to be found.
	_, malformed := url.PathUnescape(path)
	return err == nil && malformed == nil && h.isUpgrade() && proto == "HTTP/1.1" && strings.HasPrefix(target, "/") && h.count("Host") == 1 &&
		h.count("Transfer-Encoding") == 0 && h.count("Content-Length") == 0
}

// isUpgrade reports whether the request asks for a WebSocket (RFC 6455 §4.1).
func (h *head) isUpgrade() bool {
	return h.hasToken("Upgrade", "websocket") && h.hasToken("Connection", "upgrade") && strings.HasPrefix(h.start, "GET ")
}

// asksForHTTP2 reports whether the request asks to go on in HTTP/2 on its connection (RFC 7540 §3.2).
//
// SECURITY: to a backend that does so all further requests would go past the routes, and past those whom they let in.
func (h *head) asksForHTTP2() bool {
	return h.hasToken("Upgrade", "h2c") || h.hasToken("Upgrade", "HTTP/2.0") || h.hasToken("Upgrade", "HTTP/2")
}

// headOf is the head of a request that net/http has read: the spelling and order of its lines are lost, and the field
// names of RFC 6455, which http.Header re-cases, are put right.
func headOf(r *http.Request) *head {
	h := &head{start: r.Method + " " + r.URL.RequestURI() + " " + r.Proto, fields: []field{{"Host", r.Host}}}
	for name, values := range r.Header {
		if rest, ok := strings.CutPrefix(name, "Sec-Websocket-"); ok {
			name = "Sec-WebSocket-" + rest
		}
		for _, v := range values {
			h.fields = append(h.fields, field{name, v})
		}
	}
	slices.SortStableFunc(h.fields[1:], func(a, b field) int { return strings.Compare(a.name, b.name) })
	return h
}
