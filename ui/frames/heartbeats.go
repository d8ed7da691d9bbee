package frames

import (
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
)

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
