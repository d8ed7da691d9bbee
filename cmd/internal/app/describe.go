package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"culvert/tunnel"
	"culvert/tunnel/control"
	"culvert/tunnel/project"
)

// Projects returns the known projects, sorted by name.
func (a *App) Projects(context.Context) ([]control.Project, error) {
	return a.projects(), nil
}

func (a *App) projects() []control.Project {
	status := make(map[string]tunnel.Status)
	for _, s := range a.engine.Status() {
		status[s.Name] = s
	}
	list := []control.Project{}
	for _, e := range a.known.list() {
		s, served := status[e.Name]
		list = append(list, a.describe(e, s, served))
	}
	ownFirst(list)
	return list
}

// ownFirst puts those URLs of each project last that another has too: projects that share an address all have its
// localhost, and only one of them answers there.
func ownFirst(list []control.Project) {
	count := make(map[string]int)
	for _, p := range list {
		for _, url := range p.URLs {
			count[url]++
		}
	}
	for _, p := range list {
		slices.SortStableFunc(p.URLs, func(a, b string) int {
			return cmp.Compare(min(count[a], 2), min(count[b], 2))
		})
	}
}

// describe says how a known project is, which the engine knows if it was served.
func (a *App) describe(e entry, s tunnel.Status, served bool) control.Project {
	a.mu.Lock()
	broken := a.broken[e.Name]
	a.mu.Unlock()
	if !served {
		p := describe(e)
		if p.State == control.Waiting {
			p.State = control.Off // only while it is being switched
		}
		if broken != nil {
			p.State, p.Fault, p.Reason = control.Failed, brokenFault(e), OneLine(broken)
		}
		return p
	}
	p := control.Project{
		Name: e.Name, Description: s.Description, Group: s.Group, File: e.File, Switched: e.On, State: control.On,
		Listen: s.Listen, URLs: s.URLs, Routes: []control.Route{}, Connections: s.Connections, Frames: s.Frames,
		Certificate: s.Certificate, Exposed: s.Exposed, Guarded: s.Guarded,
	}
	for _, r := range s.Routes {
		route := control.Route{Path: r.Path, Exact: r.Exact, Listen: r.Listen, To: r.To}
		for _, u := range r.Upstreams {
			route.Upstreams = append(route.Upstreams, control.Upstream(u))
		}
		p.Routes = append(p.Routes, route)
	}
	for _, e := range s.Endpoints {
		p.Endpoints = append(p.Endpoints, control.Endpoint(e))
	}
	switch {
	case s.State == tunnel.Failed && broken != nil:
		p.State, p.Fault, p.Reason = control.Failed, brokenFault(e), OneLine(broken)
	case s.State == tunnel.Failed && s.Fault == tunnel.PortTaken:
		p.State, p.Fault, p.Reason = control.Failed, control.PortTaken, OneLine(errors.New(s.Reason))
	case s.State == tunnel.Failed:
		p.State, p.Fault, p.Reason = control.Failed, control.OtherFault, OneLine(errors.New(s.Reason))
	case broken != nil:
		p.Fault, p.Reason = brokenFault(e), OneLine(broken)+"; it is served as it was before"
	case s.Trouble != "":
		p.Fault, p.Reason = control.BadFile, OneLine(errors.New(s.Trouble))+"; it is served as it was before"
	case s.Down != "":
		p.Fault, p.Reason = control.BackendDown, OneLine(errors.New(s.Down))
	}
	return p
}

// brokenFault is the fault of a project that could not be loaded.
func brokenFault(e entry) control.Fault {
	if e.Demo {
		return control.OtherFault
	}
	return control.BadFile
}

// project returns one known project as Projects does.
func (a *App) project(name string) (control.Project, error) {
	list := a.projects()
	i := slices.IndexFunc(list, func(p control.Project) bool { return p.Name == name })
	if i < 0 {
		_, err := a.known.entry(name)
		return control.Project{}, err
	}
	return list[i], nil
}

// Hosts returns the names by which requests find a known project, as its file, or the demo, has them.
func Hosts(p control.Project) ([]string, error) {
	load := func() (*project.Project, error) { return project.Load(p.File) }
	if p.File == "" {
		load = func() (*project.Project, error) { return demoProject("127.0.0.1:1") }
	}
	read, err := load()
	if err != nil {
		return nil, err
	}
	return read.Hosts, nil
}
