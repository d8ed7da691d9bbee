package frametest

import (
	"slices"

	"culvert/tunnel/frame"
)

// Recorder is a [frame.Sink] that keeps what it is told in the terms of a [Case]. The zero value is ready.
type Recorder struct {
	Frames     []Frame
	Violations []Violation
	Order      []byte // 'B', 'E' and 'V' for the calls of Begin, End and Violation

	Space int  // most space that Room gives at once; 0: all that is asked for
	Drop  bool // Room gives none

	payloads []byte // of all frames
}

// Reset makes r as good as new with its memory kept: what it held before is overwritten.
func (r *Recorder) Reset() {
	r.Frames, r.Violations, r.Order, r.payloads = r.Frames[:0], r.Violations[:0], r.Order[:0], r.payloads[:0]
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
	have := len(f.Payload)
	r.payloads = slices.Grow(r.payloads, n)[:len(r.payloads)+n]
	f.Payload = r.payloads[len(r.payloads)-have-n:]
	return f.Payload[have:]
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

// RunRecorder is a [Recorder] that takes runs. The Order of a violation and the end of its frame is then the other way
// round.
type RunRecorder struct {
	Recorder
	Most int // most space that Run gives; 0: none
	Runs int // messages taken in runs

	space []byte
	first int // frame of the run
}

// Run implements [frame.RunSink].
func (r *RunRecorder) Run(n int) []byte {
	r.space, r.first = make([]byte, min(n, r.Most)), len(r.Frames)
	return r.space
}

// Message implements [frame.RunSink].
func (r *RunRecorder) Message(h *frame.Header) {
	r.Begin(h)
	r.End()
}

// Ran implements [frame.RunSink].
func (r *RunRecorder) Ran(n int) {
	at := 0
	for i := range r.Frames[r.first:] {
		f := &r.Frames[r.first+i]
		start := at + int(f.Header.Size)
		at = start + int(f.Header.Length)
		f.Payload = r.space[:n][start:at]
		r.Runs++
	}
}
