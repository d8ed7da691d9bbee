package frame

import "encoding/binary"

// AppendFrame appends the frame that h describes with payload to dst. The length is len(payload), in its shortest form
// unless h.Size asks for a longer one; Number, Offset and Length of h do not matter. The payload is masked with h.Key if
// h.Masked. payload must not overlap the room after dst.
func AppendFrame(dst []byte, h Header, payload []byte) []byte {
	form := max(minimalForm(uint64(len(payload))), h.form())
	b0 := h.RSV<<4&rsvBits | byte(h.Opcode)&opcodeBits
	if h.Fin {
		b0 |= finBit
	}
	var b1 byte
	if h.Masked {
		b1 = maskBit
	}
	switch {
	case form <= 2:
		dst = append(dst, b0, b1|byte(len(payload)))
	case form <= 4:
		dst = append(dst, b0, b1|length16)
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(payload)))
	default:
		dst = append(dst, b0, b1|length64)
		dst = binary.BigEndian.AppendUint64(dst, uint64(len(payload)))
	}
	if !h.Masked {
		return append(dst, payload...)
	}
	dst = append(dst, h.Key[:]...)
	start := len(dst)
	dst = append(dst, payload...)
	unmask(dst[start:], payload, h.Key, 0)
	return dst
}
