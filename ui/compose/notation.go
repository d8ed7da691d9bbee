package compose

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// notation is how the text in the editor stands for the bytes that are sent.
type notation string

const (
	plain      notation = "text"
	jsonText   notation = "json"
	hexDigits  notation = "hex"
	base64Text notation = "base64"
)

// notations in the order in which they are offered.
var notations = [...]notation{plain, jsonText, hexDigits, base64Text}

// Mistake is the error of a text that is not what its notation asks for.
type Mistake struct {
	Offset int    // of the byte that does not fit; the length of the text where something is missing
	Cause  string // key of the words for it, without "compose."
	Detail string // the character there, "" for none
}

func (m *Mistake) Error() string { return m.Cause + " " + m.Detail }

// position returns line and column of the mistake, counted from 1, the column in characters.
func (m *Mistake) position(text string) (line, column int) {
	before := text[:min(m.Offset, len(text))]
	line = 1 + bytes.Count([]byte(before), []byte("\n"))
	column = 1 + utf8.RuneCountInString(before[1+lastNewline(before):])
	return line, column
}

func lastNewline(s string) int { return bytes.LastIndexByte([]byte(s), '\n') }

// parse returns the bytes that text stands for. JSON is sent as it is written.
func (n notation) parse(text string) ([]byte, *Mistake) {
	switch n {
	case jsonText:
		return []byte(text), checkJSON(text)
	case hexDigits:
		return parseHex(text)
	case base64Text:
		return parseBase64(text)
	default:
		return []byte(text), nil
	}
}

// format writes data in the notation, so that parse returns it again.
func (n notation) format(data []byte) string {
	switch n {
	case hexDigits:
		return formatHex(data)
	case base64Text:
		return base64.StdEncoding.EncodeToString(data)
	default:
		return string(data)
	}
}

// checkJSON reports the first mistake of a JSON text (RFC 8259).
func checkJSON(text string) *Mistake {
	var skipped json.RawMessage
	err := json.Unmarshal([]byte(text+"\n"), &skipped) // the line's end is where a text that stops too early is noticed
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax) && int(syntax.Offset) <= len(text):
		return mistakeAt(text, int(max(0, syntax.Offset-1)), "mistake.json")
	default:
		return &Mistake{len(text), "mistake.jsonEnd", ""}
	}
}

// spread returns JSON with each member on its own line, and squeeze without any space. Numbers, keys and escapes stay
// as they are written.
func spread(text string) string  { return rewritten(text, true) }
func squeeze(text string) string { return rewritten(text, false) }

func rewritten(text string, lines bool) string {
	var b bytes.Buffer
	var err error
	if lines {
		err = json.Indent(&b, bytes.TrimSpace([]byte(text)), "", "  ")
	} else {
		err = json.Compact(&b, []byte(text))
	}
	if err != nil {
		return text
	}
	return b.String()
}

// parseHex reads pairs of hex digits. Between pairs there may be space, commas, colons, dashes and underscores, and
// before a pair 0x or \x.
func parseHex(text string) ([]byte, *Mistake) {
	data := make([]byte, 0, len(text)/2)
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case isSpace(c) || c == ',' || c == ':' || c == '-' || c == '_':
			i++
		case (c == '0' || c == '\\') && i+1 < len(text) && text[i+1]|0x20 == 'x':
			i += 2
			if i == len(text) || unhex(text[i]) < 0 {
				return nil, mistakeAt(text, i, "mistake.hexHalf")
			}
		case unhex(c) < 0:
			return nil, mistakeAt(text, i, "mistake.hexDigit")
		case i+1 == len(text):
			return nil, &Mistake{i, "mistake.hexHalf", ""}
		case unhex(text[i+1]) < 0:
			if isSpace(text[i+1]) {
				return nil, &Mistake{i, "mistake.hexHalf", ""}
			}
			return nil, mistakeAt(text, i+1, "mistake.hexDigit")
		default:
			data = append(data, byte(unhex(c)<<4|unhex(text[i+1])))
			i += 2
		}
	}
	return data, nil
}

// formatHex writes 16 bytes a line.
func formatHex(data []byte) string {
	text := make([]byte, 0, 3*len(data))
	for i := range data {
		switch {
		case i == 0:
		case i%16 == 0:
			text = append(text, '\n')
		default:
			text = append(text, ' ')
		}
		text = hex.AppendEncode(text, data[i:i+1])
	}
	return string(text)
}

// parseBase64 reads the standard and the URL alphabet (RFC 4648 §4, §5), with or without padding, over several lines.
func parseBase64(text string) ([]byte, *Mistake) {
	digits := make([]byte, 0, len(text))
	padding := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case isSpace(c):
			continue
		case c == '=':
			padding++
			if padding > 2 || len(digits)%4 < 2 || len(digits)%4+padding > 4 {
				return nil, mistakeAt(text, i, "mistake.base64Padding")
			}
			continue
		case padding > 0:
			return nil, mistakeAt(text, i, "mistake.base64After")
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case !isLetterOrDigit(c) && c != '+' && c != '/':
			return nil, mistakeAt(text, i, "mistake.base64Digit")
		}
		digits = append(digits, c)
	}
	if len(digits)%4 == 1 || padding > 0 && (len(digits)+padding)%4 != 0 {
		return nil, &Mistake{len(text), "mistake.base64End", ""}
	}
	data, err := base64.RawStdEncoding.DecodeString(string(digits))
	if err != nil { // cannot be: every digit was looked at
		return nil, &Mistake{0, "mistake.base64Digit", ""}
	}
	return data, nil
}

// mistakeAt is a mistake that quotes the character at offset i, or says that there is none.
func mistakeAt(text string, i int, cause string) *Mistake {
	if i >= len(text) {
		return &Mistake{i, cause, ""}
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return &Mistake{i, cause, string(r)}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isLetterOrDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// unhex returns the value of a hex digit, or -1.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	default:
		return -1
	}
}
