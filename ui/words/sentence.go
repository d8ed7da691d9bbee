package words

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"culvert/assets"
)

// sentencesFile holds the sentences of a language: English pattern → translation.
//
// The engine speaks English and knows no other language; its sentence is the key, as with gettext. What varies in it is
// a gap, {name}, and stands in the translation by its name. What a gap holds is taken over as it is: names, addresses,
// text from traffic. The gap of another sentence, {~name}, is translated in turn. "{name}" in double quotes holds a
// text as Go quotes it, {n} and {line} hold digits, {time} a time with or without its date, {key} a bare key, {word} no
// blank, {phrase} what HTTP calls a status code, any other gap the least text that fits.
func sentencesFile(language string) string { return "translations/engine." + language + ".json" }

// Bounds of what is translated: longer lines are no sentences of ours.
const (
	maxSentence = 4 << 10
	maxNested   = 8
	maxParts    = 16  // places where a fix may begin
	maxKept     = 256 // translations that are remembered
)

// Sentence returns a text that the engine made (a reason, a fix, an error) in the user's language, line by line. What is
// not known is returned as it is, and so is everything in English. It is safe for concurrent use, and quick for a text
// that was asked for before.
func Sentence(text string) string {
	c := spoken.Load()
	if c == nil || c.sentences == nil || text == "" {
		return text
	}
	return c.sentences().translate(text)
}

// sentences are the patterns of a language.
type sentences struct {
	texts    map[string]string // as in the file
	whole    map[string]string // those without a gap
	patterns []*pattern        // the others, the most specific first

	mu   sync.Mutex
	kept map[string]string
}

// A pattern is a sentence with gaps.
type pattern struct {
	key         string
	first, last string // what every sentence of it begins and ends with
	most        string // the longest text that every one of them holds
	re          *regexp.Regexp
	translation []piece
}

// A piece of a translation is fixed text, or the submatch of the pattern that stands there.
type piece struct {
	fixed  string
	gap    int  // 0: fixed
	nested bool // the gap is a sentence
}

// readSentences returns how to get the sentences of a language, nil where it has none.
func readSentences(language string) (func() *sentences, error) {
	b, err := fs.ReadFile(assets.FS, sentencesFile(language))
	if err != nil {
		return nil, nil // English is what the engine speaks
	}
	var texts map[string]string
	if err := json.Unmarshal(b, &texts); err != nil {
		return nil, err
	}
	return sync.OnceValue(func() *sentences { return compile(texts) }), nil
}

// gap matches a gap of a pattern or a translation, with the quotes around it.
var gap = regexp.MustCompile(`("?)\{(~?)(\w+)\}("?)`)

func compile(texts map[string]string) *sentences {
	s := &sentences{texts: texts, whole: map[string]string{}, kept: map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		if gap.MatchString(key) {
			s.patterns = append(s.patterns, newPattern(key, texts[key]))
		} else {
			s.whole[key] = texts[key]
		}
	}
	slices.SortStableFunc(s.patterns, func(a, b *pattern) int {
		if open := a.first == ""; open != (b.first == "") { // how a text begins tells most
			return map[bool]int{true: 1, false: -1}[open]
		}
		return cmp.Compare(b.fixed(), a.fixed())
	})
	return s
}

// fixed is how many bytes of a pattern are not gaps.
func (p *pattern) fixed() int { return len(gap.ReplaceAllString(p.key, "$1$4")) }

func newPattern(key, translation string) *pattern {
	p := &pattern{key: key}
	var re strings.Builder
	number, nested := map[string]int{}, map[string]bool{} // by the name of the gap
	end, n := 0, 0
	for _, at := range gap.FindAllStringSubmatchIndex(key, -1) {
		before, tilde, name, after := key[at[2]:at[3]], key[at[4]:at[5]], key[at[6]:at[7]], key[at[8]:at[9]]
		if n == 0 {
			p.first = key[:at[4]-1]
		}
		fixed := key[end:at[0]]
		if len(fixed) > len(p.most) {
			p.most = fixed
		}
		re.WriteString(regexp.QuoteMeta(fixed) + before)
		switch {
		case name == "n" || name == "line":
			re.WriteString(`(\d+)`)
		case name == "time":
			re.WriteString(`(\d[\d:-]*(?: \d[\d:]*)?)`)
		case name == "phrase":
			re.WriteString(`([A-Z][\w' -]*)`)
		case before != "" && after != "":
			re.WriteString(`((?:[^"\\]|\\.)*)`)
		case strings.HasPrefix(name, "key"):
			re.WriteString(`([\w.\[\]-]+)`)
		case strings.HasPrefix(name, "word"):
			re.WriteString(`([^\s"]+)`)
		case at[0] == 0 && before == "": // names and places are not quoted
			re.WriteString(`([^"].*?)`)
		default:
			re.WriteString(`(.+?)`)
		}
		re.WriteString(after)
		end, n = at[1], n+1
		if number[name] == 0 {
			number[name], nested[name] = n, tilde != ""
		}
	}
	p.last = key[end:]
	p.re = regexp.MustCompile(`(?s)^(?:` + re.String() + regexp.QuoteMeta(p.last) + `)$`)
	end = 0
	for _, at := range gap.FindAllStringSubmatchIndex(translation, -1) {
		name := translation[at[6]:at[7]]
		p.translation = append(p.translation, piece{fixed: translation[end : at[4]-1]},
			piece{gap: number[name], nested: nested[name]})
		end = at[7] + 1
	}
	p.translation = append(p.translation, piece{fixed: translation[end:]})
	return p
}

func (s *sentences) translate(text string) string {
	if len(text) > maxSentence {
		return s.lines(text)
	}
	s.mu.Lock()
	known, ok := s.kept[text]
	s.mu.Unlock()
	if ok {
		return known
	}
	known = s.lines(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) >= maxKept {
		clear(s.kept)
	}
	s.kept[strings.Clone(text)] = known
	return known
}

// lines translates each line for itself: several problems are a line each.
func (s *sentences) lines(text string) string {
	list := strings.Split(text, "\n")
	for i, line := range list {
		if len(line) <= maxSentence {
			list[i] = s.sentence(line, 0)
		}
	}
	return strings.Join(list, "\n")
}

// What sentences begin with that stays as it is: "culvert.toml:2:11: ", "/etc/nginx/nginx.conf:12: " and
// "route.set_headers.X-From: ", where a problem of a file is, and "127.0.0.1:8083: ", what something was seen at.
var (
	place   = regexp.MustCompile(`(?s)^(.+?:\d+:\d+: |(?:/|[A-Za-z]:\\).+?:\d+: )(.+)$`)
	keyed   = regexp.MustCompile(`(?s)^((?:[\w/-]+|"(?:[^"\\]|\\.)*")(?:\.(?:[\w-]+|"(?:[^"\\]|\\.)*"))*: )(.+)$`)
	address = regexp.MustCompile(`(?s)^((?:[\w.-]+|\[[0-9a-fA-F:.]+\]):\d+: )(.+)$`)
)

// sentence translates a whole text, or the parts of one that is composed; nested is how deep it lies in others.
func (s *sentences) sentence(text string, nested int) string {
	if nested > maxNested {
		return text
	}
	if is, ok := s.clauses(text, nested); ok {
		return is
	}
	if is, ok := s.problem(text, nested, true); ok { // else a gap at the end may take the fix for its own
		return is
	}
	begins, body, ok := s.begin(text)
	if is, ok := s.problem(body, nested, true); ok {
		return begins + is
	}
	if ok {
		return begins + s.match(body, nested)
	}
	is, _ := s.problem(body, nested, false)
	return begins + is
}

// begin cuts off what a text begins with that stays as it is; ok tells whether the rest is known.
func (s *sentences) begin(text string) (begins, rest string, ok bool) {
	if s.knows(text) {
		return "", text, true
	}
	for _, beginning := range []*regexp.Regexp{place, keyed, address} {
		if m := beginning.FindStringSubmatch(text); m != nil {
			begins, text = begins+m[1], m[2]
			if s.knows(text) {
				return begins, text, true
			}
		}
	}
	return begins, text, false
}

// clause is what stands between the sentences of a text that says several things.
const clause = "; "

// clauses translates a text of several sentences, "what; what else"; ok tells that each of them is known.
func (s *sentences) clauses(text string, nested int) (is string, ok bool) {
	first, rest := text, []string(nil) // the last of the rest comes first
	for len(rest) < maxParts {
		at := strings.LastIndex(first, clause)
		if at < 0 {
			break
		}
		last := first[at+len(clause):]
		if _, known := s.part(last, nested); !known {
			break
		}
		first, rest = first[:at], append(rest, last)
	}
	if len(rest) == 0 {
		return text, false
	}
	for i, part := range slices.Backward(append(rest, first)) {
		one, known := s.part(part, nested)
		if !known { // it is the first
			return text, false
		}
		if i < len(rest) {
			is += "；"
		}
		is += one
	}
	return is, true
}

// part translates one sentence of several; ok tells that it is known.
func (s *sentences) part(text string, nested int) (is string, ok bool) {
	begins, body, ok := s.begin(text)
	if is, ok := s.problem(body, nested, true); ok {
		return begins + is, true
	}
	return begins + s.match(body, nested), ok
}

// problem translates "what (fix)", where what is known, and the fix too if both must be; else a fix that is none, such as
// a command, stays.
func (s *sentences) problem(text string, nested int, both bool) (is string, ok bool) {
	body, ok := strings.CutSuffix(text, ")")
	at := -1
	for range maxParts {
		i := strings.Index(body[at+1:], " (")
		if !ok || i < 0 {
			break
		}
		at += 1 + i
		what, fix := body[:at], body[at+2:]
		if s.knows(what) && (!both || s.knows(fix)) {
			return s.match(what, nested) + "（" + s.match(fix, nested) + "）", true
		}
	}
	return text, false
}

// knows reports whether one pattern matches a text.
func (s *sentences) knows(text string) bool {
	if _, ok := s.whole[text]; ok {
		return true
	}
	p, _ := s.find(text)
	return p != nil
}

// match translates a text that one pattern matches; another one stays.
func (s *sentences) match(text string, nested int) string {
	if is, ok := s.whole[text]; ok {
		return is
	}
	if p, values := s.find(text); p != nil {
		return s.fill(p, values, nested)
	}
	return text
}

// find returns the first pattern that a text is of, and what its gaps hold, from index 1 on.
func (s *sentences) find(text string) (*pattern, []string) {
	for _, p := range s.patterns {
		if !strings.HasPrefix(text, p.first) || !strings.HasSuffix(text, p.last) || !strings.Contains(text, p.most) {
			continue
		}
		if m := p.re.FindStringSubmatch(text); m != nil {
			return p, m
		}
	}
	return nil, nil
}

func (s *sentences) fill(p *pattern, values []string, nested int) string {
	text, after := "", false // after the gap of a sentence
	for _, part := range p.translation {
		next := part.fixed
		if part.gap > 0 {
			next = values[part.gap]
		}
		if part.nested {
			next = s.sentence(next, nested+1)
		}
		if part.nested || after {
			text = joined(text, next)
		} else {
			text += next
		}
		after = part.nested
	}
	return text
}

// joined puts two texts together. The blank that a translation has beside a gap, for a name in Latin letters, goes where
// wide characters meet: "{who} 不信任" is "客户端不信任".
func joined(a, b string) string {
	left, right := strings.TrimSuffix(a, " "), strings.TrimPrefix(b, " ")
	last, _ := utf8.DecodeLastRuneInString(left)
	first, _ := utf8.DecodeRuneInString(right)
	if isWide(last) && isWide(first) {
		return left + right
	}
	return a + b
}

// isWide reports whether a character is one of Chinese or its full-width punctuation.
func isWide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= '\u3000' && r <= '\u303f' || r >= '\uff00' && r <= '\uff60'
}
