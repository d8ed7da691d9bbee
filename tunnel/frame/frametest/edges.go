package frametest

import (
	"fmt"

	"culvert/tunnel/frame"
)

// edges adds section E: what Autobahn leaves out, above all how streams end and how they go wrong for good.
func (t *table) edges() {
	t.masks()
	t.lengths()
	t.endings()
	t.mixtures()
	t.compressedFrames()
}

// masks adds E.1: masking.
func (t *table) masks() {
	rule := frame.MaskMissing
	if t.dir == frame.Received {
		rule = frame.MaskForbidden
	}
	hello := []byte("Hello, 涵洞!")
	t.add("E.1.1", "text masked the wrong way").frame(spec{op: frame.Text, flip: true, payload: hello}).wrongAt(rule, 1).
		holds(frame.Text, hello).bye()
	t.add("E.1.2", "every frame masked the wrong way").
		frame(spec{op: frame.Text, flip: true, more: true, payload: hello[:8]}).wrongAt(rule, 1).
		frame(spec{op: frame.Ping, flip: true}).wrongAt(rule, 1).
		frame(spec{flip: true, payload: hello[8:]}).wrongAt(rule, 1).holds(frame.Text, hello).
		frame(spec{op: frame.Close, flip: true, payload: closeBody(1000, "")}).wrongAt(rule, 1).end()
	s := t.add("E.1.3", "masking key of zeros")
	s.key = &[4]byte{}
	s.message(frame.Text, hello).message(frame.Binary, noise[:300:300]).bye()
	s = t.add("E.1.4", "masking key of ones")
	s.key = &[4]byte{0xFF, 0xFF, 0xFF, 0xFF}
	s.message(frame.Text, hello).message(frame.Binary, noise[:301:301]).bye()
	s = t.add("E.1.5", "messages of every size up to 200 bytes")
	for n := range 200 {
		s.message(frame.Binary, noise[n:2*n:2*n])
	}
	s.bye()
}

// lengths adds E.2: the forms of a length.
func (t *table) lengths() {
	n := 0
	for _, c := range []struct{ form, size int }{{4, 0}, {4, 1}, {4, 125}, {10, 0}, {10, 125}, {10, 126}, {10, 65535}} {
		n++
		t.add(fmt.Sprintf("E.2.%d", n), fmt.Sprintf("%d bytes with a length in %d", c.size, c.form-2)).
			frame(spec{op: frame.Binary, form: c.form, payload: noise[:c.size:c.size]}).wrongAt(frame.LengthNotMinimal, 2).
			holds(frame.Binary, noise[:c.size:c.size]).bye()
	}
	t.add("E.2.8", "ping with a length in two bytes").frame(spec{op: frame.Ping, form: 4, payload: noise[:5:5]}).
		wrongAt(frame.LengthNotMinimal, 2).bye()
	for i, length := range []uint64{1 << 31, 1<<31 + 1, 1 << 32, 1<<63 - 1} {
		s := t.add(fmt.Sprintf("E.2.%d", 9+i), fmt.Sprintf("frame that declares %d bytes and holds 100", length))
		s.frame(spec{op: frame.Binary, declared: length, payload: noise[:100:100]})
		s.violation(frame.FrameTruncated, s.at()).end()
	}
	for i, length := range []uint64{1 << 63, 1<<64 - 1} {
		s := t.add(fmt.Sprintf("E.2.%d", 13+i), fmt.Sprintf("length of %d, and then what looks like frames", length))
		s.message(frame.Text, []byte("before")).lose(length)
		s.raw(noise[:300]...).end()
	}
	s := t.add("E.2.15", "answer in HTTP where frames belong") // 'H' is a fragmented close, 'T' its 84 bytes
	s.raw([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")...)
	h := frame.Header{Number: 1, Length: 0x54, Opcode: frame.Close, RSV: frame.RSV1, Size: 2}
	s.Frames = append(s.Frames, Frame{Header: h, Payload: s.Bytes[2:], Cut: true})
	if t.dir == frame.Sent {
		s.wrongAt(frame.MaskMissing, 1)
	}
	s.wrong(frame.ReservedBits).wrong(frame.ControlFragmented)
	s.wrongPayload(frame.CloseCodeUndefined, 0).violation(frame.FrameTruncated, s.at()).end()
}

// lose adds a header whose length has its most significant bit set. It is no frame: what follows it is unknown.
func (s *stream) lose(length uint64) {
	at := s.at()
	s.raw(0x82, 0x7F)
	if s.Dir == frame.Sent {
		s.Bytes[at+1] |= 0x80
	}
	for shift := 56; shift >= 0; shift -= 8 {
		s.raw(byte(length >> shift))
	}
	if s.Dir == frame.Sent {
		s.raw(1, 2, 3, 4)
	}
	s.Violations = append(s.Violations, Violation{
		Rule: frame.LengthTooLarge, Frame: int64(len(s.Frames)) + 1, Offset: at + 2, Lost: true,
	})
	s.closed = true
}

// endings adds E.3: streams that end early, or not at their Close frame.
func (t *table) endings() {
	t.add("E.3.1", "nothing at all").end()
	t.add("E.3.2", "message without close").message(frame.Text, []byte("Hello")).end()
	t.add("E.3.3", "end inside a fragmented message").frame(spec{op: frame.Text, more: true, payload: []byte("Hel")}).
		violation(frame.MessageUnfinished, 5+4*maskedBytes(t.dir)).end()

	whole := t.add("", "").frame(spec{op: frame.Text, payload: prose[:70000:70000]})
	size := int(whole.last().Header.Size)
	for n := 1; n <= size+3; n++ {
		s := t.add(fmt.Sprintf("E.4.%d", n), fmt.Sprintf("end after %d bytes of a frame", n))
		s.message(frame.Text, []byte("before"))
		from := s.at()
		if n < size {
			s.raw(whole.Bytes[:n]...)
			s.Violations = append(s.Violations, Violation{Rule: frame.FrameTruncated, Frame: 2, Offset: s.at()})
		} else {
			s.frame(spec{op: frame.Text, declared: 70000, payload: prose[: n-size : n-size]})
			s.violation(frame.FrameTruncated, from+int64(n))
		}
		// The missing Close frame belongs to no frame that has not begun.
		s.end()
	}

	s := t.add("E.5.1", "end inside a close")
	s.frame(spec{op: frame.Close, declared: 10, payload: closeBody(1000, "cut")})
	s.closed = false
	s.violation(frame.FrameTruncated, s.at()).end()
	s = t.add("E.5.2", "end inside the code of a close")
	s.frame(spec{op: frame.Close, declared: 2, payload: []byte{3}})
	s.closed = false
	s.violation(frame.FrameTruncated, s.at()).end()
	s = t.add("E.5.3", "half a header after close").close(1000, "").raw(0x81)
	s.Violations = append(s.Violations, Violation{Rule: frame.FrameTruncated, Frame: 2, Offset: s.at()})
	s.end()
	s = t.add("E.5.4", "frame cut short after close").close(1000, "")
	s.frame(spec{op: frame.Text, rsv: 7, declared: 50, payload: []byte("\xFF\xFF")}).wrong(frame.FrameAfterClose)
	s.violation(frame.FrameTruncated, s.at()).end()
	s = t.add("E.5.5", "sync is lost after close").close(1000, "")
	s.lose(1 << 63)
	s.raw(noise[:50]...).end()
	s = t.add("E.5.6", "garbage after close, frame by frame").close(1000, "")
	for n := range 40 {
		f := spec{op: frame.Opcode(noise[n] & 15), rsv: noise[n+1] & 7, more: noise[n+2]&1 == 0, flip: n%2 == 0}
		f.payload = noise[n : n+n : n+n]
		s.frame(f).wrong(frame.FrameAfterClose)
	}
	s.end()
}

func maskedBytes(dir frame.Direction) int64 {
	if dir == frame.Sent {
		return 1
	}
	return 0
}

// mixtures adds E.6: fragments and faults in unusual company.
func (t *table) mixtures() {
	a, b := []byte("涵洞\xE6"), []byte("\xB0\xB4 water")
	both := []byte("涵洞水 water")
	t.add("E.6.1", "ping, pong and reserved control inside a character").
		frame(spec{op: frame.Text, more: true, payload: a}).frame(spec{op: frame.Ping, payload: []byte{0xFF}}).
		frame(spec{op: frame.Pong}).frame(spec{op: 11}).wrong(frame.ReservedOpcode).
		frame(spec{payload: b}).holds(frame.Text, both).bye()
	t.add("E.6.2", "empty fragments inside a character").
		frame(spec{op: frame.Text, more: true, payload: a}).frame(spec{more: true}).frame(spec{more: true}).
		frame(spec{more: true, payload: b}).frame(spec{}).holds(frame.Text, both).bye()
	t.add("E.6.3", "text cut inside a character by a new text").
		frame(spec{op: frame.Text, more: true, payload: a}).message(frame.Text, both).wrong(frame.MessageInterrupted).bye()
	t.add("E.6.4", "binary inside a text, then a continuation").
		frame(spec{op: frame.Text, more: true, payload: a}).message(frame.Binary, a).wrong(frame.MessageInterrupted).
		frame(spec{payload: b}).wrong(frame.ContinuationWithoutStart).bye()
	t.add("E.6.5", "binary in fragments that are not UTF-8").
		fragments(frame.Binary, noise[:1000:1000], 7).bye()
	t.add("E.6.6", "two faults of UTF-8 in one message are one").
		frame(spec{op: frame.Text, more: true, payload: []byte("a\xFFb\xFF")}).wrongPayload(frame.TextInvalid, 1).
		frame(spec{payload: []byte("\xFF\xE6")}).holds(frame.Text, []byte("a\xFFb\xFF\xFF\xE6")).
		message(frame.Text, []byte("\xC0")).wrongPayload(frame.TextInvalid, 0).bye()
	s := t.add("E.6.7", "message of a thousand empty fragments that never ends").frame(spec{op: frame.Binary, more: true})
	for range 1000 {
		s.frame(spec{more: true})
	}
	s.violation(frame.MessageUnfinished, s.at()).end()
	t.add("E.6.8", "every fault of a header at once").
		frame(spec{op: 15, rsv: 7, more: true, flip: true, form: 10, payload: noise[:126:126]}).
		wrongAt(wrongMask(t.dir), 1).wrong(frame.ReservedBits).wrongAt(frame.LengthNotMinimal, 2).
		wrong(frame.ReservedOpcode).wrong(frame.ControlFragmented).wrongAt(frame.ControlTooLong, 1).bye()
	t.add("E.6.9", "reserved opcode starts a message that continues").
		frame(spec{op: 3, more: true, payload: []byte{0xFF}}).wrong(frame.ReservedOpcode).frame(spec{payload: []byte{0xFF}}).bye()
	s = t.add("E.6.10", "text with a fault in its last byte, 100 KiB on")
	text := append(prose[:100<<10:100<<10], 0xE6)
	s.message(frame.Text, text).wrongPayload(frame.TextTruncated, len(text)).bye()
	s = t.add("E.6.11", "text with a fault in its middle, 50 KiB on")
	text = append(append(prose[:50<<10:50<<10], 0xC0), prose[:50<<10]...)
	s.message(frame.Text, text).wrongPayload(frame.TextInvalid, 50<<10).bye()
	s = t.add("E.6.12", "long text of three-byte characters in fragments of 1000 bytes")
	text = nil
	for len(text) < 60<<10 {
		text = append(text, "涵洞把溪流安全地引到路的另一边。"...)
	}
	s.fragments(frame.Text, text, 1000).bye()
}

func wrongMask(dir frame.Direction) frame.Rule {
	if dir == frame.Sent {
		return frame.MaskMissing
	}
	return frame.MaskForbidden
}
