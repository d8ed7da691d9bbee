package frametest

import "culvert/tunnel/frame"

// Recorder is a [frame.Sink] that keeps what it is told in the terms of a [Case]. The zero value is ready.
type Recorder struct {
	Frames     []Frame
	Violations []Violation
	Order      []byte // 'B', 'E' and 'V' for the calls of Begin, End and Violation

	Space int  // most space that Room gives at once; 0: all that is asked for
	Drop  bool // Room gives none
}

// Begin implements [frame.Sink].
func (r *Recorder) Begin(h *frame.Header) {
	r.Order = append(r.Order, 'B')
	r.Frames = append(r.Frames, Frame{Header: *h, Cut: true})
}

// Room implements [frame.Sink].
func (r *Recorder) Room(n int) []byte {
	if r.Drop {
		return nil
	}
	if r.Space > 0 {
		n = min(n, r.Space)
	}
	f := &r.Frames[len(r.Frames)-1]
	start := len(f.Payload)
	f.Payload = append(f.Payload, make([]byte, n)...)
	return f.Payload[start:]
}

// End implements [frame.Sink].
func (r *Recorder) End() {
	r.Order = append(r.Order, 'E')
	r.Frames[len(r.Frames)-1].Cut = false
}

// Violation implements [frame.Sink].
func (r *Recorder) Violation(v frame.Violation) {
	r.Order = append(r.Order, 'V')
	r.Violations = append(r.Violations, Violation{Rule: v.Rule, Frame: v.Frame, Offset: v.Offset, Lost: v.Lost})
}
