package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"culvert/cmd/internal/app"
	"culvert/tunnel/doctor"

	"github.com/spf13/cobra"
)

func newDoctor() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor [N]",
		Short: "Find what keeps a socket from opening, and what mends it",
		Long: `Look at everything between the browser and the backend: the CA, the trust stores, what browsers were refused or gave
up, names, ports, and the backends themselves, which are asked once each (as the User-Agent "culvert doctor"). Each
finding says what is wrong, what was seen, why that breaks the socket, and what mends it. Nothing is changed.

Without a name all projects are examined that are switched on. Where culvert runs it is asked, for it has the record of
what passed; else the checks are made that need none. The exit code is 1 if there is an error among the findings.`,
		Example: `  culvert doctor
  culvert doctor web-chat
  culvert doctor --json | jq -r '.[] | "\(.severity) \(.project) \(.check)"'`,
		Args: atMost(1, "the name of a project, or none for all that are on"), ValidArgsFunction: completeProject,
		RunE: func(c *cobra.Command, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			return withProjects(c, func(p app.Projects) error {
				return examine(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), p, name, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// examine prints what the doctor finds; an error among it is errSilent.
func examine(ctx context.Context, out, errOut io.Writer, p app.Projects, name string, asJSON bool) error {
	if !app.Runs(p) {
		fmt.Fprintln(errOut, "culvert: doctor: no app runs, so nothing is known of what passed (start it with: culvert run)")
	}
	found, err := p.Doctor(ctx, name)
	if err != nil {
		return err
	}
	if asJSON {
		err = printJSON(out, found)
	} else {
		err = printReport(ctx, out, p, name, found)
	}
	if err == nil && doctor.Failed(found) {
		err = errSilent
	}
	return err
}

// printReport writes a block for the machine and one for each project.
func printReport(ctx context.Context, out io.Writer, p app.Projects, name string, found []doctor.Finding) error {
	names := []string{"", name}
	if name == "" {
		names = names[:1]
		list, err := p.Projects(ctx)
		if err != nil {
			return err
		}
		for _, project := range list {
			if project.Switched {
				names = append(names, project.Name)
			}
		}
	}
	var text strings.Builder
	if len(names) == 1 {
		text.WriteString("no project is switched on (culvert doctor N examines one that is off)\n\n")
	}
	for i, name := range names {
		if i > 0 {
			text.WriteString("\n")
		}
		reportOn(&text, name, found)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// reportOn writes the block of one project, or with name "" of the machine.
func reportOn(w *strings.Builder, name string, found []doctor.Finding) {
	title := "project " + name
	if name == "" {
		title = "this machine"
	}
	fmt.Fprintln(w, app.Printable(title))
	nothing := true
	for _, f := range found {
		if f.Project == name {
			nothing = false
			reportFinding(w, f)
		}
	}
	if nothing {
		fmt.Fprintln(w, "  ✓ nothing found. Looked at: "+strings.Join(doctor.Checked(name != ""), ", "))
	}
}

// signs are what a finding begins with.
var signs = map[doctor.Severity]string{doctor.Error: "✗", doctor.Warning: "!", doctor.Note: "·"}

// reportFinding writes one finding: what, evidence, why, and the fixes.
func reportFinding(w *strings.Builder, f doctor.Finding) {
	line := func(indent, s string) { fmt.Fprintln(w, indent+app.Printable(s)) }
	line("  "+signs[f.Severity]+" ", f.What)
	if f.Evidence != "" {
		line("    seen: ", f.Evidence)
	}
	line("    why:  ", f.Why)
	for _, fix := range f.Fixes {
		line("    fix:  ", fix.What)
		if fix.Command != "" {
			line("          run: ", fix.Command)
		}
	}
}
