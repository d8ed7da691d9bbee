package project

import (
	"slices"
	"strings"
)

// bracket is a list or an inline table taken apart, so that its items can be added, replaced, moved and removed, each
// with its comments. An untouched one is put together again as it was.
type bracket struct {
	open    string // the opening bracket, and a comment behind it in the same line
	rows    []row
	tail    string // what stands between the last row and the closing bracket
	close   string
	ended   bool // the last row has a comma too
	newline string
}

// row is one item of a bracket.
type row struct {
	lead   string // blanks, line breaks and comments before it
	body   string
	before string // what stands between it and its comma
	after  string // blanks and a comment behind the comma, in the same line
}

// bracket takes the text from open on apart, whose items are at the given places.
func (l *layout) bracket(open int, items []span) (b *bracket, end int) {
	data := string(l.doc.data)
	at := open + 1 + len(l.remark(open+1))
	b = &bracket{open: data[open:at], newline: l.newline()}
	for _, item := range items {
		r := row{lead: data[at:item.start], body: data[item.start:item.end]}
		at = item.end
		b.ended = false
		if comma := l.next(at); data[comma] == ',' {
			r.before, at, b.ended = data[at:comma], comma+1, true
		}
		r.after = l.remark(at)
		at += len(r.after)
		b.rows = append(b.rows, r)
	}
	end = l.next(at)
	b.tail, b.close = data[at:end], data[end:end+1]
	return b, end + 1
}

// remark returns the comment that follows at offset in the same line, with the blanks before it.
func (l *layout) remark(offset int) string {
	rest := string(l.doc.data[offset:l.doc.lineEnd(l.doc.line(offset))])
	if strings.HasPrefix(strings.TrimLeft(rest, " \t"), "#") {
		return rest
	}
	return ""
}

// gap returns what separates an item from the one before, without the comments in lead.
func gap(lead string) string {
	i := strings.LastIndexByte(lead, '\n')
	if i > 0 && lead[i-1] == '\r' {
		i--
	}
	return lead[max(i, 0):]
}

// insert puts an item in before row i.
func (b *bracket) insert(i int, body string) {
	r := row{body: body}
	switch {
	case len(b.rows) == 0 && b.close == "}" && strings.TrimSpace(b.tail) == "":
		r.lead, b.tail = " ", " "
	case len(b.rows) == 0:
	case i > 0 && strings.Contains(b.rows[i-1].lead, "\n"), i == 0:
		r.lead = gap(b.rows[max(i-1, 0)].lead)
	default:
		r.lead = " "
		if len(b.rows) > i {
			r.lead = gap(b.rows[i].lead)
		}
	}
	if i == 0 && len(b.rows) > 0 && !strings.Contains(b.rows[0].lead, "\n") {
		b.rows[0].lead = " "
	}
	b.rows = slices.Insert(b.rows, i, r)
}

// remove takes row i out, with the comments that are its own.
func (b *bracket) remove(i int) {
	lead := gap(b.rows[i].lead)
	b.rows = slices.Delete(b.rows, i, i+1)
	if i == 0 && len(b.rows) > 0 && !strings.Contains(b.rows[0].lead, "\n") {
		b.rows[0].lead = lead
	}
}

// arrange makes rows the ones of order, each named by its index now. The blanks before the first one stay there.
func (b *bracket) arrange(order []int) {
	rows := make([]row, len(order))
	for i, from := range order {
		rows[i] = b.rows[from]
		if strings.Contains(rows[i].lead, "\n") {
			continue
		}
		if i == 0 {
			rows[i].lead = gap(b.rows[0].lead)
		} else if from == 0 {
			rows[i].lead = " "
		}
	}
	b.rows = rows
}

// text puts b together.
func (b *bracket) text() string {
	var s strings.Builder
	s.WriteString(b.open)
	commented := len(b.open) > 1 // what is written so far ends in a comment
	write := func(part string) {
		if commented && !strings.HasPrefix(strings.TrimLeft(part, " \t\r"), "\n") {
			s.WriteString(b.newline)
		}
		s.WriteString(part)
	}
	for i, r := range b.rows {
		write(r.lead)
		s.WriteString(r.body + r.before)
		if i < len(b.rows)-1 || b.ended {
			s.WriteByte(',')
		}
		s.WriteString(r.after)
		commented = strings.Contains(r.after, "#")
	}
	tail := b.tail
	if len(b.rows) == 0 && strings.TrimSpace(tail) == "" {
		tail = ""
	}
	write(tail)
	s.WriteString(b.close)
	return s.String()
}

// assign makes the items, which were the text of was, the text of want. An item that is still wanted keeps its place in
// the text and its comments; one that is not gives its place to one that is new, if there is any.
func (b *bracket) assign(was, want []string) {
	from := make([]int, len(want)) // the row that each wanted item takes, or -1
	taken := make([]bool, len(was))
	for i, s := range want {
		from[i] = -1
		for j := range was {
			if !taken[j] && was[j] == s {
				from[i], taken[j] = j, true
				break
			}
		}
	}
	for i, s := range want {
		if j := slices.Index(taken, false); from[i] < 0 && j >= 0 {
			from[i], taken[j] = j, true
			b.rows[j].body = requote(b.rows[j].body, s)
		}
	}
	var order []int
	for _, j := range from {
		if j >= 0 {
			order = append(order, j)
		}
	}
	if len(order) < len(was) && len(order) == 0 {
		b.rows = nil
	} else if !slices.IsSorted(order) || len(order) < len(was) {
		b.arrange(order)
	}
	for i, j := range from {
		if j < 0 {
			b.insert(i, Quote(want[i]))
		}
	}
}

// requote returns s as TOML text in the kind of quotes that old is in, if they can hold it.
func requote(old, s string) string {
	if strings.HasPrefix(old, "'") && !strings.HasPrefix(old, "'''") && !strings.ContainsFunc(s, unquotable) {
		return "'" + s + "'"
	}
	return Quote(s)
}

// unquotable reports whether r cannot stand between single quotes.
func unquotable(r rune) bool { return r == '\'' || r < ' ' && r != '\t' || r == 0x7f }
