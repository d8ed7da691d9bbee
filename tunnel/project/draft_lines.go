package project

import (
	"bytes"
	"strings"
)

// insert puts a new key into the table that it belongs to, which is made where there is none.
func (d *Draft) insert(at place, value string) error {
	table := at.parent()
	if _, _, p := d.layout.find(table); p != nil && p.value.kind == kindTable {
		return d.insertInner(p, at, value)
	}
	if s := d.layout.section(table); s != nil {
		return d.insertLine(s, at, value)
	}
	var beside *section
	var braces *pair
	if len(table.path) > 0 {
		d.layout.each(func(s *section, in, p *pair) bool { // a dotted key: auth.user
			if p.place.within(table) && (in != nil || len(s.place.path) < len(table.path)) {
				beside, braces = s, in
			}
			return true
		})
	}
	switch {
	case braces != nil:
		return d.insertInner(braces, at, value)
	case beside != nil:
		return d.insertLine(beside, at, value)
	case at.route >= 0:
		name := at.path[len(at.path)-1]
		return d.insert(table, "{ "+Quote(name)+" = "+value+" }")
	}
	return d.insertSection(table, keyText(at.path[len(table.path):])+" = "+value)
}

// keyText returns a path as a dotted key.
func keyText(path []string) string {
	parts := make([]string, len(path))
	for i, name := range path {
		parts[i] = name
		if name == "" || strings.Trim(name, bareKey) != "" {
			parts[i] = Quote(name)
		}
	}
	return strings.Join(parts, ".")
}

// neighbour returns the index of the pair in front of which, or behind which, a key of that place goes: behind the one
// that is nearest before it in the order of the documentation, else in front of the first. It is -1 if pairs is empty.
func neighbour(pairs []*pair, at place) (i int, behind bool) {
	i, best, least := -1, -1, -1
	first := 0
	for j, p := range pairs {
		r := p.place.rank()
		if r >= 0 && r <= at.rank() && r >= best {
			i, best = j, r
		}
		if r >= 0 && (least < 0 || r < least) {
			first, least = j, r
		}
	}
	if i >= 0 {
		return i, true
	}
	if len(pairs) == 0 {
		return -1, false
	}
	return first, false
}

// insertInner puts a key into braces.
func (d *Draft) insertInner(in *pair, at place, value string) error {
	items := make([]span, len(in.inner))
	for i, p := range in.inner {
		items[i] = p.span
	}
	b, end := d.layout.bracket(in.from, items)
	i, behind := neighbour(in.inner, at)
	equals := " = "
	key := keyText(at.path[len(in.place.path):])
	if i >= 0 {
		near := in.inner[i]
		if d.layout.doc.data[near.key.end] == '=' {
			equals = "="
		}
		key = d.likeQuoted(near, key)
	}
	if behind {
		i++
	}
	b.insert(max(i, 0), key+equals+value)
	return d.splice(in.from, end, b.text())
}

// likeQuoted puts key into quotes if it is that of a header and the header near has quotes.
func (d *Draft) likeQuoted(near *pair, key string) string {
	if rank := near.place.rank(); rank < 0 || Keys()[rank].Type != TypeMap || strings.Contains(key, `"`) {
		return key
	}
	if c := d.layout.doc.data[near.key.start]; c != '"' && c != '\'' || strings.Contains(key, ".") {
		return key
	}
	return Quote(key)
}

// insertLine puts a key into a section, on a line of its own.
func (d *Draft) insertLine(s *section, at place, value string) error {
	l := d.layout
	key := keyText(at.path[len(s.place.path):])
	i, behind := neighbour(s.pairs, at)
	if i < 0 {
		return d.insertFirst(s, key+" = "+value)
	}
	near := s.pairs[i]
	line := l.margin(l.doc.line(near.start)) + d.aligned(s, i, d.likeQuoted(near, key)) + value
	if behind {
		end := l.doc.lineEnd(l.doc.line(near.end - 1))
		return d.splice(end, end, l.newline()+line)
	}
	above := l.doc.line(near.start)
	if first := l.attached(above); first > 0 {
		above = first
	}
	return d.splice(l.offset(above), l.offset(above), line+l.newline())
}

// aligned returns key and "=" as pair i of a section, or those around it, have them.
func (d *Draft) aligned(s *section, i int, key string) string {
	data := d.layout.doc.data
	column := func(p *pair) int { return bytes.IndexByte(data[p.key.end:p.from], '=') + p.key.end - p.start }
	near := s.pairs[i]
	blanks := column(near) - (near.key.end - near.start)
	equals := string(data[near.start+column(near) : near.from])
	lined := blanks > 1
	for _, j := range []int{i - 1, i + 1} {
		if j >= 0 && j < len(s.pairs) {
			p := s.pairs[j]
			apart := d.layout.doc.line(max(p.start, near.start)) - d.layout.doc.line(min(p.end, near.end)-1)
			lined = lined || apart == 1 && column(p) == column(near) && p.key.end-p.start != near.key.end-near.start
		}
	}
	if lined {
		blanks = max(column(near)-len(key), 1)
	}
	return key + strings.Repeat(" ", blanks) + equals
}

// insertFirst puts a line into a section that has none.
func (d *Draft) insertFirst(s *section, line string) error {
	l := d.layout
	if s.header >= 0 {
		header := l.doc.line(s.header)
		end := l.doc.lineEnd(header)
		return d.splice(end, end, l.newline()+l.margin(header)+line)
	}
	if len(l.sections) > 1 {
		start, _ := l.extent(l.sections[1])
		return d.splice(l.offset(start), l.offset(start), line+l.newline()+l.newline())
	}
	end := len(l.doc.data)
	if end > 0 && l.doc.lines[len(l.doc.lines)-1] < end {
		line = l.newline() + line
	}
	return d.splice(end, end, line+l.newline())
}

// insertSection makes a table with one line, before the first that comes later in the order of the documentation.
func (d *Draft) insertSection(table place, line string) error {
	l := d.layout
	text := "[" + keyText(table.path) + "]" + l.newline() + line + l.newline()
	for _, s := range l.sections[1:] {
		if s.place.rank() > table.rank() {
			start, _ := l.extent(s)
			if start > 0 && !l.blank(start-1) {
				text = l.newline() + text
			}
			return d.splice(l.offset(start), l.offset(start), text+l.newline())
		}
	}
	return d.insertAfter(l.count(), text)
}

// insertAfter puts a section behind the first lines of the text, with an empty line before it, and after it if more
// follows.
func (d *Draft) insertAfter(lines int, text string) error {
	l := d.layout
	at := l.offset(lines)
	if lines > 0 && !l.blank(lines-1) {
		text = l.newline() + text
	}
	if at > 0 && l.doc.data[at-1] != '\n' {
		text = l.newline() + text
	}
	if lines < l.count() && !l.blank(lines) {
		text += l.newline()
	}
	return d.splice(at, at, text)
}

// remove takes out the key or the table at a place, if it is there.
func (d *Draft) remove(at place) error {
	for {
		gone := at
		if _, _, p := d.layout.find(at); p == nil {
			found := false
			d.layout.each(func(_ *section, _, p *pair) bool {
				if p.place.within(at) {
					gone, found = p.place, true
				}
				return !found
			})
			if !found {
				break
			}
		}
		if err := d.cut(gone); err != nil {
			return err
		}
	}
	if s := d.layout.section(at); s != nil && s.header >= 0 {
		return d.cutLines(d.layout.extent(s))
	}
	return nil
}

// cut takes out the key at a place, which is there, and what would be empty without it.
func (d *Draft) cut(at place) error {
	l := d.layout
	s, in, p := l.find(at)
	switch {
	case in != nil && len(in.inner) == 1 && len(in.place.path) > 0:
		return d.cut(in.place)
	case in != nil:
		items := make([]span, len(in.inner))
		gone := 0
		for i, q := range in.inner {
			items[i] = q.span
			if q == p {
				gone = i
			}
		}
		b, end := l.bracket(in.from, items)
		b.remove(gone)
		return d.splice(in.from, end, b.text())
	case len(s.pairs) == 1 && s.header >= 0 && !s.appended:
		return d.cutLines(l.extent(s))
	}
	start, end := l.doc.line(p.start), l.doc.line(p.end-1)+1
	next := false
	for _, q := range s.pairs {
		next = next || l.doc.line(q.start) == end
	}
	if above := l.attached(start); above > 0 && !next {
		start = above
	}
	return d.cutLines(start, end)
}

// cutLines takes out the lines from start until before end, and the empty lines that would be too many.
func (d *Draft) cutLines(start, end int) error {
	l := d.layout
	if start == 0 || l.blank(start-1) {
		for end < l.count() && l.blank(end) {
			end++
		}
	}
	if end == l.count() {
		for start > 0 && l.blank(start-1) {
			start--
		}
	}
	return d.splice(l.offset(start), l.offset(end), "")
}
