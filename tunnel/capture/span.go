package capture

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Span is the rows from one id to another, both included.
type Span struct{ First, Last int64 }

// IDs returns a query for the rows of any of the spans, which may be in any order and overlap. It is made for selections:
// a search looks at those rows only.
func IDs(of ...Span) *Query { return &Query{ids: newSpans(of)} }

// spans is a set of ids: spans that do not touch, in order. nil is every id.
type spans struct{ list []Span }

func newSpans(of []Span) *spans {
	list := slices.Clone(of)
	for i := range list {
		list[i].Last = min(list[i].Last, math.MaxInt64-1)
	}
	list = slices.DeleteFunc(list, func(p Span) bool { return p.Last < p.First })
	slices.SortFunc(list, func(a, b Span) int { return cmp.Compare(a.First, b.First) })
	n := 0
	for _, p := range list {
		if n > 0 && p.First <= list[n-1].Last+1 {
			list[n-1].Last = max(list[n-1].Last, p.Last)
			continue
		}
		list[n] = p
		n++
	}
	return &spans{list[:n]}
}

// has reports whether id is in the set.
func (s *spans) has(id int64) bool {
	if s == nil {
		return true
	}
	i := s.from(id)
	return i < len(s.list) && s.list[i].First <= id
}

// from returns the index of the first span that ends at id or later.
func (s *spans) from(id int64) int {
	i, _ := slices.BinarySearchFunc(s.list, id, func(p Span, id int64) int {
		if p.Last < id {
			return -1
		}
		return 1
	})
	return i
}

// between returns the spans of the ids in the set from from up to but not including to.
func (s *spans) between(from, to int64) []Span {
	var list []Span
	for _, p := range s.list[s.from(from):] {
		if p.First >= to {
			break
		}
		list = append(list, Span{max(p.First, from), min(p.Last, to-1)})
	}
	return list
}

// and returns the ids that are in both sets.
func (s *spans) and(o *spans) *spans {
	switch {
	case s == nil:
		return o
	case o == nil:
		return s
	}
	both := &spans{}
	for _, p := range s.list {
		both.list = append(both.list, o.between(p.First, p.Last+1)...)
	}
	return both
}

// rows returns how many ids the spans are.
func rows(of []Span) (n int64) {
	for _, p := range of {
		n += p.Last - p.First + 1
	}
	return n
}

// cut takes at most n rows from the front of the spans, which it changes: a span that does not fit is divided.
func cut(of []Span, n int64) (head, rest []Span) {
	for i, p := range of {
		if size := p.Last - p.First + 1; size < n {
			n -= size
			continue
		}
		head = append(slices.Clone(of[:i]), Span{p.First, p.First + n - 1})
		if of[i].First += n; of[i].First > p.Last {
			i++
		}
		return head, of[i:]
	}
	return of, nil
}

// id adds a term id:value. value begins with its operator.
func (q *Query) id(value string, not bool) error {
	if value[0] != ':' && value[0] != '=' {
		return fmt.Errorf("id takes no %q (write id:…)", value[:1])
	}
	value = value[1:]
	first, last, two := strings.Cut(value, "..")
	if !two {
		last = first
	}
	p := Span{1, math.MaxInt64 - 1}
	var err error
	if first != "" || !two {
		p.First, err = strconv.ParseInt(first, 10, 64)
	}
	if err == nil && (last != "" || !two) {
		p.Last, err = strconv.ParseInt(last, 10, 64)
	}
	if err != nil || p.First < 0 || p.Last < 0 || p.Last == math.MaxInt64 || value == ".." {
		return fmt.Errorf("%q is no row (write its number, such as id:7, or id:7..40)", value)
	}
	set := newSpans([]Span{p})
	if not {
		q.fields = append(q.fields, fieldTerm{true, func(v *view) bool { return set.has(v.row.ID) }})
		return nil
	}
	q.ids = q.ids.and(set)
	return nil
}
