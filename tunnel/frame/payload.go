package frame

import "fmt"

// block is how much payload is moved at a time if it is also read: what was just written is still in the first cache.
const block = 8 << 10

// payload moves p, the next bytes of the open frame's payload, to the sink.
func (d *Decoder) payload(p []byte, s Sink) {
	for len(p) > 0 {
		n := len(p)
		if d.watch != nothing {
			n = min(n, block)
		}
		room := s.Room(n)
		if len(room) == 0 {
			d.drop(p[:n], s)
			p = p[n:]
			continue
		}
		n = min(n, len(room))
		switch {
		case d.watch != nothing:
			d.move(room[:n], p[:n], s)
		case d.h.Masked && n >= longPayload:
			unmaskLong(room, p[:n], d.h.Key, d.h.Length-d.left)
			d.advance(n)
		case d.h.Masked:
			unmask(room, p[:n], d.h.Key, d.h.Length-d.left)
			d.advance(n)
		default:
			copyFar(room, p[:n])
			d.advance(n)
		}
		p = p[n:]
	}
	if d.left == 0 {
		d.end(s)
	}
}

// move unmasks src into dst, which is as long, and inspects it, unless it is ASCII inside a text.
func (d *Decoder) move(dst, src []byte, s Sink) {
	plain, or := dst, uint64(highBits) // not known
	if d.h.Masked {
		or = unmask(dst, src, d.h.Key, d.h.Length-d.left)
	} else {
		copyFar(dst, src)
		plain = src // dst is not in the cache
	}
	if or&highBits != 0 || d.text.need != 0 || d.watch != textUTF8 {
		d.inspect(plain, s)
	}
	d.advance(len(src))
}

// drop lets p pass where the sink has no room for it; it is checked all the same.
func (d *Decoder) drop(p []byte, s Sink) {
	for len(p) > 0 && d.watch != nothing {
		var buf [512]byte
		n := min(len(p), len(buf))
		d.move(buf[:n], p[:n], s)
		p = p[n:]
	}
	d.advance(len(p))
}

func (d *Decoder) advance(n int) {
	d.left -= uint64(n)
	d.offset += int64(n)
}

// inspect checks p, unmasked, the next bytes of the payload.
func (d *Decoder) inspect(p []byte, s Sink) {
	switch d.watch {
	case textUTF8:
		if bad := d.text.Write(p); bad >= 0 {
			d.violate(s, TextInvalid, d.offset+int64(bad), fmt.Sprintf("byte 0x%02X", p[bad]))
			d.checked, d.watch = false, nothing
		}
	case closeBody:
		d.inspectClose(p, s)
	}
}

// inspectClose checks p, the next bytes of a Close frame's payload: two of code, then a reason (RFC 6455 §5.5.1).
func (d *Decoder) inspectClose(p []byte, s Sink) {
	at := d.offset
	for i := d.h.Length - d.left; i < 2 && len(p) > 0; i++ {
		if i == 0 {
			d.code = uint16(p[0]) << 8
		} else {
			d.code |= uint16(p[0])
			if r := closeCodeRule(d.code); r != 0 {
				d.violate(s, r, at-1, fmt.Sprintf("code %d", d.code))
			}
		}
		p, at = p[1:], at+1
	}
	if bad := d.reason.Write(p); bad >= 0 {
		d.violate(s, CloseReasonInvalid, at+int64(bad), fmt.Sprintf("byte 0x%02X", p[bad]))
		d.watch = nothing
	}
}
