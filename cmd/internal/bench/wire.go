//go:build linux

package main

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
)

// The least of RFC 6455 that both ends of a benchmark need: whole, unfragmented messages and Close.
// It shares no code with the product, whose reading of the protocol it checks.

const (
	opText   = 0x1
	opBinary = 0x2
	opClose  = 0x8

	finBit  = 0x80
	maskBit = 0x80

	maxMessage = 1 << 20
)

var errFrame = errors.New("a frame that no benchmark sends")

// acceptKey answers a Sec-WebSocket-Key, RFC 6455 §4.2.2.
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// appendFrame appends one final frame; a key other than nil masks it.
func appendFrame(dst []byte, opcode byte, key *[4]byte, payload []byte) []byte {
	mask := byte(0)
	if key != nil {
		mask = maskBit
	}
	dst = append(dst, finBit|opcode)
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, mask|byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, mask|126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, mask|127), uint64(n))
	}
	if key == nil {
		return append(dst, payload...)
	}
	dst = append(dst, key[:]...)
	start := len(dst)
	dst = append(dst, payload...)
	applyMask(dst[start:], *key)
	return dst
}

// frameHeader is what the head of a frame says.
type frameHeader struct {
	opcode  byte
	key     [4]byte
	size    int // of the head
	payload int
}

// parseHeader reads the head of a frame, masked or not as said. A size of 0 asks for more bytes.
func parseHeader(p []byte, masked bool) (frameHeader, error) {
	if len(p) < 2 {
		return frameHeader{}, nil
	}
	h := frameHeader{opcode: p[0] & 0x0f, payload: int(p[1] &^ maskBit)}
	if p[0]&0xf0 != finBit || (p[1]&maskBit != 0) != masked {
		return h, errFrame
	}
	size := 2
	switch h.payload {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	if masked {
		size += 4
	}
	if len(p) < size {
		return frameHeader{}, nil
	}
	switch h.payload {
	case 126:
		h.payload = int(binary.BigEndian.Uint16(p[2:]))
	case 127:
		n := binary.BigEndian.Uint64(p[2:])
		if n > maxMessage {
			return h, errFrame
		}
		h.payload = int(n)
	}
	if masked {
		copy(h.key[:], p[size-4:])
	}
	h.size = size
	return h, nil
}

// applyMask masks or unmasks p in place, RFC 6455 §5.3.
func applyMask(p []byte, key [4]byte) {
	word := uint64(binary.LittleEndian.Uint32(key[:]))
	word |= word << 32
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^word)
		p = p[8:]
	}
	for i := range p {
		p[i] ^= key[i&3]
	}
}

// closePayload is a Close with status 1000 whose reason is a count.
func closePayload(count int64) []byte {
	return strconv.AppendInt(binary.BigEndian.AppendUint16(nil, 1000), count, 10)
}

// closeCount reads what closePayload wrote.
func closeCount(payload []byte) (int64, error) {
	if len(payload) < 3 {
		return 0, errors.New("the backend's Close has no count")
	}
	return strconv.ParseInt(string(payload[2:]), 10, 64)
}

// message makes a payload of so many bytes: JSON-like ASCII as text up to 1 KiB, arbitrary bytes as binary above.
func message(size int) (opcode byte, payload []byte) {
	if size > 1<<10 {
		payload = make([]byte, size)
		for i := range payload {
			payload[i] = byte(i * 167 >> 3)
		}
		return opBinary, payload
	}
	text := `{"type":"quote","symbol":"ACME","bid":101.25,"ask":101.5,"time":1767225600,"note":"` + strings.Repeat("steady as she goes ", 64)
	return opText, []byte(text[:size-2] + `"}`)
}
