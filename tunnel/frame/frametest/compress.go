package frametest

import "math/bits"

// compressor is a DEFLATE encoder (RFC 1951) with fixed codes and a window of any size, which compress/flate has not.
// It makes the payloads of compressed messages as RFC 7692 §7.2.1 wants them: without the last 00 00 FF FF.
type compressor struct {
	window  int    // largest distance, in bytes
	fresh   bool   // no context takeover
	history []byte // the end of the messages so far
	out     []byte
	acc     uint64 // bits not yet in out
	have    int    // how many
}

// blockKind says how a message is encoded.
type blockKind int

const (
	fixedBlock blockKind = iota // a block with fixed codes
	storedBlock
	finalBlock // a block with BFINAL, and an empty one without (RFC 7692 §7.2.3.4)
	twoBlocks  // two blocks with fixed codes (RFC 7692 §7.2.3.5)
)

// message returns the payload of the compressed message p.
func (c *compressor) message(p []byte, kind blockKind) []byte {
	c.out, c.acc, c.have = nil, 0, 0
	if c.fresh {
		c.history = nil
	}
	switch kind {
	case storedBlock:
		c.stored(p)
	case finalBlock:
		c.fixed(p, 1)
		c.align()
	case twoBlocks:
		c.fixed(p[:len(p)/2], 0)
		c.fixed(p[len(p)/2:], 0)
	default:
		c.fixed(p, 0)
	}
	c.put(0, 3) // the header of the empty stored block, whose lengths are cut off
	c.align()
	return c.out
}

// put appends the n low bits of v, least significant first.
func (c *compressor) put(v uint32, n int) {
	c.acc |= uint64(v) << c.have
	for c.have += n; c.have >= 8; c.have -= 8 {
		c.out = append(c.out, byte(c.acc))
		c.acc >>= 8
	}
}

func (c *compressor) align() {
	if c.have > 0 {
		c.put(0, 8-c.have)
	}
}

func (c *compressor) stored(p []byte) {
	for len(p) > 0 {
		n := min(len(p), 0xFFFF)
		c.put(0, 3)
		c.align()
		c.out = append(c.out, byte(n), byte(n>>8), byte(^n), byte(^n>>8))
		c.out = append(c.out, p[:n]...)
		c.remember(p[:n])
		p = p[n:]
	}
}

func (c *compressor) remember(p []byte) {
	c.history = append(c.history, p...)
	if over := len(c.history) - c.window; over > 0 {
		c.history = append([]byte(nil), c.history[over:]...)
	}
}

// fixed writes p as one block with fixed codes (RFC 1951 §3.2.6), greedily, with the latest match of each three bytes.
func (c *compressor) fixed(p []byte, final uint32) {
	c.put(final|1<<1, 3)
	start := len(c.history)
	all := append(append([]byte(nil), c.history...), p...)
	var latest [1 << 12]int // by hash: where three bytes stood last, plus one
	for at := 0; at < len(all); {
		n, dist := 0, 0
		if from := latest[hash(all[at:])] - 1; from >= 0 && at >= start && at-from <= c.window {
			dist = at - from
			for n < 258 && at+n < len(all) && all[from+n] == all[at+n] {
				n++
			}
		}
		if n >= 3 {
			c.match(n, dist)
		} else {
			n = 1
			if at >= start {
				c.literal(int(all[at]))
			}
		}
		for ; n > 0; n-- {
			latest[hash(all[at:])] = at + 1
			at++
		}
	}
	c.literal(256)
	c.remember(p)
}

// hash hashes the first three bytes of p, of which there is at least one, to 12 bits.
func hash(p []byte) uint32 {
	if len(p) < 3 {
		return 0
	}
	return (uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16) * 2654435761 >> 20
}

// literal writes a symbol of the literal and length alphabet.
func (c *compressor) literal(v int) {
	switch {
	case v < 144:
		c.code(uint16(0x30+v), 8)
	case v < 256:
		c.code(uint16(0x190+v-144), 9)
	case v < 280:
		c.code(uint16(v-256), 7)
	default:
		c.code(uint16(0xC0+v-280), 8)
	}
}

// code writes a Huffman code of n bits, most significant first.
func (c *compressor) code(v uint16, n int) {
	c.put(uint32(bits.Reverse16(v)>>(16-n)), n)
}

// match writes a length and a distance (RFC 1951 §3.2.5).
func (c *compressor) match(length, dist int) {
	if length == 258 {
		c.literal(285)
	} else {
		symbol, extra, value := bucket(length-3, 2)
		c.literal(257 + symbol)
		c.put(uint32(value), extra)
	}
	symbol, extra, value := bucket(dist-1, 1)
	c.code(uint16(symbol), 5)
	c.put(uint32(value), extra)
}

// bucket splits v the way that DEFLATE splits lengths (with 4 buckets a power of two: low is 2) and distances (2: 1)
// into a symbol and extra bits.
func bucket(v, low int) (symbol, extra, value int) {
	if v < 2<<low {
		return v, 0, 0
	}
	extra = bits.Len(uint(v)) - 1 - low
	return extra<<low + v>>extra, extra, v & (1<<extra - 1)
}
