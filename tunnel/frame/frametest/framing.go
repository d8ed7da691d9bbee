package frametest

import (
	"bytes"
	"fmt"
	"strings"

	"culvert/tunnel/frame"
)

// prose is valid UTF-8 and ASCII, as long as the largest message of the table.
var prose = func() []byte {
	const line = "A culvert carries a stream under a road; what flows in at one end flows out at the other. "
	return bytes.Repeat([]byte(line), maxMessage/len(line)+1)[:maxMessage]
}()

// noise is binary, without a period that a word or a block could hide.
var noise = func() []byte {
	p := make([]byte, maxMessage)
	x := uint32(2463534242)
	for i := range p {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		p[i] = byte(x >> 11)
	}
	return p
}()

// framing adds section 1: data messages of the sizes at which the header changes its form.
func (t *table) framing() {
	for kind, op := range []frame.Opcode{frame.Text, frame.Binary} {
		data := prose
		if op == frame.Binary {
			data = noise
		}
		for i, size := range []int{0, 125, 126, 127, 128, 65535, 65536, 65536} {
			s := t.add(fmt.Sprintf("1.%d.%d", kind+1, i+1), fmt.Sprintf("%s message of %d bytes", op, size))
			if i == 7 {
				s.Name += " in pieces of 997"
				s.chop(997)
			}
			s.message(op, data[:size:size]).bye()
		}
	}
}

// pings adds section 2: ping and pong.
func (t *table) pings() {
	payload := []byte("Hello, world!")
	full := noise[:125:125]
	t.add("2.1", "ping without payload").frame(spec{op: frame.Ping}).bye()
	t.add("2.2", "ping with a text").frame(spec{op: frame.Ping, payload: payload}).bye()
	t.add("2.3", "ping with bytes that are not UTF-8").frame(spec{op: frame.Ping, payload: []byte{0, 0xFF, 0xFE, 0xC0, 0x80}}).bye()
	t.add("2.4", "ping of 125 bytes").frame(spec{op: frame.Ping, payload: full}).bye()
	t.add("2.5", "ping of 126 bytes").frame(spec{op: frame.Ping, payload: noise[:126:126]}).wrongAt(frame.ControlTooLong, 1).bye()
	t.add("2.6", "ping of 125 bytes, byte by byte").frame(spec{op: frame.Ping, payload: full}).chop(1).bye()
	t.add("2.7", "pong that was not asked for").frame(spec{op: frame.Pong}).bye()
	t.add("2.8", "pong with a payload that was not asked for").frame(spec{op: frame.Pong, payload: payload}).bye()
	t.add("2.9", "pong, then ping").frame(spec{op: frame.Pong, payload: payload}).frame(spec{op: frame.Ping, payload: payload}).bye()
	for i, chop := range []int{0, 1} {
		s := t.add(fmt.Sprintf("2.%d", 10+i), "ten pings in a row").chop(chop)
		for n := range 10 {
			s.frame(spec{op: frame.Ping, payload: fmt.Appendf(nil, "payload-%d", n)})
		}
		s.bye()
	}
}

// reservedBits adds section 3: every combination of the RSV bits, on each kind of frame.
func (t *table) reservedBits() {
	hello := []byte("Hello, world!")
	for rsv := uint8(1); rsv <= 7; rsv++ {
		t.add(fmt.Sprintf("3.%d.1", rsv), fmt.Sprintf("text with RSV %03b", rsv)).message(frame.Text, hello).
			frame(spec{op: frame.Text, rsv: rsv, payload: hello}).wrong(frame.ReservedBits).holds(frame.Text, hello).bye()
		t.add(fmt.Sprintf("3.%d.2", rsv), fmt.Sprintf("binary with RSV %03b", rsv)).
			frame(spec{op: frame.Binary, rsv: rsv, payload: noise[:200:200]}).wrong(frame.ReservedBits).
			holds(frame.Binary, noise[:200:200]).bye()
		t.add(fmt.Sprintf("3.%d.3", rsv), fmt.Sprintf("ping with RSV %03b between two messages", rsv)).
			message(frame.Text, hello).frame(spec{op: frame.Ping, rsv: rsv}).wrong(frame.ReservedBits).
			message(frame.Text, hello).bye()
		t.add(fmt.Sprintf("3.%d.4", rsv), fmt.Sprintf("close with RSV %03b", rsv)).
			frame(spec{op: frame.Close, rsv: rsv, payload: closeBody(1000, "")}).wrong(frame.ReservedBits).end()
		t.add(fmt.Sprintf("3.%d.5", rsv), fmt.Sprintf("continuation with RSV %03b", rsv)).
			frame(spec{op: frame.Text, more: true, payload: hello[:5]}).
			frame(spec{rsv: rsv, payload: hello[5:]}).wrong(frame.ReservedBits).holds(frame.Text, hello).bye()
	}
}

// opcodes adds section 4: the reserved opcodes.
func (t *table) opcodes() {
	hello := []byte("Hello, world!")
	for section, ops := range [][]frame.Opcode{{3, 4, 5, 6, 7}, {11, 12, 13, 14, 15}} {
		for i, op := range ops {
			id := func(n int) string { return fmt.Sprintf("4.%d.%d.%d", section+1, i+1, n) }
			t.add(id(1), op.String()+" without payload").frame(spec{op: op}).wrong(frame.ReservedOpcode).bye()
			t.add(id(2), op.String()+" with payload").frame(spec{op: op, payload: hello}).wrong(frame.ReservedOpcode).bye()
			t.add(id(3), op.String()+" between two messages, byte by byte").chop(1).message(frame.Text, hello).
				frame(spec{op: op, payload: hello}).wrong(frame.ReservedOpcode).message(frame.Binary, hello).bye()
		}
	}
}

// fragments adds section 5: fragmentation.
func (t *table) fragments() {
	a, b := []byte("fragment1"), []byte("fragment2")
	both := []byte("fragment1fragment2")
	ping := spec{op: frame.Ping, payload: []byte("ping payload")}

	t.add("5.1", "ping in two fragments").
		frame(spec{op: frame.Ping, more: true, payload: a}).wrong(frame.ControlFragmented).
		frame(spec{payload: b}).wrong(frame.ContinuationWithoutStart).bye()
	t.add("5.2", "pong in two fragments").
		frame(spec{op: frame.Pong, more: true, payload: a}).wrong(frame.ControlFragmented).
		frame(spec{payload: b}).wrong(frame.ContinuationWithoutStart).bye()
	for i, chop := range []int{0, 9, 1} {
		t.add(fmt.Sprintf("5.%d", 3+i), fmt.Sprintf("text in two fragments, in pieces of %d", chop)).chop(chop).
			frame(spec{op: frame.Text, more: true, payload: a}).frame(spec{payload: b}).holds(frame.Text, both).bye()
		t.add(fmt.Sprintf("5.%d", 6+i), fmt.Sprintf("text in two fragments with a ping between, in pieces of %d", chop)).chop(chop).
			frame(spec{op: frame.Text, more: true, payload: a}).frame(ping).frame(spec{payload: b}).holds(frame.Text, both).bye()
		t.add(fmt.Sprintf("5.%d", 9+i), fmt.Sprintf("last continuation of nothing, then text, in pieces of %d", chop)).chop(chop).
			frame(spec{payload: a}).wrong(frame.ContinuationWithoutStart).message(frame.Text, b).bye()
		t.add(fmt.Sprintf("5.%d", 12+i), fmt.Sprintf("continuation of nothing, then text, in pieces of %d", chop)).chop(chop).
			frame(spec{more: true, payload: a}).wrong(frame.ContinuationWithoutStart).message(frame.Text, b).bye()
	}
	t.add("5.15", "text in two fragments, continuation of nothing, text").
		fragments(frame.Text, both, 9).frame(spec{more: true, payload: a}).wrong(frame.ContinuationWithoutStart).
		message(frame.Text, b).bye()
	for i, more := range []bool{true, false} {
		s := t.add(fmt.Sprintf("5.%d", 16+i), "twice a continuation of nothing, then text")
		for range 2 {
			s.frame(spec{more: more, payload: a}).wrong(frame.ContinuationWithoutStart).message(frame.Text, b)
		}
		s.bye()
	}
	t.add("5.18", "two texts, the first without an end").
		frame(spec{op: frame.Text, more: true, payload: a}).
		frame(spec{op: frame.Text, payload: b}).wrong(frame.MessageInterrupted).holds(frame.Text, b).bye()
	for i, chop := range []int{0, 1} {
		s := t.add(fmt.Sprintf("5.%d", 19+i), "text in five fragments with pings between").chop(chop)
		s.frame(spec{op: frame.Text, more: true, payload: a}).frame(spec{more: true, payload: b}).frame(ping)
		s.frame(spec{more: true, payload: a}).frame(spec{more: true, payload: b}).frame(ping).frame(spec{payload: a})
		s.holds(frame.Text, []byte(strings.Repeat("fragment1fragment2", 2)+"fragment1")).bye()
	}
}
