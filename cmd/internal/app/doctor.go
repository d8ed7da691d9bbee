package app

import (
	"context"
	"strings"

	"culvert/certs"
	"culvert/certs/trust"
	"culvert/tunnel"
	"culvert/tunnel/doctor"
	"culvert/tunnel/project"
)

// Doctor examines the machine and one project, or with name "" all projects that are switched on; see [doctor.Examine].
func (a *App) Doctor(ctx context.Context, name string) ([]doctor.Finding, error) {
	entries, err := a.known.examined(name)
	if err != nil {
		return nil, err
	}
	patients, err := a.patients(entries)
	if err != nil {
		return nil, err
	}
	return doctor.Examine(ctx, machine(a.authorities.system(), a.Roots()...), patients...), nil
}

// Doctor examines what can be seen while no app runs: there is no record of what passed.
func (r *remembered) Doctor(ctx context.Context, name string) ([]doctor.Finding, error) {
	entries, err := r.known.examined(name)
	if err != nil {
		return nil, err
	}
	var roots []*certs.Root // that there is none is what is found
	authorities := NewAuthorities(r.known.folders, nil)
	for _, read := range []func() (*certs.Root, error){authorities.First, authorities.Second} {
		if root, err := read(); err == nil {
			roots = append(roots, root)
		}
	}
	var patients []*doctor.Patient
	for _, e := range entries {
		p := &doctor.Patient{Name: e.Name, On: e.On}
		if !e.Demo {
			p.Project, err = load(e)
			p.Reason = reason(err)
		}
		patients = append(patients, p)
	}
	return doctor.Examine(ctx, machine(trust.Host(nil), roots...), patients...), nil
}

// examined returns the project of that name, or without one those that are switched on.
func (k *known) examined(name string) (list []entry, err error) {
	if name != "" {
		e, err := k.entry(name)
		return []entry{e}, err
	}
	for _, e := range k.list() {
		if e.On {
			list = append(list, e)
		}
	}
	return list, nil
}

// patients are the projects of those entries, as they are served now.
func (a *App) patients(entries []entry) (list []*doctor.Patient, _ error) {
	if err := a.begun(); err != nil {
		return nil, err
	}
	defer a.switching.Unlock()
	status := make(map[string]tunnel.Status)
	for _, s := range a.engine.Status() {
		status[s.Name] = s
	}
	for _, e := range entries {
		p := &doctor.Patient{Name: e.Name, On: e.On, Running: true}
		s, ok := status[e.Name]
		if p.Served = ok && s.State == tunnel.On; p.Served {
			p.Listen = s.Listen
		}
		p.Capture, _ = a.engine.Capture(e.Name)
		p.Project, p.Reason = a.examinedProject(e)
		if s.Reason != "" {
			p.Reason = s.Reason
		}
		list = append(list, p)
	}
	return list, nil
}

// examinedProject is a project as it is served, else as its file has it; or why that cannot be read. The lock of
// switching is held.
func (a *App) examinedProject(e entry) (*project.Project, string) {
	if text, ok := a.served[e.Name]; ok {
		p, err := project.Parse(e.File, text)
		return p, reason(err)
	}
	if e.Demo {
		return nil, "" // its backend is there only while it is served
	}
	p, err := load(e)
	return p, reason(err)
}

// reason is an error on one line, "" for none.
func reason(err error) string {
	if err == nil {
		return ""
	}
	return OneLine(err)
}

// machine is what the doctor is told of the machine and of its CAs, the first one first.
func machine(sys trust.System, roots ...*certs.Root) *doctor.Machine {
	getenv := func(name string) string {
		for _, v := range sys.Env {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value
			}
		}
		return ""
	}
	m := &doctor.Machine{Home: getenv("HOME"), Getenv: getenv, LoadCertificate: loadCertificate}
	if m.Home == "" {
		m.Home = getenv("USERPROFILE")
	}
	if len(roots) == 0 {
		return m
	}
	for _, r := range roots {
		cert := r.Certificate()
		m.Authorities = append(m.Authorities, doctor.Authority{
			Name: cert.Subject.CommonName, Root: cert, NotBefore: cert.NotBefore, NotAfter: cert.NotAfter, Permits: r.Permits, Signs: r.Names(),
		})
	}
	m.Stores = func(ctx context.Context) (list []doctor.Store) {
		for _, r := range trust.Audit(ctx, trust.Stores(sys), roots[0]) {
			list = append(list, doctor.Store{
				Name: r.Store.Name(), State: storeState(r.Status.State), Reason: r.Status.Reason, Fix: r.Status.Fix,
			})
		}
		return list
	}
	return m
}

func storeState(s trust.State) doctor.StoreState {
	switch s {
	case trust.Absent:
		return doctor.StoreAbsent
	case trust.Trusted:
		return doctor.StoreTrusts
	case trust.NotTrusted, trust.Cancelled:
		return doctor.StoreDistrusts
	}
	return doctor.StoreUnreadable
}
