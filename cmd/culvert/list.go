package main

import (
	"fmt"
	"strings"

	"culvert/cmd/internal/app"
	"culvert/tunnel/control"

	"github.com/spf13/cobra"
)

func newList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the known projects and how they are",
		Long: `List the known projects: name, state, address, and where it leads or what is wrong.

The states: on (served), "on, backend down" (served, but its backend could not be reached when it was last asked for),
off, failed (switched on, but it cannot be served), and "on, not running" (switched on, but no culvert runs).`,
		Example: `  culvert list
  culvert list --json`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return withProjects(c, func(p app.Projects) error {
				list, err := p.Projects(c.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(c.OutOrStdout(), list)
				}
				if len(list) == 0 {
					_, err := fmt.Fprintln(c.OutOrStdout(), "no projects (culvert add FILE adds one)")
					return err
				}
				return printTable(c.OutOrStdout(), listRows(list))
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func listRows(list []control.Project) [][]string {
	rows := [][]string{{"NAME", "STATE", "ADDRESS", "LEADS TO"}}
	for _, p := range list {
		where := firstAddress(p, p.Routes...)
		if where == "" && len(p.Listen) > 0 && !strings.HasSuffix(p.Listen[0], ":0") {
			where = p.Listen[0]
		}
		last := p.Reason
		if last == "" {
			var to []string
			for _, r := range p.Routes {
				if len(to) == 0 || to[len(to)-1] != r.To {
					to = append(to, r.To)
				}
			}
			last = strings.Join(to, " ")
		}
		rows = append(rows, []string{p.Name, stateWord(p), where, last})
	}
	return rows
}
