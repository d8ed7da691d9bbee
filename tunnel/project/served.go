package project

import "fmt"

// Served returns nil, or [Errors] with a problem for each key that p uses and that this version does not serve yet: it
// is to be refused, since a tunnel that silently lacks its password or its second upstream is not what the file says.
func (p *Project) Served() error {
	var problems Errors
	refuse := func(id, key, fix string) {
		at := p.positions[id]
		problems = append(problems, Problem{p.shown, at.line, at.column, key, "not served yet", fix})
	}
	for _, key := range []struct {
		name string
		used bool
	}{
		{"backlog", p.Backlog != 0},
		{"auth", p.Auth != nil},
		{"certificate", p.Certificate != nil},
		{"cors", p.CORS != nil},
	} {
		if key.used {
			refuse(key.name, key.name, "take it out until a later version serves it")
		}
	}
	for i, r := range p.Routes {
		if r.Root != "" {
			refuse(fmt.Sprintf("route[%d].root", i), "route.root", "serve the files from your own server, and name it in to")
		}
		if len(r.To) > 1 {
			refuse(fmt.Sprintf("route[%d].to", i), "route.to", "leave one upstream until a later version balances several")
		}
	}
	if len(problems) == 0 {
		return nil
	}
	problems.sort()
	return problems
}
