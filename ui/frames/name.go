package frames

import "bytes"

// nameOf returns what a message calls itself, as far as its first bytes tell: the command of a STOMP frame, or the value
// of the member "type", "event", "action", "method" or "op" of a JSON object, the first of these that it has; nil where
// there is none. The name is a part of p, as it is written there.
func nameOf(p []byte) []byte {
	p = bytes.TrimLeft(p, " \t\r\n")
	switch {
	case len(p) == 0:
		return nil
	case p[0] == '{':
		return memberName(p)
	case p[0] >= 'A' && p[0] <= 'Z':
		command, _, _ := stomp(p)
		return command
	}
	return nil
}

// stomp splits a STOMP frame (STOMP 1.2, "STOMP Frames"), as far as p holds it; ok is whether it looks like one.
func stomp(p []byte) (command, body []byte, ok bool) {
	i := bytes.IndexByte(p, '\n')
	if i < 0 || i > len("DISCONNECT\r") {
		return nil, nil, false
	}
	command = bytes.TrimSuffix(p[:i], []byte("\r"))
	switch string(command) {
	case "CONNECT", "STOMP", "CONNECTED", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "ACK", "NACK", "BEGIN", "COMMIT", "ABORT",
		"DISCONNECT", "MESSAGE", "RECEIPT", "ERROR":
	default:
		return nil, nil, false
	}
	for rest := p[i+1:]; len(rest) > 0; {
		line := rest
		if i = bytes.IndexByte(rest, '\n'); i < 0 {
			break
		}
		line, rest = rest[:i], rest[i+1:]
		if len(line) == 0 || string(line) == "\r" {
			return command, bytes.TrimRight(rest, "\x00\r\n"), true
		}
	}
	return command, nil, true
}

// ranks orders the members that name a message.
func rankOf(key []byte) int {
	switch string(key) {
	case "type":
		return 0
	case "event":
		return 1
	case "action":
		return 2
	case "method":
		return 3
	case "op":
		return 4
	}
	return unnamed
}

const unnamed = 5

// memberName looks through the members of the object that p begins with, until p ends.
func memberName(p []byte) (name []byte) {
	best := unnamed
	for i := 1; best > 0; {
		for i < len(p) && (p[i] == ',' || blank(p[i])) {
			i++
		}
		if i >= len(p) || p[i] != '"' {
			return name
		}
		end := stringEnd(p, i)
		if end < 0 {
			return name
		}
		rank := rankOf(p[i+1 : end-1])
		for i = end; i < len(p) && (p[i] == ':' || blank(p[i])); {
			i++
		}
		if end = valueEnd(p, i); end < 0 {
			return name
		}
		if v := p[i:end]; rank < best {
			switch {
			case v[0] == '"' && len(v) > 2:
				name, best = v[1:len(v)-1], rank
			case v[0] == '-' || v[0] >= '0' && v[0] <= '9':
				name, best = v, rank
			}
		}
		i = end
	}
	return name
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// stringEnd returns where the string that begins at i ends, -1 if p ends before.
func stringEnd(p []byte, i int) int {
	for i++; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// valueEnd returns where the value that begins at i ends, -1 if p ends before or there is none.
func valueEnd(p []byte, i int) int {
	start := i
	for depth := 0; i < len(p); {
		switch c := p[i]; {
		case c == '"':
			if i = stringEnd(p, i); i < 0 {
				return -1
			}
			if depth == 0 {
				return i
			}
			continue
		case c == '{' || c == '[':
			depth++
		case (c == '}' || c == ']') && depth > 1:
			depth--
		case (c == '}' || c == ']') && depth == 1:
			return i + 1
		case depth == 0 && (c == ',' || c == '}' || c == ']' || blank(c)):
			if i == start {
				return -1
			}
			return i
		}
		i++
	}
	return -1
}
