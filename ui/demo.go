package ui

import (
	"strings"

	"culvert/ui/state"
)

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
