package app

import (
	"errors"
	"fmt"
	"strings"

	"culvert/tunnel/project"
)

// OneLine returns an error's text as one line that a terminal only shows: of several problems the first, and how many
// more there are.
func OneLine(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	text := Printable(lines[0])
	if more := len(lines) - 1; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
		if problems := project.Errors(nil); errors.As(err, &problems) {
			text += " (culvert check shows all)"
		}
	}
	return text
}

// Printable replaces what a terminal would obey.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		// SECURITY: names and errors can hold what others wrote, and escape sequences act.
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, s)
}
