package main

import (
	"errors"
	"fmt"
	"io"

	"culvert/cmd/internal/app"
	"culvert/tunnel/project"

	"github.com/spf13/cobra"
)

func newCheck() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check FILE…",
		Short: "Check project files",
		Long: `Check project files and print every problem as file:line:column: key: what is wrong (what to do). Keys that this
version does not serve yet are problems too. The exit code is 1 if there are any.`,
		Example: `  culvert check culvert.toml
  culvert check */culvert.toml --json`,
		Args: atLeast(1, "at least one project file"),
		RunE: func(c *cobra.Command, args []string) error {
			return check(c.OutOrStdout(), c.ErrOrStderr(), args, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// finding is one problem as `check --json` prints it.
type finding struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Key    string `json:"key,omitempty"`
	What   string `json:"what"`
	Fix    string `json:"fix,omitempty"`
}

// check prints the problems of all files; there being any is errSilent.
func check(out, errOut io.Writer, files []string, asJSON bool) error {
	findings := []finding{}
	for _, file := range files {
		before := len(findings)
		_, err := project.Load(file)
		if err != nil {
			findings = append(findings, findingsOf(file, err)...)
		}
		for _, f := range findings[before:] {
			if !asJSON {
				fmt.Fprintln(errOut, app.Printable(f.text()))
			}
		}
		if err == nil && !asJSON {
			fmt.Fprintf(out, "%s: ok\n", app.Printable(file))
		}
	}
	if asJSON {
		if err := printJSON(out, findings); err != nil {
			return err
		}
	}
	if len(findings) > 0 {
		return errSilent
	}
	return nil
}

func findingsOf(file string, err error) (list []finding) {
	var problems project.Errors
	if !errors.As(err, &problems) {
		return []finding{{File: file, What: err.Error()}}
	}
	for _, p := range problems {
		list = append(list, finding{File: p.File, Line: p.Line, Column: p.Column, Key: p.Key, What: p.What, Fix: p.Fix})
	}
	return list
}

// text returns the finding as editors and compilers write it.
func (f finding) text() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s", f.File, f.What)
	}
	return project.Problem{File: f.File, Line: f.Line, Column: f.Column, Key: f.Key, What: f.What, Fix: f.Fix}.Error()
}
