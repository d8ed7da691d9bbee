package migration

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// frame is a WebSocket frame (RFC 6455 §5.2), unmasked. It is read and written here without the code that is tested.
type frame struct {
	final   bool
	opcode  byte
	payload string
}

var opcodes = map[byte]string{0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}

// String tells the frame: text "hello", text+ "he" if others follow, close 1000 "bye".
func (f frame) String() string {
	name, payload := opcodes[f.opcode], f.payload
	if !f.final {
		name += "+"
	}
	if f.opcode == 8 && len(payload) >= 2 {
		name += fmt.Sprintf(" %d", binary.BigEndian.Uint16([]byte(payload)))
		payload = payload[2:]
	}
	if len(payload) > 1000 {
		return fmt.Sprintf("%s of %d bytes", name, len(payload))
	}
	return fmt.Sprintf("%s %q", name, payload)
}

// parseFrame reads what a test writes: "text hello", "text+ he", "close 1000 bye".
func parseFrame(s string) frame {
	name, payload, _ := strings.Cut(s, " ")
	f := frame{final: !strings.HasSuffix(name, "+"), payload: payload}
	for opcode, n := range opcodes {
		if n == strings.TrimSuffix(name, "+") {
			f.opcode = opcode
		}
	}
	if f.opcode == 8 && payload != "" {
		code, why, _ := strings.Cut(payload, " ")
		n, _ := strconv.Atoi(code)
		f.payload = string(binary.BigEndian.AppendUint16(nil, uint16(n))) + why
	}
	return f
}

// sendFrame writes a frame, masked as a client's are or not. A connection that has ended shows when it is read.
func sendFrame(w io.Writer, f frame, masked bool) {
	b := []byte{f.opcode, 0}
	if f.final {
		b[0] |= 0x80
	}
	switch n := len(f.payload); {
	case n < 126:
		b[1] = byte(n)
	case n <= 0xffff:
		b[1] = 126
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b[1] = 127
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	if masked {
		b[1] |= 0x80
		b = append(b, 0, 0, 0, 0) // a key that changes nothing
	}
	_, _ = w.Write(append(b, f.payload...))
}

func readFrame(r *bufio.Reader) (f frame, err error) {
	var b [2]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return f, err
	}
	n := uint64(b[1] & 0x7f)
	if size := map[uint64]int{126: 2, 127: 8}[n]; size > 0 {
		var length [8]byte
		if _, err := io.ReadFull(r, length[8-size:]); err != nil {
			return f, err
		}
		n = binary.BigEndian.Uint64(length[:])
	}
	var key [4]byte
	if b[1]&0x80 != 0 {
		if _, err := io.ReadFull(r, key[:]); err != nil {
			return f, err
		}
	}
	payload := make([]byte, n)
	_, err = io.ReadFull(r, payload)
	for i := range payload {
		payload[i] ^= key[i%4]
	}
	return frame{b[0]&0x80 != 0, b[0] & 0x0f, string(payload)}, err
}
