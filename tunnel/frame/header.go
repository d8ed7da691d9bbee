package frame

import "encoding/binary"

const (
	maxHeader  = 14  // bytes: 2, 8 of length, 4 of key
	maxControl = 125 // bytes of payload in a control frame (RFC 6455 §5.5)
)

// Bits of the first two bytes of a header (RFC 6455 §5.2).
const (
	finBit     = 0x80
	rsvBits    = 0x70
	opcodeBits = 0x0F
	maskBit    = 0x80
	lengthBits = 0x7F
	length16   = 126 // 16 bits of length follow
	length64   = 127 // 64 bits of length follow
)

// headerSize returns how long the header is whose second byte is b1.
func headerSize(b1 byte) int {
	n := 2
	switch b1 & lengthBits {
	case length16:
		n += 2
	case length64:
		n += 8
	}
	if b1&maskBit != 0 {
		n += 4
	}
	return n
}

// parse fills in h from b, which holds the whole header of size bytes; Number and Offset stay as they are.
func (h *Header) parse(b []byte, size int) {
	b0, b1 := b[0], b[1]
	h.Fin = b0&finBit != 0
	h.RSV = b0 & rsvBits >> 4
	h.Opcode = Opcode(b0 & opcodeBits)
	h.Masked = b1&maskBit != 0
	h.Size = uint8(size)
	switch n := b1 & lengthBits; n {
	case length16:
		h.Length = uint64(binary.BigEndian.Uint16(b[2:]))
	case length64:
		h.Length = binary.BigEndian.Uint64(b[2:])
	default:
		h.Length = uint64(n)
	}
	h.Key = [4]byte{}
	if h.Masked {
		h.Key = [4]byte(b[size-4 : size])
	}
}

// form returns the size of a header without its key: 2, 4 or 10 bytes by the form of its length.
func (h *Header) form() int {
	if h.Masked {
		return int(h.Size) - 4
	}
	return int(h.Size)
}

// minimalForm returns the least [Header.form] that holds length (RFC 6455 §5.2).
func minimalForm(length uint64) int {
	switch {
	case length < length16:
		return 2
	case length <= 0xFFFF:
		return 4
	}
	return 10
}
