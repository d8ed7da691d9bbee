package project

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// position is a place in a file; the zero value is nowhere.
type position struct{ line, column int }

// Problem is one mistake in a project file, or in what stands for one.
type Problem struct {
	File   string // the file as the caller named it, "" where there is none
	Line   int    // from 1; 0 where there is no file
	Column int    // from 1, in characters; 0 where there is no file
	Key    string // "listen", "route.to", "route.set_headers.X-From"; "" where the text is no TOML
	What   string // what is wrong
	Fix    string // what to do
}

// Error returns "file:line:column: key: what (fix)", in one line.
func (p Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	}
	if p.Key != "" {
		fmt.Fprintf(&b, "%s: ", p.Key)
	}
	b.WriteString(p.What)
	if p.Fix != "" {
		fmt.Fprintf(&b, " (%s)", p.Fix)
	}
	return b.String()
}

// Errors are all the problems of a project, in the order of the file; never empty where it is returned as an error.
type Errors []Problem

// sort puts the problems in the order of the file.
func (e Errors) sort() {
	slices.SortStableFunc(e, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// Error returns the problems, a line each.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems, so that errors.As finds the first.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, p := range e {
		errs[i] = p
	}
	return errs
}
