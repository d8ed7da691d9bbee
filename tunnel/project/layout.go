package project

import (
	"bytes"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// span is the range of bytes from start until before end.
type span struct{ start, end int }

// place is where a key or a table belongs: a path from the top of the file, or from a route.
type place struct {
	route int // -1: the file
	path  []string
}

func (p place) is(q place) bool { return p.route == q.route && slices.Equal(p.path, q.path) }

// within reports whether p is inside of q.
func (p place) within(q place) bool {
	return p.route == q.route && len(p.path) > len(q.path) && slices.Equal(p.path[:len(q.path)], q.path)
}

func (p place) parent() place { return place{p.route, p.path[:len(p.path)-1]} }

func (p place) child(names ...string) place { return place{p.route, slices.Concat(p.path, names)} }

// rank returns the place in the order of [Keys].
func (p place) rank() int {
	if p.route >= 0 {
		return rank(slices.Concat([]string{"route"}, p.path))
	}
	return rank(p.path)
}

// pair is a key with its value as they stand in the text.
type pair struct {
	span  // from the key's first byte to the value's last
	place place
	key   span // the last part of the key
	from  int  // where the value begins
	value *value
	items []span  // of a list, as far as their ends are known
	inner []*pair // of an inline table
}

// section is what stands below one header, or above the first.
type section struct {
	place    place
	header   int  // offset in the header's line; -1 above the first
	appended bool // by [[name]]
	pairs    []*pair
}

// layout says where in a text the sections, keys and values are.
type layout struct {
	doc      *document
	sections []*section // at least the one above the first header
	routes   int
	list     *pair  // route = [{…}, {…}]
	code     []bool // of each line: a header or a key and its value
}

// newLayout takes the text apart that d was read from without a problem.
func newLayout(d *document) *layout {
	l := &layout{doc: d, code: make([]bool, len(d.lines))}
	now := &section{place: place{route: -1}, header: -1}
	l.sections = append(l.sections, now)
	var p unstable.Parser
	p.Reset(d.data)
	for p.NextExpression() {
		n := p.Expression()
		if n.Kind == unstable.KeyValue {
			now.pairs = append(now.pairs, l.pair(now.place, n))
		} else {
			now = l.header(n)
			l.sections = append(l.sections, now)
		}
	}
	return l
}

// header is [a.b] or [[a.b]].
func (l *layout) header(n *unstable.Node) *section {
	path, key := keyPath(n)
	s := &section{place: place{-1, path}, header: key.start, appended: n.Kind == unstable.ArrayTable}
	l.code[l.doc.line(key.start)] = true
	if path[0] != "route" {
		return s
	}
	if s.appended && len(path) == 1 {
		l.routes++
	}
	s.place = place{l.routes - 1, path}
	if l.routes > 0 {
		s.place.path = path[1:]
	}
	return s
}

// keyPath returns the parts of a key, and where the last one is.
func keyPath(n *unstable.Node) (path []string, last span) {
	for k := n.Key(); k.Next(); {
		path = append(path, string(k.Node().Data))
		start := int(k.Node().Raw.Offset)
		last = span{start, start + int(k.Node().Raw.Length)}
	}
	return path, last
}

// pair is a key with its value in the table at.
func (l *layout) pair(at place, n *unstable.Node) *pair {
	path, key := keyPath(n)
	p := &pair{span: span{start: int(n.Raw.Offset)}, place: at.child(path...), key: key}
	p.end = p.start + int(n.Raw.Length)
	p.from = l.doc.valueStart(key.end)
	p.value = l.doc.value(n.Value(), 0, p.from)
	for line := l.doc.line(p.start); line <= l.doc.line(p.end-1); line++ {
		l.code[line] = true
	}
	switch n.Value().Kind {
	case unstable.InlineTable:
		p.inner, _ = l.inner(p.place, n.Value())
	case unstable.Array:
		routes := p.place.route < 0 && slices.Equal(p.place.path, []string{"route"})
		if routes {
			l.list = p
		}
		for c := n.Value().Children(); c.Next(); {
			item := span{int(c.Node().Raw.Offset), int(c.Node().Raw.Offset + c.Node().Raw.Length)}
			if c.Node().Kind == unstable.InlineTable {
				at := p.place
				if routes {
					at = place{route: l.routes}
					l.routes++
				}
				var inner []*pair
				inner, item.end = l.inner(at, c.Node())
				if routes {
					v := p.value.items[len(p.items)]
					p.inner = append(p.inner, &pair{span: item, place: at, from: item.start, value: v, inner: inner})
				}
			}
			p.items = append(p.items, item)
		}
	}
	return p
}

// inner returns the pairs of an inline table, and the offset behind its brace.
func (l *layout) inner(at place, n *unstable.Node) (pairs []*pair, end int) {
	end = int(n.Raw.Offset) + 1
	for c := n.Children(); c.Next(); {
		p := l.pair(at, c.Node())
		pairs = append(pairs, p)
		end = p.end
	}
	end = l.next(end)
	if l.doc.data[end] == ',' {
		end = l.next(end + 1)
	}
	return pairs, end + 1
}

// next returns the offset of the first byte from offset on that is no blank, line break or comment.
func (l *layout) next(offset int) int {
	for data := l.doc.data; offset < len(data); offset++ {
		switch data[offset] {
		case ' ', '\t', '\r', '\n':
		case '#':
			offset = l.doc.lineEnd(l.doc.line(offset)) - 1
		default:
			return offset
		}
	}
	return offset
}

// each calls yield with every pair, those of inline tables behind the one they are in, until it returns false.
func (l *layout) each(yield func(s *section, in, p *pair) bool) {
	var walk func(s *section, in *pair, pairs []*pair) bool
	walk = func(s *section, in *pair, pairs []*pair) bool {
		for _, p := range pairs {
			if !yield(s, in, p) || !walk(s, p, p.inner) {
				return false
			}
		}
		return true
	}
	for _, s := range l.sections {
		if !walk(s, nil, s.pairs) {
			return
		}
	}
}

// find returns the pair at a place with what holds it, a section and perhaps braces; nil if there is none.
func (l *layout) find(at place) (s *section, in, found *pair) {
	l.each(func(of *section, braces, p *pair) bool {
		if p.place.is(at) {
			s, in, found = of, braces, p
		}
		return found == nil
	})
	return s, in, found
}

// section returns the section whose header names a place, or nil.
func (l *layout) section(at place) *section {
	for _, s := range l.sections {
		if s.place.is(at) && (s.header >= 0 || len(at.path) == 0) {
			return s
		}
	}
	return nil
}

// blank reports whether a line is empty but for blanks and is not inside of a value.
func (l *layout) blank(line int) bool { return !l.code[line] && len(l.line(line)) == 0 }

// comment reports whether a line is a comment and nothing else.
func (l *layout) comment(line int) bool { return !l.code[line] && len(l.line(line)) > 0 }

func (l *layout) line(line int) []byte {
	return bytes.TrimSpace(l.doc.data[l.doc.lines[line]:l.doc.lineEnd(line)])
}

// count returns the number of lines; what follows the last line break is one only if it is not empty.
func (l *layout) count() int {
	n := len(l.doc.lines)
	if l.doc.lines[n-1] == len(l.doc.data) {
		n--
	}
	return n
}

// offset returns where a line begins, the end of the text for the one behind the last.
func (l *layout) offset(line int) int {
	if line >= len(l.doc.lines) {
		return len(l.doc.data)
	}
	return l.doc.lines[line]
}

// attached returns the first of the comment lines directly above a line, or the line itself.
func (l *layout) attached(line int) int {
	for line > 0 && l.comment(line-1) {
		line--
	}
	return line
}

// extent returns the lines of a section that has a header, until before end: with the comments directly above, and
// those directly below its last key, unless they are directly above the next header.
func (l *layout) extent(s *section) (start, end int) {
	end = l.doc.line(s.header)
	start = l.attached(end)
	if n := len(s.pairs); n > 0 {
		end = l.doc.line(s.pairs[n-1].end - 1)
	}
	end++
	below := end
	for below < l.count() && l.comment(below) {
		below++
	}
	if below == l.count() || !l.code[below] {
		end = below
	}
	return start, end
}

// newline returns how the text breaks lines.
func (l *layout) newline() string {
	if i := bytes.IndexByte(l.doc.data, '\n'); i > 0 && l.doc.data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// margin returns the blanks that a line begins with.
func (l *layout) margin(line int) string {
	text := string(l.doc.data[l.doc.lines[line]:l.doc.lineEnd(line)])
	return text[:len(text)-len(strings.TrimLeft(text, " \t"))]
}
