package frame

import (
	"errors"
	"fmt"
	"strings"
)

// Deflate holds the parameters of permessage-deflate that a handshake agreed on (RFC 7692 §7.1).
// The zero value is the extension without parameters.
type Deflate struct {
	ServerNoTakeover bool // the server compresses each message on its own
	ClientNoTakeover bool // the client does
	ServerBits       int  // base-2 logarithm of the server's window, 8 to 15; 0 is 15
	ClientBits       int  // of the client's
}

const (
	minBits = 8
	maxBits = 15
)

const deflateToken = "permessage-deflate"

// ParseDeflate reads what a response's Sec-WebSocket-Extensions fields, in their order, say of permessage-deflate: ok
// is whether it is in use. Other extensions are passed over. An error means that the client must fail the connection:
// the fields are malformed, agree on permessage-deflate twice, or with parameters that a response may not have
// (RFC 7692 §7.1, RFC 6455 §9.1).
func ParseDeflate(values []string) (d Deflate, ok bool, err error) {
	for _, v := range values {
		l := list{rest: v}
		for l.next() {
			name, params, err := l.extension()
			if err != nil {
				return Deflate{}, false, fmt.Errorf("Sec-WebSocket-Extensions: %w", err)
			}
			if name != deflateToken {
				continue
			}
			if ok {
				return Deflate{}, false, errors.New("Sec-WebSocket-Extensions: " + deflateToken + " is accepted twice")
			}
			ok = true
			if d, err = parseParams(params); err != nil {
				return Deflate{}, false, fmt.Errorf("%s: %w", deflateToken, err)
			}
		}
	}
	return d, ok, nil
}

// param is one parameter of an extension.
type param struct {
	name, value string
	bare        bool // it has no value
}

func parseParams(params []param) (Deflate, error) {
	d := Deflate{ServerBits: maxBits, ClientBits: maxBits}
	var seen [4]bool
	for _, p := range params {
		var err error
		var i int
		switch p.name {
		case "server_no_context_takeover":
			i, d.ServerNoTakeover, err = 0, true, p.wantBare()
		case "client_no_context_takeover":
			i, d.ClientNoTakeover, err = 1, true, p.wantBare()
		case "server_max_window_bits":
			i = 2
			d.ServerBits, err = p.windowBits()
		case "client_max_window_bits":
			i = 3
			d.ClientBits, err = p.windowBits()
		default:
			return d, fmt.Errorf("parameter %q is unknown", p.name)
		}
		if err != nil {
			return d, err
		}
		if seen[i] {
			return d, fmt.Errorf("parameter %s is given twice", p.name)
		}
		seen[i] = true
	}
	return d, nil
}

func (p param) wantBare() error {
	if !p.bare {
		return fmt.Errorf("parameter %s has the value %q and may have none", p.name, p.value)
	}
	return nil
}

// windowBits returns the value of a parameter that is a decimal integer from 8 to 15 without leading zeros.
func (p param) windowBits() (int, error) {
	switch {
	case p.bare:
		return 0, fmt.Errorf("parameter %s has no value", p.name)
	case len(p.value) == 1 && '8' <= p.value[0] && p.value[0] <= '9':
		return int(p.value[0] - '0'), nil
	case len(p.value) == 2 && p.value[0] == '1' && '0' <= p.value[1] && p.value[1] <= '5':
		return 10 + int(p.value[1]-'0'), nil
	}
	return 0, fmt.Errorf("parameter %s has the value %q, not an integer from 8 to 15", p.name, p.value)
}

// list reads a field's comma-separated list of extensions (RFC 6455 §9.1, list syntax of RFC 9110 §5.6.1).
type list struct{ rest string }

// next moves to the next element that is not empty and reports whether there is one.
func (l *list) next() bool {
	l.rest = strings.TrimLeft(l.rest, " \t,")
	return l.rest != ""
}

// extension reads one element and the comma after it.
func (l *list) extension() (name string, params []param, err error) {
	if name, err = l.token(); err != nil {
		return "", nil, err
	}
	for l.skip(';') {
		p := param{bare: true}
		if p.name, err = l.token(); err != nil {
			return "", nil, err
		}
		if l.skip('=') {
			p.bare = false
			if p.value, err = l.value(); err != nil {
				return "", nil, err
			}
		}
		params = append(params, p)
	}
	if l.rest != "" && !l.skip(',') {
		return "", nil, fmt.Errorf("unexpected %q after %q", l.rest[:1], name)
	}
	return name, params, nil
}

// skip takes c, with the blanks around it, if it comes next.
func (l *list) skip(c byte) bool {
	rest := strings.TrimLeft(l.rest, " \t")
	if rest == "" || rest[0] != c {
		l.rest = rest
		return false
	}
	l.rest = strings.TrimLeft(rest[1:], " \t")
	return true
}

// token takes a token (RFC 9110 §5.6.2).
func (l *list) token() (string, error) {
	n := 0
	for n < len(l.rest) && isToken(l.rest[n]) {
		n++
	}
	if n == 0 {
		if l.rest == "" {
			return "", errors.New("a name is missing at the end")
		}
		return "", fmt.Errorf("a name is missing before %q", l.rest[:1])
	}
	t := l.rest[:n]
	l.rest = l.rest[n:]
	return t, nil
}

// value takes a token or a quoted string, which without its quotes has to be a token too (RFC 6455 §9.1).
func (l *list) value() (string, error) {
	if l.rest == "" || l.rest[0] != '"' {
		return l.token()
	}
	var b strings.Builder
	for i := 1; i < len(l.rest); i++ {
		c := l.rest[i]
		switch {
		case c == '"' && b.Len() == 0:
			return "", errors.New("a quoted value is empty")
		case c == '"':
			l.rest = l.rest[i+1:]
			return b.String(), nil
		case c == '\\' && i+1 < len(l.rest):
			i++
			c = l.rest[i]
		}
		if !isToken(c) {
			return "", fmt.Errorf("a quoted value holds %q", string(rune(c)))
		}
		b.WriteByte(c)
	}
	return "", errors.New("a quoted value does not end")
}

func isToken(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
