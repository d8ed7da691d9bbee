package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

// Exit codes. The last two are those of a shell, and of env(1), for a command that is not run.
const (
	exitFailed   = 1
	exitUsage    = 2
	exitCannot   = 126
	exitNotFound = 127
)

// errSilent ends a verb with exit code 1 where all has been said.
var errSilent = errors.New("failed")

// codeError ends a verb with an exit code of its own; without an error, all has been said.
type codeError struct {
	code int
	err  error
}

func (e *codeError) Error() string { return fmt.Sprint(e.err) }
func (e *codeError) Unwrap() error { return e.err }

// usageError is a command line that cannot be understood.
type usageError struct {
	command *cobra.Command
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// report prints an error as the user sees it and returns the exit code.
func report(w io.Writer, err error) int {
	var usage *usageError
	var exit *codeError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errSilent):
		return exitFailed
	case errors.As(err, &exit):
		if exit.err != nil {
			fmt.Fprintf(w, "culvert: %s\n", app.OneLine(err))
		}
		return exit.code
	case errors.Is(err, context.Canceled):
		err = errors.New("interrupted")
	case errors.As(err, &usage):
		path := usage.command.CommandPath() // "culvert on"
		fmt.Fprintf(w, "%s: %s (%s --help tells more)\n", strings.ReplaceAll(path, " ", ": "), app.OneLine(err), path)
		fmt.Fprintf(w, "usage: %s\n", usage.command.UseLine())
		return exitUsage
	}
	fmt.Fprintf(w, "culvert: %s\n", app.OneLine(err))
	return exitFailed
}

// unknownVerb is the error for a verb that there is not, with the one that may be meant.
func unknownVerb(c *cobra.Command, verb string) error {
	err := fmt.Errorf("no verb %q", verb)
	if like := c.SuggestionsFor(verb); len(like) > 0 {
		err = fmt.Errorf("no verb %q, did you mean %s?", verb, strings.Join(like, " or "))
	}
	return &usageError{c, err}
}

// exactly checks the number of arguments; what names them.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return &usageError{c, fmt.Errorf("takes %s, not %d arguments", what, len(args))}
		}
		return nil
	}
}

// atMost checks the number of arguments.
func atMost(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > n {
			return &usageError{c, fmt.Errorf("takes %s, not %d arguments", what, len(args))}
		}
		return nil
	}
}

// atLeast checks the number of arguments.
func atLeast(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < n {
			return &usageError{c, fmt.Errorf("takes %s", what)}
		}
		return nil
	}
}

// exclusive checks that one of the flags is given at most.
func exclusive(c *cobra.Command, flags ...string) error {
	given := slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return !c.Flags().Changed(f) })
	if len(given) > 1 {
		return &usageError{c, fmt.Errorf("--%s and --%s exclude each other", given[0], given[1])}
	}
	return nil
}
