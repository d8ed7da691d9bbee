package nginx

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tufanbarisyildirim/gonginx/config"
	"github.com/tufanbarisyildirim/gonginx/parser"
)

// directive is one directive of a configuration, with its words unquoted.
type directive struct {
	name  string
	args  []string
	block []*directive
	opens bool // it has a block, which may be empty
	at    Place
}

// arg returns the argument at i, "" if there are fewer.
func (d *directive) arg(i int) string {
	if i < len(d.args) {
		return d.args[i]
	}
	return ""
}

// String returns the directive in one line, without its block.
func (d *directive) String() string {
	words := []string{d.name}
	for _, a := range d.args {
		if a == "" || strings.ContainsAny(a, " \t\r\n;{}") {
			a = strconv.Quote(a)
		}
		words = append(words, a)
	}
	line := []rune(strings.Join(words, " "))
	if len(line) > 80 {
		line = append(line[:79], '…')
	}
	return string(line)
}

const (
	maxSize  = 1 << 20 // bytes of one file
	maxDepth = 1000    // of blocks in blocks: the parser calls itself for each
)

// mark begins the comment, "#\x01LINE", that stands above each line while it is parsed.
const mark = "#\x01"

// end is the directive behind the last line. The parser stops at a } too many and says nothing.
const end = "\x01end"

// parse reads the text of a file.
//
// gonginx keeps of a directive the line that it ends in, for a block that of its brace. Where it begins is learnt from a
// comment above each line, which the parser keeps with what follows it.
func parse(file string, data []byte) (list []*directive, err error) {
	switch at := bytes.IndexFunc(data, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }); {
	case len(data) > maxSize:
		return nil, fail(file, 1, "the file is larger than 1 MiB", "name a configuration of nginx")
	case at >= 0:
		return nil, fail(file, 1+bytes.Count(data[:at], []byte("\n")), "a control character", "name a configuration of nginx, which is text")
	case bytes.Count(data, []byte("{")) > maxDepth*10 || depth(data) > maxDepth:
		return nil, fail(file, 1, "too many blocks in blocks", "name a configuration of nginx")
	}
	defer func() {
		if p := recover(); p != nil {
			list, err = nil, fail(file, 1, fmt.Sprintf("it cannot be read: %v", p), "try whether nginx -t takes it")
		}
	}()
	lines := strings.Split(strings.NewReplacer("\ufeff", "", "\r\n", "\n", "\r", " ").Replace(string(data)), "\n")
	var b strings.Builder
	for i, line := range lines {
		fmt.Fprintf(&b, "%s%d\n%s\n", mark, i+1, line)
	}
	b.WriteString(end + ";")
	c, err := parser.NewStringParser(b.String(), parser.WithSkipValidDirectivesErr()).Parse()
	if err != nil {
		line, what := mistake(err, len(lines))
		return nil, fail(file, line, what, "try nginx -t, which takes only what is whole")
	}
	list = convert(file, c.GetDirectives(), 1)
	if n := len(list); n > 0 && list[n-1].name == end {
		return list[:n-1], nil
	}
	line := 1
	if n := len(list); n > 0 {
		line = list[n-1].at.Line
	}
	return nil, fail(file, line, "a } too many behind what begins here", "take it out, or add the missing {")
}

// fail is an error of a file, with what to do about it.
func fail(file string, line int, what, fix string) error {
	return fmt.Errorf("%s:%d: %s (%s)", file, max(line, 1), what, fix)
}

// depth returns how many blocks are open at most, as far as braces tell.
func depth(data []byte) (most int) {
	now := 0
	for _, c := range data {
		switch c {
		case '{':
			now++
		case '}':
			now = max(now-1, 0)
		}
		most = max(most, now)
	}
	return most
}

var parserLine = regexp.MustCompile(`(?: starting)? (?:on|at) line (\d+), column \d+`)

// mistake returns the line, of last, and the text of an error of the parser.
func mistake(err error, last int) (int, string) {
	var first interface{ Unwrap() []error }
	if errors.As(err, &first) {
		err = first.Unwrap()[0]
	}
	what, line := err.Error(), last
	if m := parserLine.FindStringSubmatch(what); m != nil {
		n, _ := strconv.Atoi(m[1])
		line, what = min(trueLine(n), last), strings.Replace(what, m[0], "", 1)
	}
	switch {
	case strings.Contains(what, "eof in block"):
		return last, "the end comes inside of a block: a } is missing"
	case strings.Contains(what, "BlockEnd"):
		return line, "a } where a ; is due"
	case strings.Contains(what, "Eof") || strings.Contains(what, end):
		return last, "the last directive has no ; at its end"
	}
	return line, strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, what)
}

// trueLine is the line of the file for one of the text that is parsed, where each has its comment above.
func trueLine(n int) int { return (n + 1) / 2 }

// convert takes over what the parser found. line is where the first directive begins, if nothing above it tells.
func convert(file string, found []config.IDirective, line int) []*directive {
	var list []*directive
	for _, f := range found {
		for _, comment := range f.GetComment() {
			if rest, ok := strings.CutPrefix(comment, mark); ok {
				line, _ = strconv.Atoi(rest)
			}
		}
		d := &directive{name: unquote(f.GetName()), at: Place{file, line}}
		for _, p := range f.GetParameters() {
			d.args = append(d.args, unquote(p.GetValue()))
		}
		if b := f.GetBlock(); b != nil {
			d.opens = true
			d.block = convert(file, b.GetDirectives(), line)
		}
		list = append(list, d)
		line = trueLine(f.GetLine())
	}
	// Of http the parser has the servers behind the rest.
	slices.SortStableFunc(list, func(a, b *directive) int { return cmp.Compare(a.at.Line, b.at.Line) })
	return list
}

var marks = regexp.MustCompile(mark + `\d+\n`)

// unquote returns a word without its quotes and escapes, as ngx_conf_read_token does.
func unquote(s string) string {
	s = marks.ReplaceAllString(s, "") // of a text that spans lines
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		s = s[1 : n-1]
	}
	return strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\\`, `\`, `\t`, "\t", `\r`, "\r", `\n`, "\n").Replace(s)
}
