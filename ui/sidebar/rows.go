package sidebar

import (
	"net"
	"strings"

	"culvert/ui/state"
)

// Heights of the list's rows, in Fyne units.
const (
	headingHeight = 32
	projectHeight = 50
	noteHeight    = 16 // of a line below a project's address
	groupGap      = 4  // above a heading but the first
)

// rowKind is what a row of the list shows.
type rowKind uint8

const (
	headingRow rowKind = iota
	projectRow
	confirmRow // below the project that is about to be removed
)

// row is one row of the list.
type row struct {
	kind    rowKind
	top     float32
	height  float32
	project *state.Project // of a project and of a confirmation
	group   string         // of a heading, "" for the projects without a group
	on, all int            // of a heading: how many of its projects are switched on
}

// arrange makes the rows for the projects, which are sorted by group. Below the project named removing a confirmation
// of height confirm is put. Where no project has a group there are no headings.
func arrange(projects []state.Project, removing string, confirm float32) []row {
	grouped := false
	for i := range projects {
		grouped = grouped || projects[i].Group != ""
	}
	var rows []row
	top := float32(0)
	add := func(r row) {
		r.top = top
		top += r.height
		rows = append(rows, r)
	}
	heading := -1
	for i := range projects {
		p := &projects[i]
		if grouped && (heading < 0 || rows[heading].group != p.Group) {
			if heading >= 0 {
				top += groupGap
			}
			heading = len(rows)
			add(row{kind: headingRow, height: headingHeight, group: p.Group})
		}
		if heading >= 0 {
			rows[heading].all++
			if p.Switched {
				rows[heading].on++
			}
		}
		add(row{kind: projectRow, height: heightOf(p), project: p})
		if p.Name == removing {
			add(row{kind: confirmRow, height: confirm, project: p})
		}
	}
	return rows
}

// heightOf is the height of a project's row.
func heightOf(p *state.Project) float32 {
	h := float32(projectHeight)
	if p.Health == state.Degraded {
		h += noteHeight
	}
	if len(p.Exposed) > 0 {
		h += noteHeight
	}
	return h
}

// members returns the names of a group's projects.
func members(projects []state.Project, group string) []string {
	var names []string
	for i := range projects {
		if projects[i].Group == group {
			names = append(names, projects[i].Name)
		}
	}
	return names
}

// height is where the last row ends.
func height(rows []row) float32 {
	if len(rows) == 0 {
		return 0
	}
	last := &rows[len(rows)-1]
	return last.top + last.height
}

// addressOf is what a project's row shows as its address: where clients reach it, or would if it were on; for one that
// has no port of its own yet, its backend.
func addressOf(p *state.Project) string {
	if a := p.Address(); a != "" {
		return a
	}
	for _, l := range p.Listen {
		host, port, err := net.SplitHostPort(l)
		if err != nil || port == "0" {
			continue
		}
		if host == "127.0.0.1" || host == "::1" {
			host = "localhost"
		}
		return "wss://" + net.JoinHostPort(host, port)
	}
	for _, r := range p.Routes {
		if to, _, _ := strings.Cut(r.To, ","); to != "" {
			return "→ " + to
		}
	}
	return ""
}
