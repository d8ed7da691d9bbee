package main

import (
	"cmp"
	"slices"

	"culvert/tunnel"
	"culvert/tunnel/control"
	"culvert/ui/state"
)

// projects returns the known projects as tray and window show them: groups by name, what has none last.
func projects(known []control.Project) []state.Project {
	list := make([]state.Project, 0, len(known))
	for i := range known {
		list = append(list, shown(&known[i]))
	}
	slices.SortStableFunc(list, func(a, b state.Project) int {
		if (a.Group == "") != (b.Group == "") {
			return cmp.Compare(b.Group, a.Group)
		}
		return cmp.Compare(a.Group, b.Group)
	})
	return list
}

// shown returns a project as tray and window show it.
func shown(p *control.Project) state.Project {
	shown := state.Project{
		Name: p.Name, Description: p.Description, Group: p.Group, File: p.File, Demo: p.File == "",
		Switched: p.Switched, Serving: p.State == control.On, Reason: p.Reason,
		Listen: p.Listen, URLs: p.URLs, Exposed: p.Exposed, Guarded: p.Guarded, Certificate: p.Certificate,
	}
	for _, r := range p.Routes {
		route := state.Route{Path: r.Path, To: r.To, URLs: p.Entrances(r)}
		for _, u := range r.Upstreams {
			route.Upstreams = append(route.Upstreams, state.Upstream(u))
		}
		shown.Routes = append(shown.Routes, route)
	}
	for _, e := range p.Endpoints {
		shown.Endpoints = append(shown.Endpoints, state.Endpoint{
			Others: e.Path == tunnel.OtherEndpoints, Path: e.Path, Route: e.Route,
			Open: e.Open, Sockets: e.Sockets, Requests: e.Requests, Refused: e.Refused,
		})
	}
	shown.Health = health(p, &shown)
	if shown.Health == state.Degraded {
		shown.Reason = firstDown(&shown)
	}
	return shown
}

// firstDown is why the first of the backends that are down could not be reached.
func firstDown(p *state.Project) string {
	for _, u := range p.Upstreams() {
		if u.Down != "" {
			return u.Down
		}
	}
	return ""
}

func health(p *control.Project, shown *state.Project) state.Health {
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
	down, _ := shown.Down()
	switch {
	case p.State != control.On:
		return state.Off
	case down > 0:
		return state.Degraded
	}
	return state.On
}
