package frames

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
	"culvert/ui/words"
)

const (
	nameScan    = 2 << 10 // how much of a payload is looked through for a name
	previewSize = 200     // bytes of text in a preview
	dumpSize    = 16      // bytes of other payloads
	nameSize    = 64
	mostFrames  = 99 // of a message that are counted
)

// rows fills the rows of a list.
type rows struct {
	log     Capture
	terms   *terms
	cells   cells
	payload []byte
}

// fill fills r with the cells of a row, or of the run of heartbeats that begins with it. before is the row before it in
// the list.
func (w *rows) fill(r *ink.Row, row *capture.Row, e entry, before time.Duration, follows bool) {
	c := &w.cells
	c.begin(r)
	c.int(row.ID)
	c.end(ink.Faint)
	w.direction(row, e.beats > 1)
	c.buf = appendClock(c.buf, row.Wall)
	c.end(ink.Dim)
	if follows {
		c.buf = appendSeconds(c.buf, row.Mono-before)
	}
	c.end(ink.Faint)
	switch row.Kind {
	case capture.Frame:
		if e.beats > 1 {
			w.heartbeats(e)
		} else {
			w.frame(row)
		}
	case capture.Open:
		w.opened(row)
	case capture.Close:
		w.closed(row)
	case capture.Violation:
		w.violation(row)
	case capture.HTTP:
		w.exchange(row)
	}
	for c.count < Columns {
		c.end(ink.None)
	}
	c.finish(r)
}

// direction makes the cell of the direction: of an end it is that of who ended the connection.
func (w *rows) direction(row *capture.Row, run bool) {
	c := &w.cells
	dir := row.Dir
	switch {
	case run:
		c.word("↕", ink.Faint)
		return
	case row.Kind == capture.HTTP:
		c.end(ink.None)
		return
	case row.Kind == capture.Close:
		switch info, ok := w.log.Conn(row.Conn); {
		case ok && info.End.By == capture.Client:
			dir = frame.Sent
		case ok && info.End.By == capture.Backend:
			dir = frame.Received
		default:
			c.end(ink.None)
			return
		}
	}
	if dir == frame.Sent {
		c.word("↑", ink.Sent)
	} else {
		c.word("↓", ink.Received)
	}
}

// heartbeats makes the cells of a run, from the type on.
func (w *rows) heartbeats(e entry) {
	c := &w.cells
	c.word(w.terms.ping, ink.Faint)
	c.end(ink.None)
	c.end(ink.None)
	c.buf = w.terms.heartbeats.number(c.buf, int64(e.beats))
	if rtt, ok := w.roundTrip(e); ok {
		c.text(" · ")
		c.text(w.terms.rtt.before)
		c.buf = appendDuration(c.buf, rtt)
		c.text(w.terms.rtt.after)
	}
	c.end(ink.Dim)
	c.end(ink.None)
}

// roundTrip returns the time from the last ping of a run that was answered in it to its pong. It looks at the end of
// the run only.
func (w *rows) roundTrip(e entry) (time.Duration, bool) {
	const look = 64 // rows
	var pongs [8]capture.Row
	n := 0
	for id := e.last(); id >= e.id && id > e.last()-look; id-- {
		row, ok := w.log.Row(id)
		if !ok || row.Kind != capture.Frame {
			continue
		}
		switch row.Opcode {
		case frame.Pong:
			if n < len(pongs) {
				pongs[n] = row
				n++
			}
		case frame.Ping:
			for i := range pongs[:n] {
				if p := &pongs[i]; p.Conn == row.Conn && p.Dir != row.Dir && w.same(p.ID, row.ID) {
					return p.Mono - row.Mono, true
				}
			}
		}
	}
	return 0, false
}

// same reports whether two rows have the same payload.
func (w *rows) same(a, b int64) bool {
	p, _ := w.log.Payload(w.payload[:0], a, 125)
	n := len(p)
	p, _ = w.log.Payload(p, b, 125)
	w.payload = p
	return string(p[:n]) == string(p[n:])
}

// frame makes the cells of a frame, from the type on.
func (w *rows) frame(row *capture.Row) {
	c := &w.cells
	plain := !row.Has(capture.Compressed) || row.Has(capture.Inflated)
	w.payload, _ = w.log.Payload(w.payload[:0], row.ID, nameScan)
	p := w.payload
	text := row.Opcode == frame.Text
	switch row.Opcode {
	case frame.Text:
		c.word(w.terms.text, ink.None)
	case frame.Binary:
		c.word(w.terms.binary, ink.None)
	case frame.Continuation:
		c.word(w.terms.continuation, ink.Dim)
		if first, ok := w.log.Row(row.First); ok {
			text = first.Opcode == frame.Text
		}
	case frame.Close:
		c.word(w.terms.close, ink.Warning)
	case frame.Ping:
		c.word(w.terms.ping, ink.Faint)
	case frame.Pong:
		c.word(w.terms.pong, ink.Faint)
	default:
		c.text(w.terms.reserved)
		c.text(" ")
		c.int(int64(row.Opcode))
		c.end(ink.Error)
	}
	if text && plain {
		w.name(nameOf(p))
	} else {
		c.end(ink.None)
	}
	if row.Has(capture.Inflated) {
		_, wire, _ := w.log.Fragments(row.ID, mostFrames)
		c.buf = appendSizes(c.buf, int64(min(wire, 1<<62)), row.Inflated)
	} else {
		c.buf = appendSize(c.buf, row.Size())
	}
	c.end(ink.Dim)
	w.preview(row, p, text, plain)
	w.flags(row)
}

func (w *rows) name(name []byte) {
	w.cells.buf = appendLine(w.cells.buf, name[:min(len(name), nameSize)], nameSize)
	w.cells.end(ink.None)
}

// preview makes the cell of a frame's payload p.
func (w *rows) preview(row *capture.Row, p []byte, text, plain bool) {
	c := &w.cells
	total := row.Size()
	switch {
	case !plain && row.First != row.ID:
		c.buf = w.terms.part.number(c.buf, row.First)
		c.end(ink.Faint)
	case row.Has(capture.Inflating):
		c.word(w.terms.inflating, ink.Faint)
	case row.Has(capture.NotInflated):
		c.text(w.terms.notInflated)
		c.between(" · ")
		c.buf = appendDump(c.buf, p, total)
		c.end(ink.Error)
	case row.Opcode == frame.Close:
		w.closeCode(p)
		c.end(ink.None)
	case row.Opcode.Control():
		if printable(p) {
			c.buf = appendLine(c.buf, p, previewSize)
		} else {
			c.buf = appendDump(c.buf, p, total)
		}
		c.end(ink.Dim)
	case text:
		if _, body, ok := stomp(p); ok && len(body) > 0 {
			p = body
		}
		c.buf = appendLine(c.buf, p, previewSize)
		if row.Has(capture.InvalidUTF8) || row.Has(capture.Faulty) {
			c.end(ink.Error)
		} else {
			c.end(ink.None)
		}
	default:
		c.buf = appendDump(c.buf, p, total)
		c.end(ink.None)
	}
}

// closeCode adds what the payload p of a Close frame says (RFC 6455 §5.5.1).
func (w *rows) closeCode(p []byte) {
	c := &w.cells
	if len(p) < 2 {
		c.text(w.terms.noCode)
		return
	}
	w.code(int(p[0])<<8 | int(p[1]))
	if reason := p[2:]; len(reason) > 0 {
		c.text(" — ")
		c.buf = appendLine(c.buf, reason, previewSize)
	}
}

func (w *rows) code(code int) {
	c := &w.cells
	c.int(int64(code))
	if meaning := w.terms.code(code); meaning != "" {
		c.text(" ")
		c.text(meaning)
	}
}

// flags makes the cell of what is to be said of a frame besides.
func (w *rows) flags(row *capture.Row) {
	c := &w.cells
	i := ink.Dim
	if row.Has(capture.Compressed) && row.First == row.ID {
		c.text("⇊")
	}
	if !row.Fin && row.First == row.ID && !row.Opcode.Control() {
		n, _, whole := w.log.Fragments(row.ID, mostFrames)
		c.between(" ")
		c.buf = w.terms.frames.number(c.buf, int64(n))
		if !whole {
			c.text("…")
		}
	}
	if row.Flags&(capture.Truncated|capture.InflateCut) != 0 {
		c.between(" ")
		c.text(w.terms.truncated)
		i = ink.Warning
	}
	if row.Flags&(capture.Faulty|capture.InvalidUTF8) != 0 {
		c.between(" ")
		c.text("⚠")
		if section := w.section(row); section != "" {
			c.text(" ")
			c.text(section)
		}
		i = ink.Error
	}
	if row.Has(capture.Cut) {
		c.between(" ")
		c.text("✕ ")
		c.text(w.terms.cut)
		i = ink.Error
	}
	c.end(i)
}

// section returns which section a faulty frame breaks, as the violation tells that comes right after it.
func (w *rows) section(row *capture.Row) string {
	next, ok := w.log.Row(row.ID + 1)
	if ok && next.Kind == capture.Violation && next.Conn == row.Conn && next.Dir == row.Dir && next.Number == row.Number {
		return shortSection(next.Rule)
	}
	if row.Has(capture.InvalidUTF8) {
		return shortSection(frame.TextInvalid)
	}
	return ""
}

// shortSection names the section of a rule without the RFC, if that is RFC 6455.
func shortSection(r frame.Rule) string {
	const rfc6455, rfc = "RFC 6455 §", "RFC "
	s := r.Section()
	switch {
	case len(s) > len(rfc6455) && s[:len(rfc6455)] == rfc6455:
		return s[len(rfc6455):]
	case len(s) > len(rfc) && s[:len(rfc)] == rfc:
		return s[len(rfc):]
	}
	return s
}

// opened makes the cells of a request for a connection, from the type on.
func (w *rows) opened(row *capture.Row) {
	c := &w.cells
	c.word(w.terms.open, ink.Accent)
	info, ok := w.log.Conn(row.Conn)
	if !ok {
		return
	}
	c.text("GET ")
	c.buf = appendLine(c.buf, clip(info.Path(), nameSize), nameSize)
	if info.Status != 0 {
		c.text(" → ")
		c.int(int64(info.Status))
	}
	c.end(ink.None)
	c.end(ink.None) // size
	switch {
	case info.Status == 101:
		w.agreed(info)
		c.end(ink.None)
	case info.Status != 0:
		c.buf = appendLine(c.buf, clip(reason(info.Response), previewSize), previewSize)
		c.between(" — ")
		c.text(w.terms.ends[capture.ByRefusal][capture.Backend])
		w.origin(info)
		c.end(ink.Error)
	case info.Over:
		w.ending(info)
		w.origin(info)
		c.end(ink.Error)
	default:
		c.word(w.terms.waiting, ink.Faint)
	}
	switch {
	case info.Status != 101 && (info.Status != 0 || info.Over):
		c.word("✕", ink.Error)
	case info.ForeignOrigin != "":
		c.text("⚠ ")
		c.word(w.terms.foreign, ink.Warning)
	}
}

// origin adds the origin of the page that asked, where it may be why.
func (w *rows) origin(info *capture.ConnInfo) {
	c := &w.cells
	if info.ForeignOrigin != "" {
		c.between(" · ")
		c.text(w.terms.origin.before)
		c.buf = appendLine(c.buf, clip(info.ForeignOrigin, nameSize), nameSize)
		c.text(w.terms.origin.after)
	}
}

// agreed adds the extensions, without their parameters, and the subprotocol of a connection.
func (w *rows) agreed(info *capture.ConnInfo) {
	c := &w.cells
	start := len(c.buf)
	rest := []byte(info.Extensions)
	for len(rest) > 0 {
		var one []byte
		one, rest, _ = bytes.Cut(rest, []byte(","))
		one, _, _ = bytes.Cut(one, []byte(";"))
		if one = bytes.TrimSpace(one); len(one) > 0 {
			c.between(" · ")
			c.buf = appendLine(c.buf, one, nameSize)
		}
	}
	if info.Subprotocol != "" {
		c.between(" · ")
		c.buf = appendLine(c.buf, clip(info.Subprotocol, nameSize), nameSize)
	}
	if len(c.buf) == start {
		c.text(w.terms.plain)
	}
	w.origin(info)
}

// reason returns the reason phrase of a response's head.
func reason(head []byte) string {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	parts := bytes.SplitN(bytes.TrimRight(line, "\r"), []byte(" "), 3)
	if len(parts) < 3 {
		return ""
	}
	return string(parts[2])
}

// closed makes the cells of the end of a connection, from the type on.
func (w *rows) closed(row *capture.Row) {
	c := &w.cells
	c.word(w.terms.end, ink.Warning)
	info, ok := w.log.Conn(row.Conn)
	if !ok {
		return
	}
	c.buf = appendLine(c.buf, clip(info.Path(), nameSize), nameSize)
	c.end(ink.None)
	c.end(ink.None) // size
	w.ending(info)
	c.between(" · ")
	c.buf = appendDuration(c.buf, info.Duration(row.Time()))
	c.end(ink.None)
	c.end(ink.None)
}

// ending adds how a connection ended: what the first Close frame said, whose doing it was, and the error.
func (w *rows) ending(info *capture.ConnInfo) {
	c := &w.cells
	switch {
	case info.CloseBy != capture.Unknown && info.CloseCode != 0:
		w.code(info.CloseCode)
		if info.CloseReason != "" {
			c.text(" ")
			c.buf = appendLine(c.buf, clip(info.CloseReason, previewSize), previewSize)
		}
		c.text(" — ")
	case info.CloseBy == capture.Unknown && info.Status == 101:
		c.text(w.terms.noCloseFrame)
		c.text(" — ")
	}
	c.text(w.terms.ending(&info.End))
	if detail := EndDetail(&info.End); detail != "" {
		c.text(" · ")
		c.buf = appendLine(c.buf, clip(detail, previewSize), previewSize)
	}
}

// EndDetail returns what else there is to say of an end, in the user's language unless it is the backend's own text.
func EndDetail(e *capture.End) string {
	if e.Cause == capture.ByRefusal && e.By == capture.Backend {
		return e.Detail
	}
	return words.Sentence(e.Detail)
}

// violation makes the cells of a violation, from the type on.
func (w *rows) violation(row *capture.Row) {
	c := &w.cells
	c.word(w.terms.violation, ink.Error)
	c.end(ink.None)
	c.end(ink.None)
	c.text(row.Rule.Section())
	c.text(": ")
	if int(row.Rule) < len(w.terms.rules) {
		c.text(w.terms.rules[row.Rule])
	}
	w.payload, _ = w.log.Payload(w.payload[:0], row.ID, nameScan)
	if detail := FaultDetail(row.Rule, w.payload); detail != "" {
		c.text(": ")
		c.buf = appendLine(c.buf, clip(detail, previewSize), previewSize)
	}
	c.end(ink.Error)
	c.text("⚠ ")
	c.word(shortSection(row.Rule), ink.Error)
}

// FaultDetail returns what the text of a violation says beyond its rule, in the user's language; "" for nothing.
func FaultDetail(rule frame.Rule, text []byte) string {
	told := len(rule.Section()) + len(": ") + len(rule.String()) + len(": ")
	if len(text) <= told {
		return ""
	}
	return words.Sentence(string(text[told:]))
}

// exchange makes the cells of an HTTP exchange, from the type on.
func (w *rows) exchange(row *capture.Row) {
	c := &w.cells
	c.word(w.terms.http, ink.Dim)
	x, ok := w.log.Exchange(row.ID)
	if !ok {
		return
	}
	i := ink.None
	if x.Err != "" || x.Status == 0 || x.Status >= 500 {
		i = ink.Error
	}
	c.buf = appendLine(c.buf, clip(x.Method, nameSize), nameSize)
	if x.Status != 0 {
		c.text(" → ")
		c.int(int64(x.Status))
	}
	c.end(i)
	c.buf = appendSize(c.buf, x.ResponseBytes)
	c.end(ink.Dim)
	c.buf = appendLine(c.buf, clip(pathOf(x.URL), previewSize), previewSize)
	if x.ContentType != "" {
		c.text(" · ")
		c.buf = appendLine(c.buf, clip(x.ContentType, nameSize), nameSize)
	}
	if x.Err != "" {
		c.text(" · ")
		c.buf = appendLine(c.buf, clip(words.Sentence(x.Err), previewSize), previewSize)
	}
	c.text(" · ")
	c.buf = appendDuration(c.buf, x.Duration)
	c.end(i)
	if i == ink.Error {
		c.word("✕", ink.Error)
	}
}

// clip returns the first n bytes of s, and one more where it is longer, by which appendLine knows.
func clip(s string, n int) []byte { return []byte(s[:min(len(s), n+1)]) }

// appendLine appends at most limit bytes of text as one line: line ends, with the blanks around them, become one blank.
// What is cut ends with "…". The text is not made safe otherwise: who draws it does that.
func appendLine(dst, text []byte, limit int) []byte {
	text = bytes.TrimRight(text, "\x00\r\n")
	end := len(dst) + limit
	for i := 0; i < len(text); {
		if len(dst) >= end {
			return append(dst, "…"...)
		}
		c := text[i]
		if c == '\r' || c == '\n' {
			for i < len(text) && blank(text[i]) {
				i++
			}
			dst = append(bytes.TrimRight(dst, " \t"), ' ')
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			_, size = utf8.DecodeRune(text[i:])
		}
		dst = append(dst, text[i:i+size]...)
		i += size
	}
	return dst
}

// appendDump appends the first bytes of p as hex and as text. total is how many there are.
func appendDump(dst, p []byte, total int64) []byte {
	const digits = "0123456789abcdef"
	n := min(len(p), dumpSize)
	for i, b := range p[:n] {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	if n > 0 {
		dst = append(dst, "  "...)
	}
	for _, b := range p[:n] {
		if b < ' ' || b > '~' {
			dst = append(dst, "·"...)
		} else {
			dst = append(dst, b)
		}
	}
	if total > int64(n) {
		dst = append(dst, "…"...)
	}
	return dst
}

// printable reports whether p is text without control characters.
func printable(p []byte) bool {
	for i := 0; i < len(p); {
		r, size := utf8.DecodeRune(p[i:])
		if r == utf8.RuneError && size == 1 || !strconv.IsPrint(r) {
			return false
		}
		i += size
	}
	return len(p) > 0
}
