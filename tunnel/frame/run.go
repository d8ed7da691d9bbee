package frame

import (
	"encoding/binary"
	"fmt"
)

// run decodes the run of messages at the start of p and returns its size, 0 if p starts with anything else: the long
// way finds the same and more. The decoder is between messages.
func (d *Decoder) run(p []byte, s RunSink) (n int) {
	space := s.Run(len(p))
	p = p[:min(len(p), len(space))]
	var fault Violation
	for fault.Rule == 0 {
		size, ok := d.simple(p[n:])
		if !ok {
			break
		}
		h := &d.h
		end := n + size + int(h.Length)
		s.Message(h)
		d.offset += int64(size)
		plain := p[n+size : end]
		if h.Masked {
			copyHeader(space[n:end], p[n:end], size)
			plain = d.unmaskRun(space[n+size:end], plain)
		}
		if h.Opcode == Text && !isASCII(plain) {
			fault = d.checkRun(plain)
		}
		d.offset += int64(h.Length)
		n = end
	}
	if d.dir == Received {
		copyFar(space, p[:n])
	}
	s.Ran(n)
	if fault.Rule != 0 {
		s.Violation(fault)
	}
	return n
}

// simple parses the header of the message at the start of p, if it is all there, one frame, and its header breaks no
// rule.
func (d *Decoder) simple(p []byte) (size int, ok bool) {
	if len(p) < 2 {
		return 0, false
	}
	b0, b1 := p[0], p[1]
	op := Opcode(b0 & opcodeBits)
	if b0&^opcodeBits != finBit || op-Text > Binary-Text || (b1&maskBit != 0) != (d.dir == Sent) {
		return 0, false
	}
	length, size := uint64(b1&lengthBits), 2
	switch {
	case length < length16:
	case length == length16 && len(p) >= 4:
		length, size = uint64(binary.BigEndian.Uint16(p[2:])), 4
		if length < length16 {
			return 0, false
		}
	default:
		return 0, false // so long a frame does not mind the long way
	}
	h := &d.h
	if h.Masked = d.dir == Sent; h.Masked {
		size += 4
	}
	if uint64(len(p)) < uint64(size)+length {
		return 0, false
	}
	h.Key = [4]byte{}
	if h.Masked {
		h.Key = [4]byte(p[size-4:])
	}
	h.Number++
	h.Offset, h.Length, h.Opcode, h.RSV, h.Size, h.Fin = d.offset, length, op, 0, uint8(size), true
	return size, true
}

// unmaskRun unmasks src, the payload of a whole frame, into dst, and returns what of it is still to be checked if it is
// text: nil for ASCII.
func (d *Decoder) unmaskRun(dst, src []byte) []byte {
	if d.h.Opcode != Text && len(src) >= longPayload {
		unmaskLong(dst, src, d.h.Key, 0)
		return nil
	}
	if unmask(dst, src, d.h.Key, 0)&highBits == 0 {
		return nil
	}
	return dst
}

// copyHeader copies the first size bytes of a masked frame, and whatever follows up to the eighth.
func copyHeader(dst, src []byte, size int) {
	if len(src) >= 8 && len(dst) >= 8 && size <= 8 {
		binary.LittleEndian.PutUint64(dst, binary.LittleEndian.Uint64(src))
		return
	}
	copy(dst[:size], src)
}

// isASCII reports whether all of p is ASCII.
func isASCII(p []byte) bool {
	p = p[ascii(p):]
	or := byte(0)
	for _, c := range p[:min(len(p), 8)] {
		or |= c
	}
	return or < 0x80
}

// checkRun checks the text of a whole message.
func (d *Decoder) checkRun(text []byte) Violation {
	var check UTF8
	v := Violation{Frame: d.h.Number}
	if bad := check.Write(text); bad >= 0 {
		v.Rule, v.Offset, v.Detail = TextInvalid, d.offset+int64(bad), fmt.Sprintf("byte 0x%02X", text[bad])
	} else if !check.Complete() {
		v.Rule, v.Offset = TextTruncated, d.offset+int64(len(text))
	}
	return v
}
