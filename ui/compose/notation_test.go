package compose

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestANotationIsReadAndItsMistakesAreFound(t *testing.T) {
	for _, c := range []struct {
		name     string
		notation notation
		text     string
		want     string // the bytes
		cause    string // or the mistake
		line     int
		column   int
	}{
		{"text is its own bytes", plain, "héllo\n", "héllo\n", "", 0, 0},
		{"JSON keeps its spelling", jsonText, "{\"a\": 1.50, \"b\": \"\\u00e9\"}", "{\"a\": 1.50, \"b\": \"\\u00e9\"}", "", 0, 0},
		{"a comma too many", jsonText, "{\n  \"a\": 1,\n}", "", "mistake.json", 3, 1},
		{"a JSON text that stops", jsonText, "{\"a\": [1", "", "mistake.jsonEnd", 1, 9},
		{"no JSON at all", jsonText, "", "", "mistake.jsonEnd", 1, 1},
		{"two values", jsonText, "1 2", "", "mistake.json", 1, 3},
		{"a bare word", jsonText, "tru", "", "mistake.jsonEnd", 1, 4},
		{"a wrong last character", jsonText, "trux", "", "mistake.json", 1, 4},
		{"hex pairs", hexDigits, "48656C6c6f", "Hello", "", 0, 0},
		{"hex in the ways that people write it", hexDigits, "48 65\n0x6c,0X6C \\x6f:21-21_21", "Hello!!!", "", 0, 0},
		{"empty hex", hexDigits, " \n", "", "", 0, 0},
		{"half a byte at the end", hexDigits, "48 6", "", "mistake.hexHalf", 1, 4},
		{"half a byte in between", hexDigits, "48 6 5", "", "mistake.hexHalf", 1, 4},
		{"a letter that is no digit", hexDigits, "48\n6g", "", "mistake.hexDigit", 2, 2},
		{"a character of several bytes", hexDigits, "48 语", "", "mistake.hexDigit", 1, 4},
		{"0x without a pair", hexDigits, "48 0x", "", "mistake.hexHalf", 1, 6},
		{"base64", base64Text, "SGVsbG8=", "Hello", "", 0, 0},
		{"base64 without padding", base64Text, "SGVsbG8", "Hello", "", 0, 0},
		{"base64 for URLs, over lines", base64Text, "-_-_\n-_8=", "\xfb\xff\xbf\xfb\xff", "", 0, 0},
		{"a character of no alphabet", base64Text, "SGV*", "", "mistake.base64Digit", 1, 4},
		{"padding too early", base64Text, "S=", "", "mistake.base64Padding", 1, 2},
		{"padding too long", base64Text, "SGVsbG8==", "", "mistake.base64Padding", 1, 9},
		{"half a padding", base64Text, "SGVsbA=", "", "mistake.base64End", 1, 8},
		{"something behind the padding", base64Text, "SGVsbG8=x", "", "mistake.base64After", 1, 9},
		{"a lone digit", base64Text, "SGVsb", "", "mistake.base64End", 1, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, m := c.notation.parse(c.text)
			if m == nil {
				if c.cause != "" || string(data) != c.want {
					t.Errorf("%q is %q, want %q %s", c.text, data, c.want, c.cause)
				}
				return
			}
			line, column := m.position(c.text)
			if m.Cause != c.cause || line != c.line || column != c.column {
				t.Errorf("%q: %v at %d:%d, want %s at %d:%d", c.text, m, line, column, c.cause, c.line, c.column)
			}
		})
	}
}

func TestJSONIsLaidOutWithoutTouchingItsValues(t *testing.T) {
	const text = ` {"id":12345678901234567890.10, "b" : [1,{"é":"\u00e9"}]} `
	const pretty = "{\n  \"id\": 12345678901234567890.10,\n  \"b\": [\n    1,\n    {\n      \"é\": \"\\u00e9\"\n    }\n  ]\n}"
	const compact = `{"id":12345678901234567890.10,"b":[1,{"é":"\u00e9"}]}`
	if got := spread(text); got != pretty {
		t.Errorf("pretty is %s", got)
	}
	if got := squeeze(pretty); got != compact {
		t.Errorf("compact is %s", got)
	}
	if got := spread("{"); got != "{" {
		t.Errorf("what is no JSON became %q", got)
	}
}

func FuzzNotation(f *testing.F) {
	for _, s := range []string{"48 65 0x6c \\x6C", "SGVsbG8=", "-_8", `{"a":[1,2]}`, "语", "0x", "=", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, n := range notations {
			data, m := n.parse(text)
			if m != nil {
				if m.Offset < 0 || m.Offset > len(text) {
					t.Errorf("%s: a mistake at %d of %d bytes", n, m.Offset, len(text))
				}
				if line, column := m.position(text); line < 1 || column < 1 || line > 1+strings.Count(text, "\n") {
					t.Errorf("%s: a mistake at %d:%d", n, line, column)
				}
				if n == jsonText && json.Valid([]byte(text)) {
					t.Errorf("valid JSON has a mistake: %v", m)
				}
				continue
			}
			if n == jsonText && !json.Valid([]byte(text)) {
				t.Errorf("%q passes as JSON", text)
			}
			if again, m := n.parse(n.format(data)); m != nil || !bytes.Equal(again, data) {
				t.Errorf("%s: %x became %x (%v)", n, data, again, m)
			}
			if n == jsonText && utf8.ValidString(text) && !json.Valid([]byte(spread(text))) {
				t.Errorf("%q is no JSON once laid out", text)
			}
		}
	})
}
