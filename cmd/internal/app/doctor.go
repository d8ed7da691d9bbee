package app

import (
	"context"
	"crypto/x509"
	"net/netip"
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
	return doctor.Examine(ctx, machine(a.system(), a.ca.Root), patients...), nil
}

// Doctor examines what can be seen while no app runs: there is no record of what passed.
func (r *remembered) Doctor(ctx context.Context, name string) ([]doctor.Finding, error) {
	entries, err := r.known.examined(name)
	if err != nil {
		return nil, err
	}
	root, err := certs.ReadRoot(r.known.folders.CA())
	if err != nil {
		root = nil // that there is none is what is found
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
	return doctor.Examine(ctx, machine(trust.Host(nil), root), patients...), nil
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

// machine is what the doctor is told of the machine, whose CA is root, nil for none.
func machine(sys trust.System, root *certs.Root) *doctor.Machine {
	getenv := func(name string) string {
		for _, v := range sys.Env {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value
			}
		}
		return ""
	}
	m := &doctor.Machine{Home: getenv("HOME"), Getenv: getenv}
	if m.Home == "" {
		m.Home = getenv("USERPROFILE")
	}
	if root == nil {
		return m
	}
	m.Authorities = []doctor.Authority{authority(root.Certificate())}
	m.Stores = func(ctx context.Context) (list []doctor.Store) {
		for _, r := range trust.Audit(ctx, trust.Stores(sys), root) {
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
	case trust.NotTrusted:
		return doctor.StoreDistrusts
	}
	return doctor.StoreUnreadable
}

// authority is what the doctor is told of a CA.
func authority(cert *x509.Certificate) doctor.Authority {
	ca := doctor.Authority{
		Name: cert.Subject.CommonName, NotBefore: cert.NotBefore, NotAfter: cert.NotAfter,
		Permits: func(host string) bool { return permits(cert, host) },
		Signs:   append([]string(nil), cert.PermittedDNSDomains...),
	}
	for _, r := range cert.PermittedIPRanges {
		ca.Signs = append(ca.Signs, r.String())
	}
	return ca
}

// permits reports whether a CA's name constraints let it sign for a host (RFC 5280 §4.2.1.10).
func permits(cert *x509.Certificate, host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if addr, err := netip.ParseAddr(host); err == nil {
		for _, r := range cert.PermittedIPRanges {
			if r.Contains(addr.Unmap().AsSlice()) {
				return true
			}
		}
		return false
	}
	for _, domain := range cert.PermittedDNSDomains {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
