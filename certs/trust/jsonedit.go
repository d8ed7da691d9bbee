package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// jsonValue is a value in a JSON text with the place that it has there, so that one can be changed and every other byte
// of the text stays.
type jsonValue struct {
	start, end int // its first byte, and the one behind it
	token      json.Token
	members    []jsonMember // of an object, in order; a name may come twice, and then the last counts
	elements   []jsonValue  // of an array
}

type jsonMember struct {
	start int // the first byte of the name
	name  string
	value jsonValue
}

// parseJSON reads a whole JSON text. The error tells line and column.
func parseJSON(text []byte) (jsonValue, error) {
	p := jsonParser{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	p.dec.UseNumber()
	v, err := p.value()
	if err == nil {
		if _, more := p.dec.Token(); more != io.EOF {
			err = errors.New("there is more behind the end")
		}
	}
	if err == nil {
		return v, nil
	}
	at := p.start()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		at, err = len(text), errors.New("it ends too early")
	}
	line, column := position(text, at)
	return jsonValue{}, fmt.Errorf("line %d, column %d: %w", line, column, err)
}

// position returns the line and the column of an offset, both from 1.
func position(text []byte, at int) (line, column int) {
	before := text[:max(0, min(at, len(text)))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

type jsonParser struct {
	text  []byte
	dec   *json.Decoder
	depth int
}

// maxDepth ends the reading of a text that would exhaust the stack.
const maxDepth = 100

// start is where the next token begins.
func (p *jsonParser) start() int {
	at := int(p.dec.InputOffset())
	for at < len(p.text) && strings.IndexByte(" \t\r\n,:", p.text[at]) >= 0 {
		at++
	}
	return at
}

func (p *jsonParser) value() (v jsonValue, err error) {
	if p.depth++; p.depth > maxDepth {
		return v, errors.New("it is nested too deeply")
	}
	defer func() { p.depth-- }()
	v.start = p.start()
	if v.token, err = p.dec.Token(); err != nil {
		return v, err
	}
	switch v.token {
	case json.Delim('{'):
		for p.dec.More() {
			m := jsonMember{start: p.start()}
			name, err := p.dec.Token()
			if err != nil {
				return v, err
			}
			m.name, _ = name.(string)
			if m.value, err = p.value(); err != nil {
				return v, err
			}
			v.members = append(v.members, m)
		}
		_, err = p.dec.Token()
	case json.Delim('['):
		for p.dec.More() {
			e, err := p.value()
			if err != nil {
				return v, err
			}
			v.elements = append(v.elements, e)
		}
		_, err = p.dec.Token()
	}
	v.end = int(p.dec.InputOffset())
	return v, err
}

// member returns the value under a name, nil without one.
func (v *jsonValue) member(name string) *jsonValue {
	for i := len(v.members) - 1; i >= 0; i-- {
		if v.members[i].name == name {
			return &v.members[i].value
		}
	}
	return nil
}

// items returns where the items of an object or an array begin and end.
func (v *jsonValue) items() (starts, ends []int) {
	for _, m := range v.members {
		starts, ends = append(starts, m.start), append(ends, m.value.end)
	}
	for _, e := range v.elements {
		starts, ends = append(starts, e.start), append(ends, e.end)
	}
	return starts, ends
}

// appendItem returns the text with one item more at the end of an object or array, spaced as the others are.
func (v *jsonValue) appendItem(text []byte, item string) []byte {
	starts, ends := v.items()
	if len(starts) == 0 {
		return splice(text, v.start+1, v.start+1, item)
	}
	last := ends[len(ends)-1]
	return splice(text, last, last, ","+string(text[v.start+1:starts[0]])+item)
}

// removeItem returns the text without an item of an object or array.
func (v *jsonValue) removeItem(text []byte, i int) []byte {
	starts, ends := v.items()
	switch {
	case i > 0:
		return splice(text, ends[i-1], ends[i], "")
	case len(starts) > 1:
		return splice(text, starts[0], starts[1], "")
	}
	return splice(text, v.start+1, v.end-1, "")
}

// removeMember returns the text without the member of an object that counts under a name.
func (v *jsonValue) removeMember(text []byte, name string) []byte {
	for i := len(v.members) - 1; i >= 0; i-- {
		if v.members[i].name == name {
			return v.removeItem(text, i)
		}
	}
	return text
}

func splice(text []byte, from, to int, with string) []byte {
	return append(append(append([]byte{}, text[:from]...), with...), text[to:]...)
}

// quoteJSON returns a string as JSON has it.
func quoteJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // never, of a string
		return strconv.Quote(s)
	}
	return string(b)
}
