package project

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// kind is what a value is, as far as a project file tells values apart.
type kind uint8

const (
	kindOther kind = iota // a date, a time, a floating point number: no key takes one
	kindText
	kindInteger
	kindBoolean
	kindList
	kindTable
	kindTables // what [[name]] appends to
)

// String returns the kind with its article, as the error messages need it.
func (k kind) String() string {
	switch k {
	case kindText:
		return "text"
	case kindInteger:
		return "a whole number"
	case kindBoolean:
		return "true or false"
	case kindList:
		return "a list"
	case kindTable:
		return "a table"
	case kindTables:
		return "a list of tables"
	}
	return "a date, a time or a fraction"
}

// value is a TOML value and the offset at which it begins; for a table that its [header] opened, the header's name.
type value struct {
	kind   kind
	offset int

	text    string   // kindText
	integer int64    // kindInteger
	boolean bool     // kindBoolean
	items   []*value // kindList, kindTables
	table   *table   // kindTable
}

// origin says how a table came to be, on which depends what may still be added to it.
type origin uint8

const (
	implied  origin = iota // by a longer header: [a.b] makes a
	headed                 // by its own header
	dotted                 // by a dotted key: a.b = 1 makes a
	inlined                // by braces: nothing may be added
	appended               // by [[name]]
)

// table holds the keys of a TOML table in the order of the file.
type table struct {
	origin  origin
	entries []*entry
	index   map[string]*entry
}

// entry is a key with its value.
type entry struct {
	name   string
	offset int
	value  *value
}

// add puts a new entry at the end. The name is not in t yet.
func (t *table) add(name string, offset int, v *value) *entry {
	e := &entry{name, offset, v}
	t.entries = append(t.entries, e)
	if t.index == nil {
		t.index = make(map[string]*entry)
	}
	t.index[name] = e
	return e
}

// document is the text of a project file, the table it holds, and what was found wrong with it so far.
type document struct {
	file  string // for problems
	data  []byte // without byte order mark
	lines []int  // offset of each line's first byte
	root  table

	current    *table   // what keys are added to while reading; nil below a header that cannot be
	seen       position // what position returned last,
	seenOffset int      // and for which offset

	problems Errors
	broken   bool // not all of data could be read, so what seems to be missing may be there
}

// maxSyntaxErrors is where reading stops: a file with so many of them is no TOML.
const maxSyntaxErrors = 20

// maxSize keeps a file that is not meant for us (a log, a device) from being read whole.
const maxSize = 1 << 20

// read takes data apart. After a syntax error it goes on with the next line that looks like a beginning.
func read(file string, data []byte) *document {
	d := &document{file: file, data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}
	d.current = &d.root
	d.lines = append(d.lines, 0)
	for i, c := range d.data {
		if c == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	switch {
	case len(data) > maxSize:
		d.fail(0, "the file is larger than 1 MiB", "name a project file, culvert.toml")
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")):
		d.fail(0, "the file is UTF-16", "save it as UTF-8")
	default:
		for from, n := 0, 0; from < len(d.data) && n < maxSyntaxErrors; n++ {
			from = d.readFrom(from)
		}
	}
	return d
}

// readFrom reads expressions from offset from on until the end or a syntax error, and returns where to go on.
func (d *document) readFrom(from int) int {
	var p unstable.Parser
	p.Reset(d.data[from:])
	end := from
	for p.NextExpression() {
		n := p.Expression()
		end = from + exprEnd(n)
		if n.Kind == unstable.KeyValue {
			d.keyValue(d.current, n, from)
		} else {
			d.current = d.header(n, from)
		}
	}
	if p.Error() == nil {
		return len(d.data)
	}
	var e *unstable.ParserError
	at := end
	if errors.As(p.Error(), &e) {
		// A highlight is a part of data, so what lies behind it up to the capacity tells where it begins.
		at = min(max(cap(d.data)-cap(e.Highlight), end), len(d.data))
	}
	what, fix := d.syntax(at, p.Error().Error())
	d.fail(at, what, fix)
	return d.resume(end, at)
}

// exprEnd returns the offset behind the last byte of n that its ranges name.
func exprEnd(n *unstable.Node) int {
	end := int(n.Raw.Offset + n.Raw.Length)
	for k := n.Key(); k.Next(); {
		end = max(end, int(k.Node().Raw.Offset+k.Node().Raw.Length))
	}
	return end
}

// resume returns the offset of the first line behind the broken expression that looks like the beginning of another.
// The broken one begins behind end, with the first line from there on that says anything, and its error is at offset at.
func (d *document) resume(end, at int) int {
	line := d.line(end)
	if end > d.lines[line] {
		line++
	}
	for line < len(d.lines)-1 && d.silent(line) {
		line++
	}
	if d.opens(line) {
		d.current = nil
	}
	line++
	if at < len(d.data)-1 { // else something was never closed, and its end is no hint
		line = max(line, d.line(at))
	}
	for ; line < len(d.lines); line++ {
		if d.beginning(line) {
			return d.lines[line]
		}
	}
	return len(d.data)
}

// silent reports whether a line, counted from 0, is blank or a comment.
func (d *document) silent(line int) bool {
	text := bytes.TrimSpace(d.data[d.lines[line]:d.lineEnd(line)])
	return len(text) == 0 || text[0] == '#'
}

// opens reports whether a line, counted from 0, begins as a header does.
func (d *document) opens(line int) bool {
	return bytes.HasPrefix(bytes.TrimLeft(d.data[d.lines[line]:], " \t"), []byte("["))
}

// beginning reports whether a line, counted from 0, begins with a header or with a bare key and "=".
func (d *document) beginning(line int) bool {
	key, _, ok := bytes.Cut(d.data[d.lines[line]:d.lineEnd(line)], []byte("="))
	key = bytes.Trim(key, " \t")
	return d.opens(line) || ok && len(key) > 0 && len(bytes.Trim(key, bareKey)) == 0
}

// lineEnd returns the offset behind the last byte of a line, counted from 0, without its line break.
func (d *document) lineEnd(line int) int {
	if line+1 == len(d.lines) {
		return len(d.data)
	}
	end := d.lines[line+1] - 1
	if end > d.lines[line] && d.data[end-1] == '\r' {
		end--
	}
	return end
}

// line returns the number of the line, from 0, that offset lies in.
func (d *document) line(offset int) int {
	return sort.SearchInts(d.lines, offset+1) - 1
}

// position returns the line and the column, in characters, of the byte at offset. Asked in the order of the file it
// counts each character once, so that a long line costs no more than a short one.
func (d *document) position(offset int) position {
	line := d.line(offset)
	start := d.lines[line]
	for back := 1; back < utf8.UTFMax && offset-back >= start; back++ {
		if _, size := utf8.DecodeRune(d.data[offset-back:]); size > back { // inside of a character
			offset -= back
			break
		}
	}
	offset = min(offset, d.lineEnd(line))
	from, column := start, 1
	if d.seen.line == line+1 && d.seenOffset <= offset {
		from, column = d.seenOffset, d.seen.column
	}
	d.seen, d.seenOffset = position{line + 1, column + utf8.RuneCount(d.data[from:offset])}, offset
	return d.seen
}

// report adds a problem with the key or value at offset.
func (d *document) report(offset int, key, what, fix string) {
	at := d.position(offset)
	d.problems = append(d.problems, Problem{d.file, at.line, at.column, key, what, fix})
}

// fail adds a problem that leaves a part of the file unread.
func (d *document) fail(offset int, what, fix string) {
	d.broken = true
	d.report(offset, "", what, fix)
}

// header opens the table that [a.b] or [[a.b]] names; nil, reported, where that cannot be.
func (d *document) header(n *unstable.Node, base int) *table {
	t := &d.root
	for k := n.Key(); k.Next(); {
		name, offset := string(k.Node().Data), base+int(k.Node().Raw.Offset)
		old := t.index[name]
		switch {
		case !k.IsLast() && old == nil:
			t = t.add(name, offset, &value{kind: kindTable, offset: offset, table: &table{}}).value.table
		case !k.IsLast():
			if t = old.value.last(); t == nil {
				d.twice(name, offset, old)
				return nil
			}
		case n.Kind == unstable.ArrayTable:
			return d.appendTable(t, name, offset)
		default:
			return d.openTable(t, name, offset)
		}
	}
	return nil
}

// last returns the table that a longer header or key goes on from: v's own, or the last that was appended; else nil.
func (v *value) last() *table {
	switch {
	case v.kind == kindTables:
		return v.items[len(v.items)-1].table
	case v.kind == kindTable && v.table.origin != inlined:
		return v.table
	}
	return nil
}

// openTable is [name] in t.
func (d *document) openTable(t *table, name string, offset int) *table {
	old := t.index[name]
	if old == nil {
		v := &value{kind: kindTable, offset: offset, table: &table{origin: headed}}
		return t.add(name, offset, v).value.table
	}
	if old.value.kind != kindTable || old.value.table.origin != implied {
		d.twice(name, offset, old)
		return nil
	}
	old.value.table.origin = headed
	return old.value.table
}

// appendTable is [[name]] in t.
func (d *document) appendTable(t *table, name string, offset int) *table {
	old := t.index[name]
	if old == nil {
		old = t.add(name, offset, &value{kind: kindTables, offset: offset})
	}
	if old.value.kind != kindTables {
		d.twice(name, offset, old)
		return nil
	}
	v := &value{kind: kindTable, offset: offset, table: &table{origin: appended}}
	old.value.items = append(old.value.items, v)
	return v.table
}

// twice reports a name that cannot be given again.
func (d *document) twice(name string, offset int, old *entry) {
	d.report(offset, shown(name), fmt.Sprintf("is already there in line %d", d.position(old.offset).line),
		"keep one of the two")
}

// keyValue adds a (perhaps dotted) key with its value to t; a nil t takes nothing.
func (d *document) keyValue(t *table, n *unstable.Node, base int) {
	if t == nil {
		return
	}
	for k := n.Key(); k.Next(); {
		name, offset := string(k.Node().Data), base+int(k.Node().Raw.Offset)
		old := t.index[name]
		switch {
		case k.IsLast() && old == nil:
			after := offset + int(k.Node().Raw.Length)
			t.add(name, offset, d.value(n.Value(), base, d.valueStart(after)))
		case !k.IsLast() && old == nil:
			v := &value{kind: kindTable, offset: offset, table: &table{origin: dotted}}
			t = t.add(name, offset, v).value.table
		case !k.IsLast() && old.value.kind == kindTable && old.value.table.origin == dotted:
			t = old.value.table
		default:
			d.twice(name, offset, old)
			return
		}
	}
}

// valueStart returns the offset of the value whose key ends at offset: behind "=" and blanks.
func (d *document) valueStart(offset int) int {
	for offset < len(d.data) && strings.IndexByte(" \t=", d.data[offset]) >= 0 {
		offset++
	}
	return offset
}

// value converts a value of the parser, which does not say where a list begins: that is start.
func (d *document) value(n *unstable.Node, base, start int) *value {
	v := &value{offset: start}
	if n.Raw.Length > 0 {
		v.offset = base + int(n.Raw.Offset)
	}
	switch n.Kind {
	case unstable.String:
		v.kind, v.text = kindText, string(n.Data)
	case unstable.Bool:
		v.kind, v.boolean = kindBoolean, n.Data[0] == 't'
	case unstable.Integer:
		v.kind = kindInteger
		i, err := strconv.ParseInt(strings.ReplaceAll(string(n.Data), "_", ""), 0, 64)
		if err != nil {
			i = -1 // beyond 64 bits, and so beyond every key's bounds
		}
		v.integer = i
	case unstable.Array:
		v.kind = kindList
		for c := n.Children(); c.Next(); {
			v.items = append(v.items, d.value(c.Node(), base, v.offset))
		}
	case unstable.InlineTable:
		v.kind, v.table = kindTable, &table{}
		for c := n.Children(); c.Next(); {
			d.keyValue(v.table, c.Node(), base)
		}
		v.table.seal()
	}
	return v
}

// seal closes t and what its dotted keys made.
func (t *table) seal() {
	t.origin = inlined
	for _, e := range t.entries {
		if e.value.kind == kindTable && e.value.table.origin != inlined {
			e.value.table.seal()
		}
	}
}

// bareKey holds the characters of a key that needs no quotes.
const bareKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// shown returns a key as it may stand in a message: bare, or quoted and without control characters.
func shown(name string) string {
	if name != "" && strings.Trim(name, bareKey) == "" {
		return name
	}
	return strconv.Quote(name)
}

// codePoint is how the parser shows a character; of one beyond ASCII it shows the first byte.
var codePoint = regexp.MustCompile(`U\+[0-9A-F]{4}( '.')?`)

// syntax returns what the parser's message for offset says, and what to do.
func (d *document) syntax(offset int, message string) (what, fix string) {
	r, _ := utf8.DecodeRune(d.data[min(offset, len(d.data)):])
	what = codePoint.ReplaceAllLiteralString(message, strconv.QuoteRune(r))
	for _, hint := range []struct{ part, fix string }{
		{"at start of value", `put text in double quotes: key = "text"`},
		{"expected keyword", `put text in double quotes: key = "text"`},
		{"strings must be quoted", `put text in double quotes: key = "text"`},
		{"start of key", "a line begins with a key such as listen, with [ or with #"},
		{"strings cannot have new lines", "close the quote in the same line"},
		{"terminated", "close the quote"},
		{"expected '=' after key", `write key = "text"`},
		{"after array value", "separate the values by commas and close the list by ]"},
		{"array is incomplete", "close the list by ]"},
		{"inline table", "separate the pairs by commas and close the table by }"},
		{"to close", "close a header by as many ] as it has ["},
		{"escape", `write \\ for a backslash, or use single quotes: 'C:\dir'`},
		{"expected newline", "begin a new line for each key"},
		{"UTF-8", "save the file as UTF-8"},
	} {
		if strings.Contains(message, hint.part) {
			return what, hint.fix
		}
	}
	return what, "project files are TOML: https://toml.io"
}
