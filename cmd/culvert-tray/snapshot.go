package main

import (
	"cmp"
	"slices"

	"culvert/tunnel/control"
	"culvert/ui/state"
)

// projects returns the known projects as tray and window show them: groups by name, what has none last.
func projects(known []control.Project) []state.Project {
	list := make([]state.Project, 0, len(known))
	for _, p := range known {
		shown := state.Project{
			Name: p.Name, Description: p.Description, Group: p.Group, File: p.File, Demo: p.File == "",
			Switched: p.Switched, Serving: p.State == control.On, Health: health(p), Reason: p.Reason,
			Listen: p.Listen, URLs: p.URLs,
		}
		for _, r := range p.Routes {
			shown.Routes = append(shown.Routes, state.Route{Path: r.Path, To: r.To})
		}
		list = append(list, shown)
	}
	slices.SortStableFunc(list, func(a, b state.Project) int {
		if (a.Group == "") != (b.Group == "") {
			return cmp.Compare(b.Group, a.Group)
		}
		return cmp.Compare(a.Group, b.Group)
	})
	return list
}

func health(p control.Project) state.Health {
	switch p.Fault {
	case control.BackendDown:
		return state.BackendDown
	case control.PortTaken:
		return state.PortTaken
	case control.BadFile:
		return state.FileBroken
	case control.OtherFault:
		return state.Failed
	}
	if p.State == control.On {
		return state.On
	}
	return state.Off
}
