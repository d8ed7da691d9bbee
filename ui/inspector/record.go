package inspector

import (
	"time"
	"unicode/utf8"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
	"culvert/ui/payload"
)

// The tabs of the detail.
const (
	detailPretty = iota
	detailRaw
	detailHex
	detailFrames
	detailTiming
)

// fragmentsSeen is how many fragments of one message are looked at to see whether more have come.
const fragmentsSeen = 10_000

// countTime is how long a TLS handshake that failed may still count others that failed alike.
const countTime = 2 * time.Second

// record is one row with what belongs to it, read at one time. It may be made on any goroutine.
type record struct {
	log     *capture.Log
	row     capture.Row
	message capture.Message
	pieces  int                     // fragments of the message, as far as they are told of
	conn    *capture.ConnInfo       // nil for rows of none and where the connection has gone
	x       capture.Exchange        // of HTTP rows
	failed  capture.FailedHandshake // of handshake rows
	read    time.Time
	settled bool // nothing about it will change any more
}

// readRecord reads row id; capture.ErrGone where it is not held any more.
func readRecord(log *capture.Log, id int64, now time.Time) (*record, error) {
	row, ok := log.Row(id)
	if !ok {
		return nil, capture.ErrGone
	}
	r := &record{log: log, row: row, read: now, settled: row.Settled()}
	r.conn, _ = log.Conn(row.Conn)
	var err error
	switch row.Kind {
	case capture.Frame:
		r.message, err = log.Message(id, -1)
		r.pieces, _, _ = log.Fragments(row.First, fragmentsSeen)
		r.settled = r.settled && r.complete()
	case capture.HTTP:
		r.x, ok = log.Exchange(id)
		if !ok {
			return nil, capture.ErrGone
		}
		r.message.Payload = log.AppendText(nil, &row, -1)
	case capture.Handshake:
		if r.failed, ok = log.FailedHandshake(id); !ok {
			return nil, capture.ErrGone
		}
		r.message.Payload = log.AppendText(nil, &row, -1)
		r.settled = now.Sub(r.failed.Time) > countTime
	default:
		r.message.Payload, err = log.Payload(nil, id, -1)
		r.settled = row.Kind != capture.Open || r.conn == nil || r.conn.Over || !r.conn.Answered.IsZero()
	}
	return r, err
}

// complete reports whether the whole message was there, and inflated if it was compressed.
func (r *record) complete() bool {
	list := r.message.Frames
	if len(list) == 0 {
		return true
	}
	last := &list[len(list)-1]
	return (last.Fin || r.message.More > 0) && !list[0].Has(capture.Inflating) || r.conn == nil || r.conn.Over
}

// changed reports whether the record is worth reading again.
func (r *record) changed(log *capture.Log) bool {
	row, ok := log.Row(r.row.ID)
	if !ok || row.Kind != capture.Frame {
		return true
	}
	if row.Flags != r.row.Flags || row.Stored != r.row.Stored {
		return true
	}
	n, _, whole := log.Fragments(row.First, fragmentsSeen)
	return whole || n != r.pieces
}

// first returns the first frame of the message.
func (r *record) first() *capture.Row {
	if len(r.message.Frames) == 0 {
		return &r.row
	}
	return &r.message.Frames[0]
}

// frames returns how many frames the row tells of.
func (r *record) frames() int { return len(r.message.Frames) + r.message.More }

// document returns one side of the record. marks are the marked rows.
func (r *record) document(tab int, marks []int64) payload.Document {
	switch tab {
	case detailRaw:
		return payload.Raw(r.message.Payload)
	case detailHex:
		return payload.Hex(r.message.Payload)
	case detailFrames:
		return sheet(r.frameSections()...)
	case detailTiming:
		return sheet(timing(r.log, &r.row, marks))
	}
	return r.pretty()
}

func (r *record) pretty() payload.Document {
	switch r.row.Kind {
	case capture.Open:
		if r.conn != nil {
			return sheet(handshake(r.conn)...)
		}
	case capture.Close:
		if r.conn != nil {
			return sheet(append([]section{ending(r.conn), totals(r.conn, r.read)}, handshake(r.conn)...)...)
		}
	case capture.Violation:
		return sheet(append([]section{violation(&r.row, r.message.Payload)}, r.frameSections()...)...)
	case capture.HTTP:
		return sheet(exchange(&r.x))
	case capture.Handshake:
		return sheet(refused(&r.failed))
	case capture.Frame:
		return r.prettyFrame()
	}
	return payload.Raw(r.message.Payload)
}

func (r *record) prettyFrame() payload.Document {
	p := r.message.Payload
	first := r.first()
	if first.Opcode == frame.Close && len(p) >= 2 {
		return sheet(closeFrame(p))
	}
	if tree, ok := payload.JSON(p); ok {
		return tree
	}
	if first.Opcode == frame.Text && !first.Has(capture.NotInflated|capture.Compressed) || textual(p) {
		return payload.Raw(p)
	}
	return payload.Hex(p)
}

// textual reports whether a payload reads as text: UTF-8 without controls, looking at its beginning.
func textual(p []byte) bool {
	p = p[:min(len(p), 4096)]
	for len(p) > 0 {
		c, n := utf8.DecodeRune(p)
		if c == utf8.RuneError && n == 1 && len(p) >= utf8.UTFMax || c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
		p = p[n:]
	}
	return true
}

// closeFrame tells what a Close frame holds (RFC 6455 §5.5.1).
func closeFrame(p []byte) section {
	s := newSection("close")
	s.addInked("code", closeCode(int(p[0])<<8|int(p[1])), ink.Number)
	s.add("reason", string(p[2:]))
	return s
}

// frameSections tells of the frames of the message; of a violation, of the frame that it was found in.
func (r *record) frameSections() []section {
	switch r.row.Kind {
	case capture.Frame:
		return frameList(r.message.Frames)
	case capture.Violation:
		if f, ok := faultyFrame(r.log, &r.row); ok {
			return frameList([]capture.Row{f})
		}
	}
	return nil
}

// faultyFrame returns the frame that a violation was found in: a row close to it, before or after.
func faultyFrame(log *capture.Log, v *capture.Row) (capture.Row, bool) {
	var rows [256]capture.Row
	n := log.Rows(rows[:], max(v.ID-int64(len(rows))/2, 1))
	for i := range rows[:n] {
		f := &rows[i]
		if f.Kind == capture.Frame && f.Conn == v.Conn && f.Dir == v.Dir && f.Number == v.Number {
			return *f, true
		}
	}
	return capture.Row{}, false
}

// summary tells in a few words what the record is; name is that of its message, "" if it has none.
func (r *record) summary(name string) (list []string) {
	switch r.row.Kind {
	case capture.Open:
		list = append(list, word("summary.handshake"))
	case capture.Close:
		list = append(list, word("summary.closed"))
	case capture.Violation:
		list = append(list, word("summary.violation"))
	case capture.HTTP:
		return append(list, word("summary.request"))
	case capture.Handshake:
		return append(list, word("summary.refused"))
	default:
		list = append(list, or(safe(name), r.first().Opcode.String()))
	}
	list = append(list, word("summary.socket", "n", count(int64(r.row.Conn))))
	if r.row.Kind == capture.Frame {
		list = append(list, r.sizes())
		for _, notice := range []struct {
			flag capture.Flags
			word string
		}{{capture.NotInflated, "notinflated"}, {capture.InvalidUTF8, "utf8"}, {capture.Cut, "cut"}, {capture.Truncated, "truncated"}} {
			if r.first().Has(notice.flag) || r.row.Has(notice.flag) {
				list = append(list, word("flag."+notice.word))
			}
		}
	}
	return list
}

func (r *record) sizes() string {
	var wire int64
	for i := range r.message.Frames {
		if f := &r.message.Frames[i]; f.First == r.row.First {
			wire += int64(min(f.Wire, 1<<62))
		}
	}
	if first := r.first(); first.Has(capture.Inflated) {
		return word("summary.inflated", "wire", capture.SizeText(wire), "size", capture.SizeText(first.Inflated))
	}
	return word("summary.wire", "wire", capture.SizeText(wire))
}

// safe makes a text of the traffic fit to be shown on a line, and short. It is escaped as in the list.
func safe(text string) string {
	if n := 60; len(text) > n {
		for !utf8.RuneStart(text[n]) && n > 60-utf8.UTFMax {
			n--
		}
		text = text[:n] + "…"
	}
	return string(capture.AppendSafe(nil, []byte(text)))
}
