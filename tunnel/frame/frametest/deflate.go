package frametest

import (
	"bytes"
	"compress/flate"
	"fmt"

	"culvert/tunnel/frame"
)

// plain is permessage-deflate without parameters.
var plain = frame.Deflate{ServerBits: 15, ClientBits: 15}

// negotiated says what the handshake agreed on.
func (s *stream) negotiated(d frame.Deflate, extensions string) *stream {
	s.Deflate, s.Extensions = &d, extensions
	return s
}

// compressed adds a message of payload that is compressed as wire, in fragments of size bytes.
func (s *stream) compressed(op frame.Opcode, payload, wire []byte, size int) *stream {
	s.pieces(op, frame.RSV1, wire, size)
	return s.holds(op, payload)
}

// deflater compresses messages with compress/flate, in one context.
type deflater struct {
	buf bytes.Buffer
	w   *flate.Writer
}

func newDeflater(level int) *deflater {
	d := &deflater{}
	d.w, _ = flate.NewWriter(&d.buf, level) // the levels used here exist
	return d
}

// message returns the payload of the compressed message p.
func (d *deflater) message(p []byte) []byte {
	d.buf.Reset()
	_, _ = d.w.Write(p) // a bytes.Buffer takes everything
	_ = d.w.Flush()
	return bytes.Clone(bytes.TrimSuffix(d.buf.Bytes(), []byte{0, 0, 0xFF, 0xFF}))
}

// dataSets are the kinds of payload of section 12.
var dataSets = []struct {
	name string
	op   frame.Opcode
	data []byte
}{
	{"JSON", frame.Text, repeat(`{"type":"tick","symbol":"CULV","bid":%d,"ask":%d,"venue":"涵洞"},`)},
	{"prose", frame.Text, prose[:dataSize:dataSize]},
	{"Chinese", frame.Text, repeat("第%d条：涵洞把溪流安全地引到路的另一边，%d米。")},
	{"noise", frame.Binary, noise[:dataSize:dataSize]},
	{"zeros", frame.Binary, make([]byte, dataSize)},
}

const dataSize = 256 << 10

// repeat fills at least dataSize bytes with format and growing numbers.
func repeat(format string) []byte {
	var b []byte
	for n := 0; len(b) < dataSize; n++ {
		b = fmt.Appendf(b, format, n*n%997, n)
	}
	return b
}

// piece returns size bytes of data from about n·size on; of a text whole characters, a few bytes less.
func piece(op frame.Opcode, data []byte, n, size int) []byte {
	from := n * size % (len(data) - size + 1)
	to := from + size
	if op == frame.Text {
		for from < to && data[from]&0xC0 == 0x80 {
			from++
		}
		for to > from && to < len(data) && data[to]&0xC0 == 0x80 {
			to--
		}
	}
	return data[from:to:to]
}

// sizes are the 18 rows of sections 12 and 13: the size of a message and of its fragments.
var sizes = []struct{ message, fragment int }{
	{16, 1 << 20},
	{64, 1 << 20},
	{256, 1 << 20},
	{1 << 10, 1 << 20},
	{4 << 10, 1 << 20},
	{8 << 10, 1 << 20},
	{16 << 10, 1 << 20},
	{32 << 10, 1 << 20},
	{64 << 10, 1 << 20},
	{128 << 10, 1 << 20},
	{8 << 10, 256},
	{16 << 10, 256},
	{32 << 10, 256},
	{64 << 10, 256},
	{128 << 10, 256},
	{8 << 10, 1},
	{32 << 10, 1 << 10},
	{128 << 10, 32 << 10},
}

// messages is how many messages a case of sections 12 and 13 has.
const messages = 4

// deflatePayloads adds section 12: data of several kinds and sizes, compressed with context takeover.
func (t *table) deflatePayloads() {
	for i, set := range dataSets {
		for j, size := range sizes {
			s := t.add(fmt.Sprintf("12.%d.%d", i+1, j+1),
				fmt.Sprintf("compressed %s of %d bytes in fragments of %d", set.name, size.message, size.fragment))
			s.negotiated(plain, "permessage-deflate")
			d := newDeflater(1 + (i+j)%9)
			for n := range messages {
				p := piece(set.op, set.data, n, size.message)
				s.compressed(set.op, p, d.message(p), size.fragment)
			}
			s.bye()
		}
	}
}

// deflateParameters adds section 13: the parameters of permessage-deflate.
func (t *table) deflateParameters() {
	for i, set := range []struct {
		fresh bool
		bits  int
	}{{false, 0}, {true, 0}, {false, 9}, {false, 15}, {true, 9}, {true, 15}, {false, 8}} {
		d, extensions := t.parameters(set.fresh, set.bits)
		for j, size := range sizes {
			s := t.add(fmt.Sprintf("13.%d.%d", i+1, j+1),
				fmt.Sprintf("%s, %d bytes in fragments of %d", extensions, size.message, size.fragment))
			s.negotiated(d, extensions)
			c := compressor{window: 1 << 15, fresh: set.fresh}
			if set.bits != 0 {
				c.window = 1 << set.bits
			}
			kinds := []blockKind{fixedBlock, twoBlocks, storedBlock, finalBlock}
			for n := range messages {
				p := piece(frame.Text, dataSets[0].data, n, min(size.message, 32<<10))
				s.compressed(frame.Text, p, c.message(p, kinds[(n+j)%len(kinds)]), size.fragment)
			}
			s.bye()
		}
	}
}

// parameters returns what a handshake agrees on, and the response's field for it.
func (t *table) parameters(fresh bool, bits int) (frame.Deflate, string) {
	d, side := plain, "client"
	if t.dir == frame.Received {
		side = "server"
	}
	extensions := "permessage-deflate"
	if fresh {
		extensions += "; " + side + "_no_context_takeover"
		d.ClientNoTakeover, d.ServerNoTakeover = t.dir == frame.Sent, t.dir == frame.Received
	}
	if bits != 0 {
		extensions += fmt.Sprintf("; %s_max_window_bits=%d", side, bits)
		if t.dir == frame.Sent {
			d.ClientBits = bits
		} else {
			d.ServerBits = bits
		}
	}
	return d, extensions
}

// compressedFrames adds E.7: compression and frames in unusual company.
func (t *table) compressedFrames() {
	hello := []byte("Hello")
	add := func(n int, name string) *stream {
		return t.add(fmt.Sprintf("E.7.%d", n), name).negotiated(plain, "permessage-deflate")
	}
	// The payloads are those of RFC 7692 §7.2.3.
	wire := []byte{0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00}
	again := []byte{0xF2, 0x00, 0x11, 0x00, 0x00}
	add(1, "one block").compressed(frame.Text, hello, wire, 99).bye()
	add(2, "the same message again, by reference").compressed(frame.Text, hello, wire, 99).
		compressed(frame.Text, hello, again, 99).compressed(frame.Text, hello, again, 1).bye()
	stored := []byte{0x00, 0x05, 0x00, 0xFA, 0xFF, 'H', 'e', 'l', 'l', 'o', 0x00}
	add(3, "a stored block").compressed(frame.Text, hello, stored, 99).compressed(frame.Text, hello, again, 99).bye()
	final := []byte{0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00}
	add(4, "a block with BFINAL").compressed(frame.Text, hello, final, 99).compressed(frame.Text, hello, wire, 99).bye()
	add(5, "two blocks").compressed(frame.Text, hello,
		[]byte{0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00}, 99).bye()
	add(6, "an empty message").compressed(frame.Text, nil, []byte{0x00}, 99).compressed(frame.Text, hello, wire, 99).
		compressed(frame.Text, nil, []byte{0x00}, 99).compressed(frame.Text, hello, again, 99).bye()
	add(7, "compressed and plain messages in turns").compressed(frame.Text, hello, wire, 2).message(frame.Text, []byte("plain")).
		compressed(frame.Binary, hello, again, 3).
		fragments(frame.Binary, noise[:50:50], 9).compressed(frame.Text, hello, again, 99).bye()
	add(8, "ping inside a compressed message").frame(spec{op: frame.Text, rsv: frame.RSV1, more: true, payload: wire[:3]}).
		frame(spec{op: frame.Ping, payload: wire}).frame(spec{payload: wire[3:]}).holds(frame.Text, hello).bye()
	add(9, "control frames marked as compressed").frame(spec{op: frame.Ping, rsv: frame.RSV1}).wrong(frame.CompressedControl).
		frame(spec{op: frame.Pong, rsv: frame.RSV1}).wrong(frame.CompressedControl).
		frame(spec{op: frame.Close, rsv: frame.RSV1, payload: closeBody(1000, "")}).wrong(frame.CompressedControl).end()
	add(10, "continuation marked as compressed").frame(spec{op: frame.Text, rsv: frame.RSV1, more: true, payload: wire[:3]}).
		frame(spec{rsv: frame.RSV1, payload: wire[3:]}).wrong(frame.CompressedContinuation).holds(frame.Text, hello).bye()
	add(11, "RSV2 and RSV3 with compression").compressed(frame.Text, hello, wire, 99).
		frame(spec{op: frame.Text, rsv: 7, payload: again}).wrong(frame.ReservedBits).holds(frame.Text, hello).bye()
	add(12, "bytes that do not inflate, then a message that needs no context, then one that does").
		frame(spec{op: frame.Text, rsv: frame.RSV1, payload: []byte{0xFF, 0xFF}}).broken(frame.Text).
		compressed(frame.Text, hello, wire, 99).compressed(frame.Text, hello, again, 99).bye()
	add(13, "reference to a context that there is not").
		frame(spec{op: frame.Text, rsv: frame.RSV1, payload: again}).broken(frame.Text).bye()
	bomb := newDeflater(9).message(make([]byte, maxMessage))
	add(14, "2 MiB of zeros in two thousand bytes").compressed(frame.Binary, make([]byte, maxMessage), bomb, 1<<20).bye()
	s := add(15, "end inside a compressed message").frame(spec{op: frame.Text, rsv: frame.RSV1, more: true, payload: wire[:3]})
	s.violation(frame.MessageUnfinished, s.at()).end()
	t.add("E.7.16", "plain text in a connection with compression is checked").negotiated(plain, "permessage-deflate").
		message(frame.Text, []byte("a\xFF")).wrongPayload(frame.TextInvalid, 1).bye()
}

// broken says that a message is complete and does not inflate.
func (s *stream) broken(op frame.Opcode) *stream {
	s.Messages = append(s.Messages, Message{Opcode: op, Broken: true})
	return s
}
