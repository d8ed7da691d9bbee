package frametest

import (
	"bytes"
	"fmt"

	"culvert/tunnel/frame"
)

// wellFormed is table 3-7 of the Unicode Standard, "Well-Formed UTF-8 Byte Sequences": the ranges of each byte.
var wellFormed = [][][2]byte{
	{{0x00, 0x7F}},
	{{0xC2, 0xDF}, {0x80, 0xBF}},
	{{0xE0, 0xE0}, {0xA0, 0xBF}, {0x80, 0xBF}},
	{{0xE1, 0xEC}, {0x80, 0xBF}, {0x80, 0xBF}},
	{{0xED, 0xED}, {0x80, 0x9F}, {0x80, 0xBF}},
	{{0xEE, 0xEF}, {0x80, 0xBF}, {0x80, 0xBF}},
	{{0xF0, 0xF0}, {0x90, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}},
	{{0xF1, 0xF3}, {0x80, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}},
	{{0xF4, 0xF4}, {0x80, 0x8F}, {0x80, 0xBF}, {0x80, 0xBF}},
}

// fault returns the offset of the first byte of p that no row of the table allows there, or -1; and whether p ends
// inside a character.
func fault(p []byte) (bad int, cut bool) {
	for i := 0; i < len(p); {
		n, longest := 0, 0
		for _, row := range wellFormed {
			k := 0
			for k < len(row) && i+k < len(p) && row[k][0] <= p[i+k] && p[i+k] <= row[k][1] {
				k++
			}
			longest = max(longest, k)
			if k == len(row) {
				n = k
			}
		}
		switch {
		case n > 0:
			i += n
		case i+longest == len(p):
			return -1, true
		default:
			return i + longest, false
		}
	}
	return -1, false
}

// texts are the payloads of section 6, by its subsections after Markus Kuhn's UTF-8 stress test.
var texts = []struct {
	section int
	name    string
	texts   []string
}{
	{2, "valid text of several scripts", []string{
		"Hello-µ@ßöäüàá-UTF-8!!", "涵洞把溪流引到路的另一边，再流出去。", "ひらがな and 한국어 조선말", "mixed 😀 a 🎉é漢\u0000\u007F",
	}},
	{3, "text with a surrogate in its middle", []string{"κόσμε\xED\xA0\x80edited"}},
	{4, "text with a code point beyond U+10FFFF in its middle", []string{
		"κόσμε\xF4\x90\x80\x80edited", "κόσμε\xF4\x90", "κόσμε\xF4", "涵洞涵洞涵洞\xF4\x90涵洞涵洞",
	}},
	{5, "valid words", []string{"κόσμε", "κ", "κόσμε κόσμε κόσμε"}},
	{6, "every start of a word", prefixes("κόσμε漢😀")},
	{7, "first character of each length", []string{"\x00", "\xC2\x80", "\xE0\xA0\x80", "\xF0\x90\x80\x80"}},
	{8, "first sequence of five and six bytes", []string{"\xF8\x88\x80\x80\x80", "\xFC\x84\x80\x80\x80\x80"}},
	{9, "last character of each length", []string{"\x7F", "\xDF\xBF", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"}},
	{10, "last sequence of four, five and six bytes", []string{
		"\xF7\xBF\xBF\xBF", "\xFB\xBF\xBF\xBF\xBF", "\xFD\xBF\xBF\xBF\xBF\xBF",
	}},
	{11, "characters at the edges of what is allowed", []string{
		"\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBD", "\xF4\x8F\xBF\xBF", "\xF4\x90\x80\x80",
	}},
	{12, "continuation bytes without a start", []string{
		"\x80", "\xBF", "\x80\xBF", "\x80\xBF\x80", "\x80\xBF\x80\xBF",
		"\x80\xBF\x80\xBF\x80", "\x80\xBF\x80\xBF\x80\xBF", everyByte(0x80, 0xBF, ""),
	}},
	{13, "first bytes followed by a space", []string{
		everyByte(0xC0, 0xDF, " "), everyByte(0xE0, 0xEF, " "), everyByte(0xF0, 0xF7, " "),
		everyByte(0xF8, 0xFB, " "), "\xFC \xFD ",
		everyByte(0xC2, 0xDF, " "), everyByte(0xE1, 0xEC, " "), everyByte(0xF1, 0xF3, " "),
	}},
	{14, "characters that lack their last byte", []string{
		"\xDF", "\xE0\xA0", "\xEF\xBF", "\xF0\x90\x80", "\xF4\x8F\xBF", "\xC0",
		"\xE0\x80", "\xF0\x80\x80", "\xF8\x80\x80\x80", "\xFC\x80\x80\x80\x80",
	}},
	{15, "cut characters in a row", []string{"\xDF\xE0\xA0\xEF\xBF\xF0\x90\x80\xF4\x8F\xBF", "\xC0\xE0\x80\xF0\x80\x80"}},
	{16, "bytes that UTF-8 never uses", []string{"\xFE", "\xFF", "\xFE\xFE\xFF\xFF", "good\xFFgood", "\xC0", "\xC1", "\xF5", "\xF6\x80"}},
	{17, "overlong forms of a slash", []string{
		"\xC0\xAF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xF8\x80\x80\x80\xAF", "\xFC\x80\x80\x80\x80\xAF",
	}},
	{18, "longest overlong forms", []string{
		"\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xF8\x87\xBF\xBF\xBF", "\xFC\x83\xBF\xBF\xBF\xBF",
	}},
	{19, "overlong forms of NUL", []string{
		"\xC0\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xF8\x80\x80\x80\x80", "\xFC\x80\x80\x80\x80\x80",
	}},
	{20, "a surrogate", []string{
		"\xED\xA0\x80", "\xED\xAD\xBF", "\xED\xAE\x80", "\xED\xAF\xBF", "\xED\xB0\x80", "\xED\xBE\x80", "\xED\xBF\xBF",
	}},
	{21, "a pair of surrogates", []string{
		"\xED\xA0\x80\xED\xB0\x80", "\xED\xA0\x80\xED\xBF\xBF", "\xED\xAD\xBF\xED\xB0\x80", "\xED\xAD\xBF\xED\xBF\xBF",
		"\xED\xAE\x80\xED\xB0\x80", "\xED\xAE\x80\xED\xBF\xBF", "\xED\xAF\xBF\xED\xB0\x80", "\xED\xAF\xBF\xED\xBF\xBF",
	}},
	{22, "code points that are no characters, and are allowed", nonCharacters()},
	{23, "code points that are often taken for faults", []string{
		"\uFFFD", "\uFEFF", "\uFFF9", "\uFFFA\uFFFB", "\U0001FFFE",
		"\u2028", "\u0000",
	}},
}

func prefixes(s string) []string {
	var all []string
	for n := 1; n <= len(s); n++ {
		all = append(all, s[:n])
	}
	return all
}

// everyByte returns the bytes from first to last, each with after behind it.
func everyByte(first, last int, after string) string {
	var b bytes.Buffer
	for c := first; c <= last; c++ {
		b.WriteByte(byte(c))
		b.WriteString(after)
	}
	return b.String()
}

// nonCharacters returns the last two code points of each plane.
func nonCharacters() []string {
	var all []string
	for plane := rune(0); plane <= 16; plane++ {
		all = append(all, string(plane<<16|0xFFFE), string(plane<<16|0xFFFF))
	}
	return all
}

// text adds section 6: each text whole, and each cut into fragments of one byte.
func (t *table) text() {
	t.add("6.1.1", "empty text").message(frame.Text, nil).bye()
	t.add("6.1.2", "three empty fragments").frame(spec{op: frame.Text, more: true}).frame(spec{more: true}).frame(spec{}).
		holds(frame.Text, nil).bye()
	t.add("6.1.3", "empty fragments around a text").frame(spec{op: frame.Text, more: true}).
		frame(spec{more: true, payload: []byte("middle")}).frame(spec{}).holds(frame.Text, []byte("middle")).bye()
	for _, group := range texts {
		for i, text := range group.texts {
			id := fmt.Sprintf("6.%d.%d", group.section, i+1)
			t.oneText(id+".1", group.name, []byte(text), max(1, len(text)))
			t.oneText(id+".2", group.name+", in fragments of one byte", []byte(text), 1)
		}
	}
}

// oneText adds a case whose text comes in fragments of size bytes, a ping after the first.
func (t *table) oneText(id, name string, text []byte, size int) {
	s := t.add(id, name)
	bad, cut := fault(text)
	for from := 0; from < len(text); from += size {
		to := min(len(text), from+size)
		f := spec{payload: text[from:to:to], more: to < len(text)}
		if from == 0 {
			f.op = frame.Text
		}
		s.frame(f)
		if from <= bad && bad < to {
			s.wrongPayload(frame.TextInvalid, bad-from)
		}
		if !f.more && cut {
			s.wrongPayload(frame.TextTruncated, to-from)
		}
		if from == 0 {
			s.frame(spec{op: frame.Ping, payload: []byte("\xFF is no text, but a ping need not be")})
		}
	}
	s.holds(frame.Text, text).message(frame.Text, []byte("the next text is fine")).bye()
}
