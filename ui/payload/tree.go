package payload

import (
	"bytes"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"culvert/tunnel/capture"
	"culvert/ui/ink"
	"culvert/ui/words"
)

const (
	// longString is the length in bytes from which on a string is shown cut, and unfolds into the whole.
	longString = 256
	// shownOfLong is how much of it is shown while it is folded.
	shownOfLong = 120
	// textRow is how many bytes of an unfolded string a row shows at most.
	textRow = 160
	// firstRows is about how many rows a tree unfolds to when it is made, and firstBytes what it reads for it.
	firstRows  = 200
	firstBytes = 256 << 10
	// unfoldBytes bounds what one Unfold reads.
	unfoldBytes = 64 << 20
)

// Tree is JSON as a tree that folds. Keys are in the order of the payload, also when they come twice; numbers are as
// they are written. A string that is long or holds JSON unfolds too.
type Tree struct {
	// Zone is that of the times told behind integers that look like seconds or milliseconds of the Unix epoch. Nil is
	// the local zone.
	Zone *time.Location

	prefix []byte // the line before everything, if there is one
	top    *node
	buf    []byte
	counts map[count]string
}

// count is a number of keys or of items.
type count struct {
	object bool
	n      int
}

// JSON returns the tree of a payload that is JSON: one value, several ones with white space between them, or one behind
// a prefix of digits such as Socket.IO's. ok is false if it is anything else. The payload is read once; what is deep
// inside is looked at when it is unfolded.
func JSON(p []byte) (t *Tree, ok bool) {
	t = &Tree{counts: make(map[count]string)}
	prefix := packetPrefix(p)
	t.prefix = p[:prefix]
	t.top = &node{src: p, value: value{end: len(p)}}
	if !t.readAll(skipSpace(p, prefix)) {
		return nil, false
	}
	t.unfold(firstRows, firstBytes)
	return t, true
}

// readAll reads the outermost values from an offset on.
func (t *Tree) readAll(at int) bool {
	n := t.top
	for at < len(n.src) {
		v, ok := check(n.src, at)
		if !ok || v.end < len(n.src) && skipSpace(n.src, v.end) == v.end {
			return false
		}
		n.see(n.value.n, at)
		if v.end-at >= indexStep {
			n.long = append(n.long, longMember{n.value.n, member{value: v}})
		}
		n.value.n++
		at = skipSpace(n.src, v.end)
	}
	n.count()
	if n.value.n == 1 && (n.src[n.marks[0].offset] == '{' || n.src[n.marks[0].offset] == '[') {
		if c := t.unfolded(n, 0); c != nil {
			n.attach(c)
			n.recount()
		}
	}
	return n.value.n > 0
}

// packetPrefix returns the length of the digits that Socket.IO and Engine.IO put before the JSON: packet types,
// attachments, namespace and acknowledgement, as in 42["say"] or 42/admin,7["say"]. It is 0 if there are none.
//
// See https://socket.io/docs/v4/socket-io-protocol/#packet-encoding.
func packetPrefix(p []byte) int {
	i := skipDigits(p, 0)
	if i == 0 || i > 20 {
		return 0
	}
	if i < len(p) && p[i] == '-' {
		i++
	}
	if i < len(p) && p[i] == '/' {
		comma := bytes.IndexByte(p[i:min(i+256, len(p))], ',')
		if comma < 0 {
			return 0
		}
		i = skipDigits(p, i+comma+1)
	} else {
		i = skipDigits(p, i)
	}
	if i < len(p) && (p[i] == '{' || p[i] == '[') {
		return i
	}
	return 0
}

// Lines returns the number of lines.
func (t *Tree) Lines() int { return t.top.below + t.first() }

// first is the line of the first value.
func (t *Tree) first() int {
	if len(t.prefix) > 0 {
		return 1
	}
	return 0
}

// Tap folds or unfolds the value whose marker, or the space before it, was tapped.
func (t *Tree) Tap(line, column int) bool {
	at, _, ok := t.Marker(line)
	if !ok || column > at+1 {
		return false
	}
	n, i := t.top.find(line - t.first())
	if n.child(i) != nil {
		n.detach(i)
	} else if c := t.unfolded(n, i); c != nil {
		n.attach(c)
	} else {
		return false
	}
	n.recount()
	return true
}

// Marker returns the column of the marker that folds and unfolds a line's value, and whether that is unfolded. ok is
// false if there is none.
func (t *Tree) Marker(line int) (column int, open, ok bool) {
	if line < t.first() || line >= t.Lines() {
		return 0, false, false
	}
	n, i := t.top.find(line - t.first())
	if n.text != nil || !t.foldable(n, n.member(i)) {
		return 0, false, false
	}
	return left(n), n.child(i) != nil, true
}

// left is the column at which the members of n begin. What is very deep is not moved to the right any more.
func left(n *node) int { return 2 * min(n.depth, 100) }

// foldable reports whether a member can be unfolded.
func (t *Tree) foldable(n *node, m member) bool {
	switch raw := n.src[m.value.at:m.value.end]; raw[0] {
	case '{', '[':
		return m.value.n > 0
	case '"':
		return len(raw) > longString || holdsJSON(raw) || len(raw) > shownOfLong/2 && bytes.Contains(raw, []byte(`\n`))
	}
	return false
}

// holdsJSON reports whether a string looks like one that says an object or an array.
func holdsJSON(raw []byte) bool {
	s := bytes.TrimSpace(raw[1 : len(raw)-1])
	return len(s) >= 2 && (s[0] == '{' && s[len(s)-1] == '}' || s[0] == '[' && s[len(s)-1] == ']') && len(s) > 2
}

// unfolded returns the node of member i, nil if that has nothing to unfold.
func (t *Tree) unfolded(n *node, i int) *node {
	m := n.member(i)
	if !t.foldable(n, m) {
		return nil
	}
	raw := n.src[m.value.at:m.value.end]
	c := &node{depth: n.depth + 1}
	switch {
	case raw[0] != '"':
		c = newNode(n.src, m.value, n.depth+1)
	default:
		said := decode(raw)
		at := skipSpace(said, 0)
		if v, ok := check(said, at); ok && skipSpace(said, v.end) == len(said) && v.n > 0 {
			c = newNode(said, v, n.depth+1)
			break
		}
		c.text = newLines(said, textRow)
		c.value.n = c.text.Lines()
		c.count()
	}
	c.index = i
	return c
}

// Fold folds everything but a single outermost value.
func (t *Tree) Fold() {
	top := t.top
	if top.value.n == 1 && len(top.open) == 1 {
		top.open[0].open = nil
		top.open[0].count()
	} else {
		top.open = nil
	}
	top.count()
}

// Unfold unfolds objects and arrays, the outer ones first, until the tree has about as many lines as limit.
func (t *Tree) Unfold(limit int) { t.unfold(limit, unfoldBytes) }

// unfold is Unfold that reads no more than about budget bytes.
func (t *Tree) unfold(limit, budget int) {
	lines := t.Lines()
	level := []*node{t.top}
	var seen []*node
	for len(level) > 0 {
		var next []*node
		for _, n := range level {
			if n.text != nil || n.value.n > limit {
				continue
			}
			seen = append(seen, n)
			for i := 0; i < n.value.n; i++ {
				c := n.child(i)
				if c == nil {
					m := n.member(i)
					size := m.value.end - m.value.at
					if m.value.n == 0 || lines+m.value.n > limit || size > budget {
						continue
					}
					budget -= size
					lines += m.value.n
					c = newNode(n.src, m.value, n.depth+1)
					c.index = i
					n.attach(c)
				}
				next = append(next, c)
			}
		}
		level = next
	}
	for k := len(seen) - 1; k >= 0; k-- { // the inner ones first
		seen[k].count()
	}
}

// Line appends the spans of line i.
func (t *Tree) Line(i int, dst []ink.Span) []ink.Span {
	if i < t.first() {
		return append(dst, ink.Span{Text: t.prefix, Ink: ink.Dim})
	}
	t.buf = t.buf[:0]
	n, k := t.top.find(i - t.first())
	dst = t.indent(dst, left(n))
	if n.text != nil {
		from := len(dst)
		dst = n.text.Line(k, dst)
		dst[from].Ink = ink.String
		return dst
	}
	m := n.member(k)
	if t.foldable(n, m) {
		marker := "▸ "
		if n.child(k) != nil {
			marker = "▾ "
		}
		dst = t.add(dst, ink.Dim, marker)
	}
	switch {
	case m.key != nil:
		dst = t.str(dst, ink.Key, m.key)
		dst = t.add(dst, ink.Text, ": ")
	case n != t.top:
		from := len(t.buf)
		t.buf = strconv.AppendInt(t.buf, int64(k), 10)
		t.buf = append(t.buf, ": "...)
		dst = append(dst, ink.Span{Text: t.buf[from:], Ink: ink.Faint})
	}
	return t.value(dst, n.src, m.value)
}

// value appends the spans of a value: all of a scalar, the brackets of what unfolds.
func (t *Tree) value(dst []ink.Span, src []byte, v value) []ink.Span {
	raw := src[v.at:v.end]
	switch raw[0] {
	case '{', '[':
		brackets := "{}"
		if raw[0] == '[' {
			brackets = "[]"
		}
		dst = t.add(dst, ink.Text, brackets)
		if v.n > 0 {
			dst = t.add(dst, ink.Dim, " ", t.countText(raw[0] == '{', v.n))
		}
		return dst
	case '"':
		dst = t.str(dst, ink.String, raw)
		if len(raw) > longString {
			dst = t.add(dst, ink.Faint, " ", capture.SizeText(int64(len(raw)-2)))
		}
		return dst
	case 't', 'f':
		return append(dst, ink.Span{Text: raw, Ink: ink.Number})
	case 'n':
		return append(dst, ink.Span{Text: raw, Ink: ink.Dim})
	}
	dst = append(dst, ink.Span{Text: cutString(raw, longString), Ink: ink.Number})
	if at, layout := epoch(raw); layout != "" {
		if t.Zone != nil {
			at = at.In(t.Zone)
		}
		dst = t.add(dst, ink.Faint, " ", at.Format(layout))
	}
	return dst
}

// str appends the span of a string or a key, cut if it is long.
func (t *Tree) str(dst []ink.Span, i ink.Ink, raw []byte) []ink.Span {
	from := len(t.buf)
	if len(raw) > longString {
		t.buf = appendReadable(t.buf, cutString(raw, shownOfLong))
		t.buf = append(t.buf, `…"`...)
	} else {
		t.buf = appendReadable(t.buf, raw)
	}
	return append(dst, ink.Span{Text: t.buf[from:], Ink: i})
}

func (t *Tree) add(dst []ink.Span, i ink.Ink, text ...string) []ink.Span {
	from := len(t.buf)
	for _, s := range text {
		t.buf = append(t.buf, s...)
	}
	return append(dst, ink.Span{Text: t.buf[from:], Ink: i})
}

func (t *Tree) indent(dst []ink.Span, columns int) []ink.Span {
	if columns == 0 {
		return dst
	}
	for range columns {
		t.buf = append(t.buf, ' ')
	}
	return append(dst, ink.Span{Text: t.buf})
}

func (t *Tree) countText(object bool, n int) string {
	key := count{object, n}
	s, ok := t.counts[key]
	if !ok {
		word := "payload.json.items"
		if object {
			word = "payload.json.keys"
		}
		s = words.N(word, n)
		if len(t.counts) > 1000 {
			clear(t.counts)
		}
		t.counts[key] = s
	}
	return s
}

// epoch returns the time that an integer may be, and how to write it. The layout is empty if it looks like none: of 10
// digits for seconds or 13 for milliseconds, between September 2001 and the end of 2049.
func epoch(raw []byte) (at time.Time, layout string) {
	if len(raw) != 10 && len(raw) != 13 || skipDigits(raw, 0) != len(raw) {
		return time.Time{}, ""
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return time.Time{}, ""
	}
	at, layout = time.Unix(n, 0), "2006-01-02 15:04:05"
	if len(raw) == 13 {
		at, layout = time.UnixMilli(n), "2006-01-02 15:04:05.000"
	}
	const first, last = 1_000_000_000, 2_524_607_999
	if s := at.Unix(); s < first || s > last {
		return time.Time{}, ""
	}
	return at, layout
}

// Value returns the JSON of the value on a line, as the payload has it; nil if there is none.
func (t *Tree) Value(line int) []byte {
	n, i := t.locate(line)
	if n == nil {
		return nil
	}
	v := n.member(i).value
	return n.src[v.at:v.end]
}

// Path returns the place of the value on a line, as JavaScript has it after the name of the whole: .user.name or
// [3]["first-name"]. A string that holds JSON is a step like any other.
func (t *Tree) Path(line int) string {
	n, i := t.locate(line)
	if n == nil {
		return ""
	}
	var steps [][]byte
	for ; n != nil && n != t.top; n, i = n.parent, n.index {
		steps = append(steps, step(n.member(i), i))
	}
	var path []byte
	for k := len(steps) - 1; k >= 0; k-- {
		path = append(path, steps[k]...)
	}
	return string(path)
}

// locate returns the member on a line: of a row of an unfolded string, that string.
func (t *Tree) locate(line int) (*node, int) {
	if line < t.first() || line >= t.Lines() {
		return nil, 0
	}
	n, i := t.top.find(line - t.first())
	if n.text != nil {
		return n.parent, n.index
	}
	return n, i
}

func step(m member, i int) []byte {
	if m.key == nil {
		return append(strconv.AppendInt([]byte{'['}, int64(i), 10), ']')
	}
	if name := m.key[1 : len(m.key)-1]; identifier(name) {
		return append([]byte{'.'}, name...)
	}
	return append(append([]byte{'['}, m.key...), ']')
}

// identifier reports whether JavaScript takes the name after a dot.
func identifier(name []byte) bool {
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRune(name[i:])
		if r == utf8.RuneError || !unicode.IsLetter(r) && r != '_' && r != '$' && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
		i += n
	}
	return len(name) > 0
}
