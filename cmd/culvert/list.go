package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"culvert/cmd/internal/app"
	"culvert/tunnel/control"

	"github.com/spf13/cobra"
)

func newList() *cobra.Command {
	var asJSON, verbose bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the known projects and how they are",
		Long: `List the known projects: name, state, address, and where it leads or what is wrong.

The states: on (served), "on, backend down" (served, but none of a route's backends could be reached when it was last
dialled), off, failed (switched on, but it cannot be served), and "on, not running" (switched on, but no culvert runs).

A backend that cannot be reached is skipped where a route has others: "(1 of 2 down)". It is tried again every two
seconds. ` + warningSign + ` marks a project that other machines can reach; a line below says at which address.

With --verbose each project is told in full. Of its routes: each upstream, up or down and why, and how many WebSockets
and requests it has now. Of its endpoints, the paths that routes name and those that were asked for: the route that
serves them, the WebSockets that are open, and since it was switched on the WebSockets opened, the requests answered,
and of both those that were refused (no WebSocket, or a status of 400 and above). Beyond 200 paths, and for paths of
more than 256 bytes, one line "…" counts all.`,
		Example: `  culvert list
  culvert list --verbose
  culvert list --json`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return withProjects(c, func(p app.Projects) error {
				list, err := p.Projects(c.Context())
				if err != nil {
					return err
				}
				return printList(c.OutOrStdout(), list, asJSON, verbose)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, which has all that --verbose tells")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "tell of each upstream and each endpoint")
	return c
}

func printList(w io.Writer, list []control.Project, asJSON, verbose bool) error {
	switch {
	case asJSON:
		return printJSON(w, list)
	case len(list) == 0:
		_, err := fmt.Fprintln(w, "no projects (culvert add FILE adds one)")
		return err
	case verbose:
		return printFull(w, list)
	}
	if err := printTable(w, listRows(list)); err != nil {
		return err
	}
	for _, p := range list {
		if err := printWarnings(w, p); err != nil {
			return err
		}
	}
	return nil
}

func printWarnings(w io.Writer, p control.Project) error {
	for _, line := range warnings(p) {
		if _, err := fmt.Fprintln(w, app.Printable(line)); err != nil {
			return err
		}
	}
	return nil
}

func listRows(list []control.Project) [][]string {
	rows := [][]string{{"NAME", "STATE", "ADDRESS", "LEADS TO"}}
	for _, p := range list {
		last := p.Reason
		if last == "" {
			last = strings.Join(destinations(p), "; ")
		}
		rows = append(rows, []string{p.Name, stateWord(p), listAddress(p), last})
	}
	return rows
}

// listAddress is where a project is, or will be, marked where other machines can reach it.
func listAddress(p control.Project) string {
	where := firstAddress(p, p.Routes...)
	if where == "" && len(p.Listen) > 0 && !strings.HasSuffix(p.Listen[0], ":0") {
		where = p.Listen[0]
	}
	if len(p.Exposed) > 0 {
		where = strings.TrimSpace(where + " " + warningSign)
	}
	return where
}

// destinations are where a project's routes lead, each told once: "ws://a, ws://b (1 of 2 down)".
func destinations(p control.Project) (list []string) {
	for _, r := range p.Routes {
		if to := leads(r); !slices.Contains(list, to) {
			list = append(list, to)
		}
	}
	return list
}

// leads is where a route leads.
func leads(r control.Route) string {
	if len(r.Upstreams) < 2 {
		return r.To
	}
	down := 0
	var to []string
	for _, u := range r.Upstreams {
		to = append(to, u.URL)
		if u.Down != "" {
			down++
		}
	}
	text := strings.Join(to, ", ")
	if down > 0 {
		text += fmt.Sprintf(" (%d of %d down)", down, len(to))
	}
	return text
}
