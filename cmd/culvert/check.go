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
		Long: `Check project files and print every problem as file:line:column: key: what is wrong (what to do). An
address that other machines can reach is no problem, but is told with a ` + warningSign + `. The exit code is 1 if there are problems.

With --json each has a severity, error or warning.`,
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

// finding is one problem or warning as `check --json` prints it.
type finding struct {
	Severity string `json:"severity"`
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Key      string `json:"key,omitempty"`
	What     string `json:"what"`
	Fix      string `json:"fix,omitempty"`
}

// The severities of a finding.
const (
	isError   = "error"
	isWarning = "warning"
)

// check prints the problems and warnings of all files; there being problems is errSilent.
func check(out, errOut io.Writer, files []string, asJSON bool) error {
	findings := []finding{}
	failed := false
	for _, file := range files {
		before := len(findings)
		p, err := project.Load(file)
		if err != nil {
			failed = true
			findings = append(findings, findingsOf(file, err)...)
		} else {
			findings = append(findings, warningsOf(file, p)...)
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
	if failed {
		return errSilent
	}
	return nil
}

// warningsOf are the warnings of a file that is right.
func warningsOf(file string, p *project.Project) (list []finding) {
	for _, addr := range p.Exposed() {
		what, fix := exposure(addr, p.Guarded())
		list = append(list, finding{Severity: isWarning, File: file, Key: "listen", What: what, Fix: fix})
	}
	return list
}

func findingsOf(file string, err error) (list []finding) {
	var problems project.Errors
	if !errors.As(err, &problems) {
		return []finding{{Severity: isError, File: file, What: err.Error()}}
	}
	for _, p := range problems {
		list = append(list, finding{Severity: isError, File: p.File, Line: p.Line, Column: p.Column, Key: p.Key, What: p.What, Fix: p.Fix})
	}
	return list
}

// text returns the finding as editors and compilers write it.
func (f finding) text() string {
	switch {
	case f.Severity == isWarning:
		return fmt.Sprintf("%s %s: %s: %s (%s)", warningSign, f.File, f.Key, f.What, f.Fix)
	case f.Line == 0:
		return fmt.Sprintf("%s: %s", f.File, f.What)
	}
	return project.Problem{File: f.File, Line: f.Line, Column: f.Column, Key: f.Key, What: f.What, Fix: f.Fix}.Error()
}
