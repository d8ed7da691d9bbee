package capture

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"time"
	"unicode/utf8"

	"culvert/tunnel/frame"
)

// JSONHelp documents the lines of [Log.AppendJSON]; fields are only ever added to it.
const JSONHelp = `Each row is one JSON object on one line:

  id           number of the row in its project's capture, from 1
  time         when it happened, RFC 3339 in UTC with microseconds
  kind         open, frame, violation, close, http or handshake
  project      the project's name
  conn         number of the connection; not with http and handshake

  frame:       dir (sent or received), op (text, binary, close, ping, pong, continuation, opcode N),
               number (of the frame in its direction), fin, size (payload bytes, inflated where it was
               compressed), wire (bytes with the header), and its payload as text, or as base64 where
               it is not text; code and reason of a close frame. Where they apply: rsv, masked,
               compressed, first (id of the message's first frame), truncated, cut, not_inflated,
               invalid_utf8, faulty: true
  violation:   dir, frame (its number), offset (of the byte in its direction), section, text
  open:        url, client, upstream, skipped (why other upstreams did not serve it, where some were tried
               before), status (0 without an answer), protocol, foreign_origin (of the page that asked,
               where it is not of the url's scheme, host and port; may be "null")
  close:       url, by, cause, code, reason, detail, text (all in one sentence), ms, sent, received (frames)
  http:        method, url, status, request_bytes, response_bytes, ms, type, error, skipped (as above)
  handshake:   a TLS handshake that failed: client, address (that it dialled), name (that it asked for),
               alpn (that it offered), program (what the client is, as far as its hello tells), by,
               alert (its name in RFC 8446), reason (distrusted, expired, name-refused, no-certificate,
               incompatible, not-tls, cut, timeout), detail, fix, text (all in one sentence), ms, count
               (of those that failed alike within a second); what is not known is left out
`

// AppendJSON appends the row as one JSON object, as [JSONHelp] describes it, without an end of line, with at most limit
// bytes of its payload (limit < 0: all that is held).
func (l *Log) AppendJSON(dst []byte, r *Row, project string, limit int) []byte {
	o := object{append(dst, '{')}
	o.number("id", r.ID)
	o.text("time", r.Time().UTC().Format("2006-01-02T15:04:05.000000Z"))
	o.text("kind", r.Kind.String())
	if project != "" {
		o.text("project", project)
	}
	if r.Conn != 0 {
		o.number("conn", int64(r.Conn))
	}
	switch r.Kind {
	case Frame:
		l.jsonFrame(&o, r, limit)
	case Violation:
		p, _ := l.Payload(nil, r.ID, -1)
		o.text("dir", r.Dir.String())
		o.number("frame", r.Number)
		o.number("offset", r.Offset)
		o.text("section", r.Rule.Section())
		o.text("text", string(p))
	case Open:
		if c, ok := l.Conn(r.Conn); ok {
			o.text("url", c.URL)
			o.text("client", c.Client)
			o.text("upstream", c.Upstream)
			if c.Skipped != "" {
				o.text("skipped", c.Skipped)
			}
			o.number("status", int64(c.Status))
			if c.Subprotocol != "" {
				o.text("protocol", c.Subprotocol)
			}
			if c.ForeignOrigin != "" {
				o.text("foreign_origin", c.ForeignOrigin)
			}
		}
	case Close:
		l.jsonClose(&o, r)
	case HTTP:
		l.jsonHTTP(&o, r)
	case Handshake:
		if h, ok := l.FailedHandshake(r.ID); ok {
			o.handshake(&h)
		}
	}
	return append(o.b, '}')
}

func (l *Log) jsonFrame(o *object, r *Row, limit int) {
	o.text("dir", r.Dir.String())
	o.text("op", r.Opcode.String())
	o.number("number", r.Number)
	o.bool("fin", r.Fin)
	o.number("size", r.Size())
	o.number("wire", int64(min(r.Wire, 1<<62))+int64(r.Header))
	if r.RSV != 0 {
		o.number("rsv", int64(r.RSV))
	}
	if r.First != r.ID {
		o.number("first", r.First)
	}
	p, _ := l.Payload(nil, r.ID, limit)
	for _, f := range [...]struct {
		name string
		set  bool
	}{
		{"masked", r.Masked},
		{"compressed", r.Has(Compressed)},
		{"truncated", r.Flags&(Truncated|InflateCut) != 0 || limit >= 0 && int64(len(p)) < r.Size()},
		{"cut", r.Has(Cut)},
		{"not_inflated", r.Has(NotInflated)},
		{"invalid_utf8", r.Has(InvalidUTF8)},
		{"faulty", r.Has(Faulty)},
	} {
		if f.set {
			o.bool(f.name, true)
		}
	}
	if r.Opcode == frame.Close && len(p) >= 2 {
		o.number("code", int64(binary.BigEndian.Uint16(p)))
		if p = p[2:]; utf8.Valid(p) {
			o.text("reason", string(p))
			return
		}
	}
	if (r.Opcode.Control() || l.isText(r)) && (!r.Has(Compressed) || r.Has(Inflated)) && utf8.Valid(p) {
		o.textBytes("text", p)
		return
	}
	o.base64("base64", p)
}

func (l *Log) jsonClose(o *object, r *Row) {
	p, _ := l.Payload(nil, r.ID, -1)
	if c, ok := l.Conn(r.Conn); ok {
		o.text("url", c.URL)
		o.text("by", c.End.By.String())
		o.text("cause", c.End.Cause.String())
		if c.CloseCode != 0 {
			o.number("code", int64(c.CloseCode))
			o.text("reason", c.CloseReason)
		}
		if c.End.Detail != "" {
			o.text("detail", c.End.Detail)
		}
		o.millis("ms", c.Duration(r.Time()))
		o.number("sent", c.Sent.Frames)
		o.number("received", c.Received.Frames)
	}
	o.text("text", string(p))
}

func (l *Log) jsonHTTP(o *object, r *Row) {
	x, ok := l.Exchange(r.ID)
	if !ok {
		return
	}
	o.text("method", x.Method)
	o.text("url", x.URL)
	o.number("status", int64(x.Status))
	o.number("request_bytes", x.RequestBytes)
	o.number("response_bytes", x.ResponseBytes)
	o.millis("ms", x.Duration)
	if x.ContentType != "" {
		o.text("type", x.ContentType)
	}
	if x.Err != "" {
		o.text("error", x.Err)
	}
	if x.Skipped != "" {
		o.text("skipped", x.Skipped)
	}
}

// handshake writes the members of a TLS handshake that failed.
func (o *object) handshake(h *FailedHandshake) {
	for _, member := range [...]struct{ name, value string }{
		{"client", h.Client},
		{"address", h.Address},
		{"name", h.ServerName},
		{"alpn", h.ALPN},
		{"program", h.Program},
		{"by", h.By.String()},
		{"alert", h.Alert},
		{"reason", string(h.Reason)},
		{"detail", h.Detail},
		{"fix", h.Fix},
		{"text", h.Explanation()},
	} {
		if member.value != "" {
			o.text(member.name, member.value)
		}
	}
	o.millis("ms", h.Duration)
	o.number("count", h.Count)
}

// object writes the members of a JSON object one after another.
type object struct{ b []byte }

func (o *object) key(name string) {
	if c := o.b[len(o.b)-1]; c != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, `":`...)
}

func (o *object) text(name, value string) { o.textBytes(name, []byte(value)) }

func (o *object) textBytes(name string, value []byte) {
	o.key(name)
	o.b = appendQuoted(o.b, value)
}

func (o *object) base64(name string, value []byte) {
	o.key(name)
	o.b = append(o.b, '"')
	o.b = base64.StdEncoding.AppendEncode(o.b, value)
	o.b = append(o.b, '"')
}

func (o *object) number(name string, n int64) {
	o.key(name)
	o.b = strconv.AppendInt(o.b, n, 10)
}

func (o *object) bool(name string, v bool) {
	o.key(name)
	o.b = strconv.AppendBool(o.b, v)
}

func (o *object) millis(name string, d time.Duration) {
	o.key(name)
	o.b = strconv.AppendFloat(o.b, float64(d.Microseconds())/1000, 'f', -1, 64)
}

// appendQuoted appends text as a JSON string; what is not UTF-8 in it becomes U+FFFD.
func appendQuoted(dst, text []byte) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(text[i:])
			// U+2028 and U+2029 end a line in JavaScript.
			// SECURITY: C1 controls are escape sequences to some terminals, others reorder the line.
			bad := r == utf8.RuneError && size == 1
			if bad || r <= 0x9F || r >= 0x2028 && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
				dst = append(dst, text[start:i]...)
				if bad {
					dst = append(dst, "\uFFFD"...)
				} else {
					dst = appendEscape(dst, r)
				}
				start = i + size
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' && c != 0x7F {
			i++
			continue
		}
		dst = append(dst, text[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = appendEscape(dst, rune(c))
		}
		i++
		start = i
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
