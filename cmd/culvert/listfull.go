package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"culvert/cmd/internal/app"
	"culvert/tunnel/control"
)

// printFull tells of each project its state, its routes with their upstreams, and its endpoints.
func printFull(w io.Writer, list []control.Project) error {
	for i, p := range list {
		if i > 0 {
			fmt.Fprintln(w)
		}
		heading := []string{p.Name, stateWord(p), listAddress(p), p.Reason}
		heading = slices.DeleteFunc(heading, func(s string) bool { return s == "" })
		fmt.Fprintln(w, app.Printable(strings.Join(heading, "  ")))
		if err := printWarnings(w, p); err != nil {
			return err
		}
		for _, rows := range [][][]string{routeRows(p), endpointRows(p)} {
			if len(rows) == 1 {
				continue
			}
			fmt.Fprintln(w)
			if err := printTable(w, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// routeName is a route's path, and what narrows it.
func routeName(r control.Route) string {
	name := r.Path
	if r.Exact {
		name += " exactly"
	}
	if len(r.Listen) > 0 {
		name += " at " + strings.Join(r.Listen, ", ")
	}
	return name
}

// routeRows is a line for each upstream of a project, and for each route that has none.
func routeRows(p control.Project) [][]string {
	rows := [][]string{{"  ROUTE", "LEADS TO", "STATE", "NOW", "WHY"}}
	for _, r := range p.Routes {
		if len(r.Upstreams) == 0 {
			rows = append(rows, []string{"  " + routeName(r), r.To})
		}
		for i, u := range r.Upstreams {
			path := "  " + routeName(r)
			if i > 0 {
				path = ""
			}
			state, now := "up", strconv.Itoa(u.Connections)
			switch {
			case p.State != control.On:
				state, now = "", ""
			case u.Down != "":
				state = "down"
			}
			rows = append(rows, []string{path, u.URL, state, now, u.Down})
		}
	}
	return rows
}

// endpointRows is a line for each endpoint of a project.
func endpointRows(p control.Project) [][]string {
	rows := [][]string{{"  PATH", "ROUTE", "OPEN", "SOCKETS", "REQUESTS", "REFUSED"}}
	for _, e := range p.Endpoints {
		row := []string{"  " + e.Path, e.Route, strconv.Itoa(e.Open)}
		for _, n := range []int64{e.Sockets, e.Requests, e.Refused} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		rows = append(rows, row)
	}
	return rows
}
