package frames

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"culvert/tunnel/frame"
)

// websocatBuffer is the size of the longest message that websocat sends unless it is told otherwise.
const websocatBuffer = 64 << 10

// appendWebsocat appends a line for a POSIX shell that connects to the message's address and sends it; nothing where that
// cannot be.
//
// SECURITY: payload, address and subprotocol come from the traffic, and the line is pasted into a shell. Only what no
// shell takes apart inside single quotes is put there as it is; the rest goes as base64, or percent-encoded.
func (m *Message) appendWebsocat(dst []byte) []byte {
	if !m.data() || !strings.HasPrefix(m.URL, "ws://") && !strings.HasPrefix(m.URL, "wss://") {
		return dst
	}
	text := m.text()
	dst = append(dst, "printf '%s' '"...)
	if text && len(m.Payload) > 0 && quotable(m.Payload) {
		dst = append(dst, m.Payload...)
		dst = append(dst, "' | websocat -n -t"...)
	} else {
		dst = base64.StdEncoding.AppendEncode(dst, m.Payload)
		dst = append(dst, "' | base64 -d | websocat -n "...)
		if text {
			dst = append(dst, "-t --no-line"...)
		} else {
			dst = append(dst, "-b"...)
		}
	}
	if n := len(m.Payload); n > websocatBuffer {
		dst = append(dst, " -B "...)
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	if m.Protocol != "" && !strings.ContainsFunc(m.Protocol, odd) {
		dst = append(dst, " --protocol="...)
		dst = append(dst, m.Protocol...)
	}
	dst = append(dst, " '"...)
	dst = appendURL(dst, m.URL)
	return append(dst, '\'')
}

// odd reports whether c is none of the characters that subprotocols consist of, of which no shell takes any for more than
// it is.
func odd(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-._", c)
}

// quotable reports whether p may stand between single quotes in any common shell. Besides the quote itself a backslash may
// not (fish), nor may what PowerShell takes for a quote, and nothing that a terminal acts on or that hides text.
func quotable(p []byte) bool {
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		switch {
		case r == utf8.RuneError && size == 1, !strconv.IsPrint(r):
			return false
		case r == '\'', r == '\\', r >= '\u2018' && r <= '\u201B':
			return false
		}
		p = p[size:]
	}
	return true
}

// appendURL appends a URL with every byte percent-encoded that has no place in one, or that a shell may take apart.
func appendURL(dst []byte, u string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(u) {
		c := u[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~:/?#[]@$&()*+,;=%", c) >= 0 {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

// appendSend appends a line of JavaScript that sends the message over ws, a WebSocket; nothing where that cannot be.
//
// SECURITY: the payload comes from the traffic, and the line is pasted into a console, a source file or a page.
func (m *Message) appendSend(dst []byte) []byte {
	switch {
	case m.Frame && m.Opcode == frame.Close:
		return appendClose(dst, m.Payload)
	case !m.data():
		return dst
	case m.text():
		dst = append(dst, "ws.send("...)
		dst = appendScript(dst, m.Payload)
		return append(dst, ");"...)
	}
	dst = append(dst, `ws.send(Uint8Array.from(atob("`...)
	dst = base64.StdEncoding.AppendEncode(dst, m.Payload)
	return append(dst, `"), c => c.charCodeAt(0)));`...)
}

// appendClose appends ws.close(…) with what the payload p of a Close frame says, as far as a page may say it
// (WebSockets Standard, close(code, reason)).
func appendClose(dst, p []byte) []byte {
	dst = append(dst, "ws.close("...)
	if len(p) >= 2 {
		if code := int(p[0])<<8 | int(p[1]); code == 1000 || code >= 3000 && code <= 4999 {
			dst = strconv.AppendInt(dst, int64(code), 10)
			if reason := p[2:]; len(reason) > 0 && utf8.Valid(reason) {
				dst = append(dst, ", "...)
				dst = appendScript(dst, reason)
			}
		}
	}
	return append(dst, ");"...)
}

// appendScript appends text, which is UTF-8, as a string of JavaScript, which is one of JSON too. No < is left in it, so
// that it may stand in a script of a page; what is not printable is escaped.
func appendScript(dst, text []byte) []byte {
	dst = append(dst, '"')
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r > 0xFFFF && !strconv.IsPrint(r):
			dst = appendEscape(dst, 0xD800+(r-0x10000)>>10)
			dst = appendEscape(dst, 0xDC00+(r-0x10000)&0x3FF)
		case r == '<' || !strconv.IsPrint(r):
			dst = appendEscape(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
		text = text[size:]
	}
	return append(dst, '"')
}

// appendEscape appends \uXXXX.
func appendEscape(dst []byte, unit rune) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[unit>>12&15], digits[unit>>8&15], digits[unit>>4&15], digits[unit&15])
}
