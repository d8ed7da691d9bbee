package frame_test

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"

	"culvert/tunnel/frame"
	"culvert/tunnel/frame/frametest"
)

// cases is the table, made once.
var cases = sync.OnceValue(frametest.Cases)

// decode feeds stream in the given pieces to a new decoder and returns what it found.
func decode(dir frame.Direction, deflate bool, r *frametest.Recorder, pieces ...[]byte) *frametest.Recorder {
	feed(dir, deflate, r, pieces...)
	return r
}

func feed(dir frame.Direction, deflate bool, s frame.Sink, pieces ...[]byte) {
	d := frame.NewDecoder(dir, deflate)
	for _, p := range pieces {
		d.Feed(p, s)
	}
	d.EOF(s)
}

// difference says in what the recorders differ, or "".
func difference(got, want *frametest.Recorder) string {
	if len(got.Frames) != len(want.Frames) {
		return fmt.Sprintf("%d frames, want %d", len(got.Frames), len(want.Frames))
	}
	for i := range got.Frames {
		g, w := &got.Frames[i], &want.Frames[i]
		switch {
		case g.Header != w.Header:
			return fmt.Sprintf("frame %d: header\n%+v, want\n%+v", i+1, g.Header, w.Header)
		case g.Cut != w.Cut:
			return fmt.Sprintf("frame %d: cut %v, want %v", i+1, g.Cut, w.Cut)
		case !got.Drop && !bytes.Equal(g.Payload, w.Payload):
			return fmt.Sprintf("frame %d: payload\n%.80x, want\n%.80x", i+1, g.Payload, w.Payload)
		}
	}
	if !slices.Equal(got.Violations, want.Violations) {
		return fmt.Sprintf("violations\n%+v, want\n%+v", got.Violations, want.Violations)
	}
	if want.Order != nil && !bytes.Equal(got.Order, want.Order) {
		return fmt.Sprintf("order\n%s, want\n%s", got.Order, want.Order)
	}
	return ""
}

// splitBudget bounds what the splits of one case cost: bytes decoded.
const splitBudget = 128 << 10

// splits returns where to cut c in two: everywhere if that is affordable, else around the headers and at even
// distances.
func splits(c *frametest.Case) []int {
	size := len(c.Bytes)
	most := max(8, splitBudget/max(1, size))
	var at []int
	if size <= most {
		for i := 1; i < size; i++ {
			at = append(at, i)
		}
		return at
	}
	for i := range c.Frames {
		h := &c.Frames[len(c.Frames)-1-i].Header
		for k := int64(1); k <= int64(h.Size) && len(at) < most/2; k++ {
			at = append(at, int(h.Offset+k))
		}
	}
	for i := range most / 2 {
		at = append(at, 1+(size-2)*i/(most/2))
	}
	return at
}

func inPiecesOf(p []byte, size int) [][]byte {
	if size == 0 {
		return [][]byte{p}
	}
	return slices.Collect(slices.Chunk(p, size))
}

func TestDecoderFindsTheSameForASinkThatTakesRuns(t *testing.T) {
	var got frametest.RunRecorder
	for _, c := range cases() {
		want := &frametest.Recorder{Frames: c.Frames, Violations: c.Violations}
		for _, most := range []int{1 << 20, 300, 0} {
			for _, pieces := range [][][]byte{{c.Bytes}, inPiecesOf(c.Bytes, c.Chop), inPiecesOf(c.Bytes, 1021), inPiecesOf(c.Bytes, 100)} {
				got.Reset()
				got.Most = most
				feed(c.Dir, c.Deflate != nil, &got, pieces...)
				if diff := difference(&got.Recorder, want); diff != "" {
					t.Fatalf("%s %s, in %d pieces with space for %d bytes: %s", c.ID, c.Name, len(pieces), most, diff)
				}
			}
		}
	}
	if got.Runs == 0 {
		t.Error("no message was part of a run")
	}
}

func TestDecoderFindsWhatEachCaseHoldsInEveryChunking(t *testing.T) {
	var got frametest.Recorder
	for _, c := range cases() {
		t.Run(c.ID, func(t *testing.T) {
			want := &frametest.Recorder{Frames: c.Frames, Violations: c.Violations}
			want.Order = decode(c.Dir, c.Deflate != nil, &frametest.Recorder{}, c.Bytes).Order
			run := func(how string, space int, drop bool, pieces ...[]byte) {
				got.Reset()
				got.Space, got.Drop = space, drop
				decode(c.Dir, c.Deflate != nil, &got, pieces...)
				if diff := difference(&got, want); diff != "" {
					t.Fatalf("%s, %s: %s", c.Name, how, diff)
				}
			}
			run("whole", 0, false, c.Bytes)
			run("whole, without room", 0, true, c.Bytes)
			run("in its own pieces", 0, false, inPiecesOf(c.Bytes, c.Chop)...)
			run("in pieces of 1021 bytes and rooms of 1000", 1000, false, inPiecesOf(c.Bytes, 1021)...)
			if len(c.Bytes) <= splitBudget/8 {
				run("in rooms of 3 bytes", 3, false, c.Bytes)
				run("byte by byte", 0, false, inPiecesOf(c.Bytes, 1)...)
				run("byte by byte, without room", 0, true, inPiecesOf(c.Bytes, 1)...)
			}
			for _, at := range splits(&c) {
				run(fmt.Sprintf("cut at %d", at), 0, false, c.Bytes[:at], c.Bytes[at:])
			}
		})
	}
}

func TestMessagesOfEachCaseJoinAndInflate(t *testing.T) {
	for _, c := range cases() {
		t.Run(c.ID, func(t *testing.T) {
			r := decode(c.Dir, c.Deflate != nil, &frametest.Recorder{}, c.Bytes)
			got := join(&c, r.Frames)
			if len(got) != len(c.Messages) {
				t.Fatalf("%d messages, want %d", len(got), len(c.Messages))
			}
			for i, m := range got {
				w := c.Messages[i]
				if m.Opcode != w.Opcode || m.Broken != w.Broken || !bytes.Equal(m.Payload, w.Payload) {
					t.Errorf("message %d: %s, broken %v, %d bytes %.60q\nwant %s, broken %v, %d bytes %.60q", i+1,
						m.Opcode, m.Broken, len(m.Payload), m.Payload, w.Opcode, w.Broken, len(w.Payload), w.Payload)
				}
			}
		})
	}
}

// join puts the messages of a case together as a reader of frames has to.
func join(c *frametest.Case, frames []frametest.Frame) []frametest.Message {
	var in *frame.Inflater
	if c.Deflate != nil {
		in = c.Deflate.Inflater(c.Dir)
	}
	var all []frametest.Message
	var open *frame.Header
	var payload []byte
	for i := range frames {
		f := &frames[i]
		switch op := f.Header.Opcode; {
		case op == frame.Close:
			return all
		case op.Control(), f.Cut:
			continue
		case op != frame.Continuation:
			open, payload = &f.Header, nil
		case open == nil:
			continue
		}
		payload = append(payload, f.Payload...)
		if !f.Header.Fin {
			continue
		}
		m := frametest.Message{Opcode: open.Opcode, Payload: payload}
		if in != nil && open.RSV&frame.RSV1 != 0 {
			var err error
			if m.Payload, _, err = in.Inflate(nil, payload, 64<<20); err != nil {
				m.Payload, m.Broken = nil, true
			}
		}
		if open.Opcode <= frame.Binary {
			all = append(all, m)
		}
		open = nil
	}
	return all
}

func TestEachRuleIsInTheTable(t *testing.T) {
	seen := make(map[frame.Rule]bool)
	for _, c := range cases() {
		for _, v := range c.Violations {
			seen[v.Rule] = true
		}
	}
	for r := frame.MaskMissing; r <= frame.CloseMissing; r++ {
		if !seen[r] && r != frame.DeflateInvalid {
			t.Errorf("no case breaks %q", r)
		}
	}
}

func TestCaseNamesAreUnique(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range cases() {
		if seen[c.ID] {
			t.Errorf("%s is there twice", c.ID)
		}
		seen[c.ID] = true
	}
	if n := len(cases()); n < 700 {
		t.Errorf("there are %d cases", n)
	}
}

func TestIdleIsTrueBetweenFramesOnly(t *testing.T) {
	stream := frame.AppendFrame(nil, frame.Header{Opcode: frame.Text}, []byte("Hel")) // a fragment
	stream = frame.AppendFrame(stream, frame.Header{Fin: true}, []byte("lo"))
	d := frame.NewDecoder(frame.Received, false)
	if !d.Idle() {
		t.Error("a new decoder is not idle")
	}
	for i := range stream {
		d.Feed(stream[i:i+1], &sink{})
		if want := i == 4 || i == 8; d.Idle() != want {
			t.Errorf("after byte %d: idle %v", i, !want)
		}
	}
	d.Feed([]byte{0x82, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0}, &sink{})
	if d.Idle() {
		t.Error("a decoder that lost sync is idle")
	}
}

func TestClosedTellsTheCodeOfTheFirstCloseFrame(t *testing.T) {
	closeFrame := func(payload ...byte) []byte {
		return frame.AppendFrame(nil, frame.Header{Opcode: frame.Close, Fin: true}, payload)
	}
	for _, c := range []struct {
		name   string
		stream []byte
		code   uint16
		ok     bool
	}{
		{"no frame", nil, 0, false},
		{"a ping", frame.AppendFrame(nil, frame.Header{Opcode: frame.Ping, Fin: true}, nil), 0, false},
		{"a close without code", closeFrame(), 1005, true},
		{"a close of one byte", closeFrame(3), 1005, true},
		{"a close with a code", closeFrame(0x03, 0xE9), 1001, true},
		{"a close with a code that is never sent", closeFrame(0x03, 0xEE), 1006, true},
		{"half a close", closeFrame(0x03, 0xE9)[:3], 0, false},
		{"two closes", append(closeFrame(0x03, 0xE8), closeFrame(0x0F, 0xA0)...), 1000, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := frame.NewDecoder(frame.Received, false)
			d.Feed(c.stream, &frametest.Recorder{})
			if code, ok := d.Closed(); code != c.code || ok != c.ok {
				t.Errorf("got %d, %v; want %d, %v", code, ok, c.code, c.ok)
			}
		})
	}
}

func TestNothingIsReportedAfterSyncIsLost(t *testing.T) {
	stream := append([]byte{0x82, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0}, bytes.Repeat([]byte{0xFF}, 100)...)
	r := decode(frame.Received, false, &frametest.Recorder{}, stream)
	if len(r.Frames) != 0 || len(r.Violations) != 1 || !r.Violations[0].Lost {
		t.Errorf("got %+v", r)
	}
}

func TestFeedAndEOFOfACleanStreamAllocateNothing(t *testing.T) {
	var s sink
	stream := frame.AppendFrame(nil, frame.Header{Opcode: frame.Text, Fin: true, Masked: true, Key: [4]byte{1, 2, 3, 4}},
		[]byte("涵洞 and ASCII"))
	stream = frame.AppendFrame(stream, frame.Header{Opcode: frame.Binary, Fin: true, Masked: true}, make([]byte, 100_000))
	d := frame.NewDecoder(frame.Sent, true)
	if n := testing.AllocsPerRun(100, func() {
		d.Feed(stream[:7], &s)
		d.Feed(stream[7:30], &s)
		d.Feed(stream[30:], &s)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// sink takes everything and keeps nothing.
type sink struct{ buf [1024]byte }

func (s *sink) Begin(*frame.Header)       {}
func (s *sink) Room(n int) []byte         { return s.buf[:min(n, len(s.buf))] }
func (s *sink) End()                      {}
func (s *sink) Violation(frame.Violation) {}

func TestAllRoomIsFilledBeforeAViolationInItIsReported(t *testing.T) {
	text := append(bytes.Repeat([]byte("a"), 100), 0xFF)
	text = append(text, bytes.Repeat([]byte("b"), 100_000)...)
	s := &eager{t: t}
	d := frame.NewDecoder(frame.Received, false)
	d.Feed(frame.AppendFrame(nil, frame.Header{Opcode: frame.Text, Fin: true}, text), s)
	if s.violations != 1 {
		t.Errorf("%d violations", s.violations)
	}
}

// eager checks at a violation that the room it gave last is filled.
type eager struct {
	sink
	t          *testing.T
	room       []byte
	violations int
}

func (s *eager) Room(n int) []byte {
	s.room = make([]byte, n)
	return s.room
}

func (s *eager) Violation(frame.Violation) {
	s.violations++
	if bytes.IndexByte(s.room, 0) >= 0 {
		s.t.Errorf("only %d of %d bytes are filled", bytes.IndexByte(s.room, 0), len(s.room))
	}
}
