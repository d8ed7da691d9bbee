package ui

import (
	"strings"

	"culvert/ui/state"
)

// look returns a project as it is now, in the window's language; nil where it is gone. It may be called from any goroutine.
func (w *Window) look(name string) *state.Project {
	p := w.o.Culvert.Project(name)
	if p == nil {
		return nil
	}
	one := []state.Project{*p}
	translateDemo(one, w.builtIn)
	return &one[0]
}

// translateDemo puts into the window's language where the demo leads while it is off: into the program itself.
func translateDemo(projects []state.Project, builtIn string) {
	for i := range projects {
		if !projects[i].Demo {
			continue
		}
		for j := range projects[i].Routes {
			if to := &projects[i].Routes[j].To; !strings.Contains(*to, "://") {
				*to = builtIn
			}
		}
	}
}
