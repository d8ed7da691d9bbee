package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"culvert/cmd/internal/app"
	"culvert/tunnel/control"
)

// printJSON writes v indented.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// newLineEncoder writes each value as one line of JSON.
func newLineEncoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// printTable writes rows with aligned columns. Those at the end of a row may be left out.
func printTable(w io.Writer, rows [][]string) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i := range max(len(row), len(rows[0])) { // tabwriter begins its columns anew below a row that lacks a cell
			if i < len(row) {
				fmt.Fprint(t, app.Printable(row[i]))
			}
			fmt.Fprint(t, "\t")
		}
		fmt.Fprintln(t)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// printProject writes one project, as JSON or as one line, with warnings below.
func printProject(w io.Writer, p control.Project, asJSON bool) error {
	if asJSON {
		return printJSON(w, p)
	}
	text := fmt.Sprintf("%s  %s", p.Name, stateWord(p))
	for _, more := range []string{firstAddress(p, p.Routes...), p.Reason} {
		if more != "" {
			text += "  " + more
		}
	}
	if _, err := fmt.Fprintln(w, app.Printable(text)); err != nil {
		return err
	}
	return printWarnings(w, p)
}

// stateWord says a project's state to people.
func stateWord(p control.Project) string {
	switch {
	case p.State == control.Waiting:
		return "on, not running"
	case p.Fault == control.BackendDown:
		return "on, backend down"
	}
	return string(p.State)
}

// addresses returns the project's addresses as a browser uses them, with what each leads to: one for each route.
func addresses(p control.Project) (rows [][]string) {
	for _, r := range p.Routes {
		rows = append(rows, []string{p.Name, firstAddress(p, r) + r.Path, "→", leads(r)})
	}
	return rows
}

// firstAddress returns the first address of a project as a browser uses it for the routes: https:// if a page is among
// them, that is a route to http, to files or elsewhere, wss:// if all are sockets; "" unless the project is on.
func firstAddress(p control.Project, routes ...control.Route) string {
	var at control.Route
	if len(routes) == 1 {
		at = routes[0]
	}
	url, _ := p.Entrance(at)
	if url == "" {
		return ""
	}
	scheme := "wss"
	for _, r := range routes {
		if strings.HasPrefix(r.To, "http") || len(r.Upstreams) == 0 {
			scheme = "https"
		}
	}
	_, host, _ := strings.Cut(url, "://")
	return scheme + "://" + host
}
