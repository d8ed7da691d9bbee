package capture

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"culvert/tunnel/frame"
)

// QueryHelp describes the query language of [ParseQuery], for the help of a command or a window.
const QueryHelp = `A query is a list of terms; a row must match all of them. An empty query matches every row.

  word              the payload, or the text of any other row, holds the word. Lower case finds any
                    case, a capital letter makes it exact
  "some words"      the same for a text with blanks; \" and \\ stand for " and \
  /regexp/          the payload matches the regular expression (Go, RE2); /regexp/i in any case.
                    One that is not valid is looked for as plain text
  dir:sent          frames of the client (dir:out); dir:received those of the backend (dir:in)
  op:text           frames by opcode: text binary close ping pong continuation control data, or a
                    number from 0 to 15
  is:open           rows of a kind: frame open close http violation handshake (of TLS, one that
                    failed); or frames that are compressed, fragment (of a message in several
                    frames) or truncated;
                    is:heartbeat finds pings and pongs with nothing wrong about them;
                    is:problem finds all that went wrong, is:foreign the connections that a page of
                    another origin (scheme, host, port) asked for
  size>1k           frames by payload size (inflated, where it was compressed): > >= < <= = with k, m, g
                    for KiB, MiB, GiB; size:0 is size=0
  conn:3            rows of connection 3
  id:7              row 7 of the capture; id:7..40 rows 7 to 40
  path:/ws          rows whose URL path begins with /ws
  since:-10s        rows of the last 10 seconds; since:15:04:05 of today since then;
                    since:2006-01-02T15:04:05 of that day. until: likewise
  -term or !term    rows that do not match the term
`

// Query says which rows are asked for. The zero value and nil match every row. It is safe for concurrent use.
type Query struct {
	fields []fieldTerm
	texts  []textTerm
	ids    *spans // nil: any
	notes  []string
}

// fieldTerm is a term that is answered without the payload.
type fieldTerm struct {
	not  bool
	test func(*view) bool
}

// textTerm is a term on the payload: one of both is set.
type textTerm struct {
	not    bool
	needle *needle
	re     *regexp.Regexp
}

func (t *textTerm) match(p []byte) bool {
	if t.needle != nil {
		return t.needle.index(p) >= 0 != t.not
	}
	return t.re.Match(p) != t.not
}

// Notes tells what of the query was not taken as it may have been meant, such as an invalid regular expression that is
// looked for as plain text.
func (q *Query) Notes() []string {
	if q == nil {
		return nil
	}
	return q.notes
}

// All reports whether the query matches every row.
func (q *Query) All() bool { return q == nil || len(q.fields)+len(q.texts) == 0 && q.ids == nil }

// And returns a query for the rows that match both q and o.
func (q *Query) And(o *Query) *Query {
	switch {
	case q.All() && len(q.Notes()) == 0:
		return o
	case o.All() && len(o.Notes()) == 0:
		return q
	}
	both := &Query{
		fields: slices.Concat(q.fields, o.fields), texts: slices.Concat(q.texts, o.texts), ids: q.ids.and(o.ids),
		notes: slices.Concat(q.notes, o.notes),
	}
	return both
}

// ParseQuery reads a query; [QueryHelp] describes the language. Times are relative to now and in the local zone.
func ParseQuery(s string) (*Query, error) { return parseQuery(s, time.Now()) }

func parseQuery(s string, now time.Time) (*Query, error) {
	q := &Query{}
	for {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		if s == "" {
			return q, nil
		}
		not := false
		if len(s) > 1 && (s[0] == '-' || s[0] == '!') && s[1] != ' ' {
			not, s = true, s[1:]
		}
		var err error
		if s, err = q.term(s, not, now); err != nil {
			return nil, err
		}
	}
}

// term reads one term from the start of s and returns the rest.
func (q *Query) term(s string, not bool, now time.Time) (rest string, err error) {
	switch s[0] {
	case '"':
		text, rest, ok := quoted(s)
		if !ok {
			return "", fmt.Errorf("query: %s: the closing quote is missing (add \" at its end)", s)
		}
		q.text(text, not)
		return rest, nil
	case '/':
		if expr, flags, rest, ok := slashed(s); ok {
			q.regexp(expr, flags, not)
			return rest, nil
		}
	}
	word := s
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		word, rest = s[:i], s[i:]
	}
	i := strings.IndexAny(word, ":<>=")
	if i <= 0 {
		alone := q.All() && strings.TrimSpace(rest) == ""
		if !not && !alone && (strings.EqualFold(word, "or") || strings.EqualFold(word, "and")) {
			q.notes = append(q.notes, fmt.Sprintf(
				"%q is looked for as text: a row must match all terms anyway (/a|b/ finds either of two texts)", word))
		}
		q.text(word, not)
		return rest, nil
	}
	key, value := word[:i], word[i:]
	if key == "path" && len(value) > 1 && value[1] == '"' {
		text, after, ok := quoted(s[i+1:])
		if !ok {
			return "", fmt.Errorf("query: %s: the closing quote is missing (add \" at its end)", s)
		}
		value, rest = ":"+text, after
	}
	if key == "id" {
		if err := q.id(value, not); err != nil {
			return "", fmt.Errorf("query: %s: %w", word, err)
		}
		return rest, nil
	}
	test, err := field(key, value, now)
	switch {
	case err != nil:
		return "", fmt.Errorf("query: %s: %w", word, err)
	case test == nil:
		q.text(word, not)
		if len(value) > 1 && value[0] == ':' && unicode.IsLetter(rune(value[1])) && !strings.ContainsFunc(key, notLetter) {
			q.notes = append(q.notes, fmt.Sprintf(
				"%q is looked for as text: there is no key %q (keys are dir op is size conn id path since until)", word, key))
		}
	default:
		q.fields = append(q.fields, fieldTerm{not, test})
	}
	return rest, nil
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func (q *Query) text(text string, not bool) {
	if text != "" {
		q.texts = append(q.texts, textTerm{not: not, needle: newNeedle(text)})
	}
}

func (q *Query) regexp(expr, flags string, not bool) {
	re, err := regexp.Compile(flags + expr)
	if err != nil {
		q.notes = append(q.notes, fmt.Sprintf("/%s/ is looked for as text: %v", expr, err))
		q.text(expr, not)
		return
	}
	q.texts = append(q.texts, textTerm{not: not, re: re})
}

// quoted reads a text in quotes from the start of s.
func quoted(s string) (text, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

// slashed reads /expr/ or /expr/i from the start of s; a blank or the end follows it.
func slashed(s string) (expr, flags, rest string, ok bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '/':
			rest = s[i+1:]
			if after, found := strings.CutPrefix(rest, "i"); found && ends(after) {
				return s[1:i], "(?i)", after, i > 1
			}
			if ends(rest) {
				return s[1:i], "", rest, i > 1
			}
		}
	}
	return "", "", "", false
}

func ends(s string) bool { return s == "" || unicode.IsSpace(rune(s[0])) }

// field returns the test of a term key:value; nil if there is no such key. value begins with its operator.
func field(key, value string, now time.Time) (func(*view) bool, error) {
	op := value[:1]
	if len(value) > 1 && value[1] == '=' && op != "=" {
		op = value[:2]
	}
	value = value[len(op):]
	switch key {
	case "size":
		return sizeTest(op, value)
	case "dir", "op", "is", "conn", "path", "since", "until":
		if op != ":" && op != "=" {
			return nil, fmt.Errorf("%s takes no %q (write %s:…)", key, op, key)
		}
	}
	switch key {
	case "dir":
		return dirTest(value)
	case "op":
		return opTest(value)
	case "is":
		if test, ok := stateTests(value); ok {
			return test, nil
		}
		return nil, fmt.Errorf("%q is no such state (one of frame open close http violation handshake problem foreign compressed fragment truncated heartbeat)", value)
	case "conn":
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("%q is no connection (write its number, such as conn:3)", value)
		}
		return func(v *view) bool { return v.row.Conn == uint32(n) && n != 0 }, nil
	case "path":
		return func(v *view) bool { return strings.HasPrefix(v.path(), value) }, nil
	case "since", "until":
		return timeTest(key, value, now)
	}
	return nil, nil
}

func dirTest(value string) (func(*view) bool, error) {
	var dir frame.Direction
	switch value {
	case "sent", "out":
		dir = frame.Sent
	case "received", "in":
		dir = frame.Received
	default:
		return nil, fmt.Errorf("%q is no direction (sent or received, also out or in)", value)
	}
	return func(v *view) bool {
		return (v.row.Kind == Frame || v.row.Kind == Violation) && v.row.Dir == dir
	}, nil
}

func opTest(value string) (func(*view) bool, error) {
	switch value {
	case "control":
		return func(v *view) bool { return v.row.Kind == Frame && v.row.Opcode.Control() }, nil
	case "data":
		return func(v *view) bool { return v.row.Kind == Frame && !v.row.Opcode.Control() }, nil
	}
	for op := range frame.Opcode(16) {
		if op.String() == value || strconv.Itoa(int(op)) == value {
			return func(v *view) bool { return v.row.Kind == Frame && v.row.Opcode == op }, nil
		}
	}
	return nil, fmt.Errorf(
		"%q is no opcode (text binary close ping pong continuation control data, or 0 to 15)", value)
}

func stateTests(value string) (test func(*view) bool, ok bool) {
	for _, k := range []Kind{Open, Frame, Violation, Close, HTTP, Handshake} {
		if value == k.String() {
			return func(v *view) bool { return v.row.Kind == k }, true
		}
	}
	switch value {
	case "problem":
		return (*view).problem, true
	case "foreign":
		return func(v *view) bool {
			if v.row.Kind != Open {
				return false
			}
			c := v.conn()
			return c != nil && c.ForeignOrigin != ""
		}, true
	case "compressed":
		return func(v *view) bool { return v.row.Has(Compressed) }, true
	case "truncated":
		return func(v *view) bool { return v.row.Flags&(Truncated|InflateCut) != 0 }, true
	case "heartbeat":
		return func(v *view) bool {
			r := v.row
			return r.Kind == Frame && (r.Opcode == frame.Ping || r.Opcode == frame.Pong) && !v.problem()
		}, true
	case "fragment":
		return func(v *view) bool {
			r := v.row
			return r.Kind == Frame && !r.Opcode.Control() && (!r.Fin || r.Opcode == frame.Continuation)
		}, true
	}
	return nil, false
}

func sizeTest(op, value string) (func(*view) bool, error) {
	if op == ":" { // size:>1k is size>1k
		for _, o := range []string{">=", "<=", ">", "<", "="} {
			if after, ok := strings.CutPrefix(value, o); ok {
				op, value = o, after
				break
			}
		}
	}
	n, err := parseSize(value)
	if err != nil {
		return nil, err
	}
	var compare func(size int64) bool
	switch op {
	case ":", "=":
		compare = func(size int64) bool { return size == n }
	case ">":
		compare = func(size int64) bool { return size > n }
	case ">=", ":>=":
		compare = func(size int64) bool { return size >= n }
	case "<":
		compare = func(size int64) bool { return size < n }
	case "<=":
		compare = func(size int64) bool { return size <= n }
	default:
		return nil, fmt.Errorf("%q is no comparison (one of > >= < <= = :)", op)
	}
	return func(v *view) bool { return v.row.Kind == Frame && compare(v.row.Size()) }, nil
}

func parseSize(s string) (int64, error) {
	digits := strings.TrimRight(strings.ToLower(s), "ib")
	shift := 0
	switch {
	case strings.HasSuffix(digits, "k"):
		shift = 10
	case strings.HasSuffix(digits, "m"):
		shift = 20
	case strings.HasSuffix(digits, "g"):
		shift = 30
	}
	if shift > 0 {
		digits = digits[:len(digits)-1]
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || n < 0 || n > 1<<30 && shift > 0 || n > 1<<60 || n != n {
		return 0, fmt.Errorf("%q is no size (write a number of bytes, or 1k, 2.5m, 1g)", s)
	}
	return int64(n * float64(int64(1)<<shift)), nil
}

func timeTest(key, value string, now time.Time) (func(*view) bool, error) {
	t, err := parseTime(value, now)
	if err != nil {
		return nil, err
	}
	at := t.UnixNano()
	if key == "since" {
		return func(v *view) bool { return v.row.Wall >= at }, nil
	}
	return func(v *view) bool { return v.row.Wall <= at }, nil
}

func parseTime(s string, now time.Time) (time.Time, error) {
	if d, err := time.ParseDuration(strings.TrimPrefix(s, "-")); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			y, m, d := now.Date()
			return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), now.Location()), nil
		}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		t, err := time.ParseInLocation(layout, s, now.Location())
		if err == nil && t.Year() >= 1700 && t.Year() < 2260 { // what fits Unix time in ns
			return t, nil
		}
	}
	return now, fmt.Errorf("%q is no time (write -10s, 15:04:05 or 2006-01-02T15:04:05)", s)
}

// view is a row as the terms see it: what is not in the row is looked up when a term asks for it.
type view struct {
	log   *Log
	row   *Row
	conns map[uint32]*ConnInfo // looked up so far; nil for one that has gone
	http  *Exchange
}

// conn returns the row's connection, nil if there is none.
func (v *view) conn() *ConnInfo {
	if v.row.Conn == 0 {
		return nil
	}
	c, ok := v.conns[v.row.Conn]
	if !ok {
		c, _ = v.log.Conn(v.row.Conn)
		if v.conns == nil {
			v.conns = make(map[uint32]*ConnInfo)
		}
		v.conns[v.row.Conn] = c
	}
	return c
}

// exchange returns the row's HTTP exchange.
func (v *view) exchange() *Exchange {
	if v.http == nil {
		x, _ := v.log.Exchange(v.row.ID)
		v.http = &x
	}
	return v.http
}

func (v *view) path() string {
	if v.row.Kind == HTTP {
		u := v.exchange().URL
		if p, err := url.Parse(u); err == nil && p.Scheme == "" {
			return u
		}
		return pathOf(u)
	}
	if c := v.conn(); c != nil {
		return c.Path()
	}
	return ""
}

// problem reports whether the row tells of something that went wrong.
func (v *view) problem() bool {
	switch v.row.Kind {
	case Violation, Handshake:
		return true
	case Frame:
		return v.row.Flags&(Cut|Faulty|NotInflated|InvalidUTF8|LostSync) != 0
	case HTTP:
		x := v.exchange()
		return x.Err != "" || x.Status == 0 || x.Status >= 500
	case Open:
		c := v.conn()
		return c != nil && c.Status != 101 && (c.Over || c.Status != 0)
	case Close:
		c := v.conn()
		return c != nil && c.Over && !c.orderly()
	}
	return false
}

// fields reports whether the row matches the terms that need no payload.
func (q *Query) matchFields(v *view) bool {
	if !q.ids.has(v.row.ID) {
		return false
	}
	for i := range q.fields {
		if q.fields[i].test(v) == q.fields[i].not {
			return false
		}
	}
	return true
}

// matchText reports whether the payload p matches the terms on it.
func (q *Query) matchText(p []byte) bool {
	for i := range q.texts {
		if !q.texts[i].match(p) {
			return false
		}
	}
	return true
}
