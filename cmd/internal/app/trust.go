package app

import (
	"context"
	"crypto/x509"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"culvert/certs"
	"culvert/certs/trust"
)

// System is this machine with its trust stores, as both commands change them: what takes root is done by the culvert
// command, and what was changed is remembered. prompt is the terminal where the user can answer sudo, or nil without one.
func System(f Folders, prompt io.Writer) trust.System {
	sys := trust.Host(prompt)
	sys.Culvert = Command()
	sys.Receipt = trust.NewReceipt(f.Receipt())
	return sys
}

// Command returns the path of the culvert command: this program, or the one beside it, or that in PATH; "" if there is
// none.
func Command() string {
	command := name
	if runtime.GOOS == "windows" {
		command += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		if filepath.Base(self) == command {
			return self
		}
		beside := filepath.Join(filepath.Dir(self), command)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return beside
		}
	}
	// SECURITY: only an absolute entry of PATH counts, since root will run it.
	if path, err := exec.LookPath(command); err == nil && filepath.IsAbs(path) {
		return path
	}
	return ""
}

// Authorities returns the CAs that sign for the tunnels, to be looked at and changed. The app follows a change.
func (a *App) Authorities() *Authorities { return a.authorities }

// Roots returns the certificates of the CAs that sign for the tunnels at this moment, the first CA's first.
func (a *App) Roots() (roots []*certs.Root) {
	for _, ca := range *a.signing.Load() {
		roots = append(roots, ca.Root)
	}
	return roots
}

// Distrusting returns the names of the trust stores of this machine that could trust the first CA and do not.
func (a *App) Distrusting(ctx context.Context) (names []string) {
	found, err := a.authorities.Audit(ctx, a.Roots()[0])
	if err != nil {
		return nil // no store was asked for by name
	}
	for _, r := range found.Results {
		if r.Status.State == trust.NotTrusted {
			names = append(names, r.Store.Name())
		}
	}
	return names
}

// openAuthorities reads the CAs, and makes the first one if there is none.
func (a *App) openAuthorities(o Options) error {
	system := o.System
	if system == nil {
		here := System(o.Folders, nil)
		system = func() trust.System { return here }
	}
	a.authorities = NewAuthorities(o.Folders, system)
	cas, err := a.authorities.Load()
	if len(cas) == 0 {
		return err
	}
	if err != nil {
		a.log.Warn("the second CA signs nothing", "err", err)
	}
	a.signing.Store(&cas)
	a.minter = certs.NewMinter(nil, cas...)
	a.authorities.changed = a.authorityChanged
	return nil
}

// authorityChanged has the tunnels use the CAs that there are now.
func (a *App) authorityChanged() {
	cas, err := a.authorities.Load()
	if err != nil {
		a.log.Warn("a CA that was changed cannot be used", "err", err)
	}
	if len(cas) > 0 {
		a.signing.Store(&cas)
		a.minter.Use(cas...)
	}
	a.notify()
}

// isAuthority reports whether a file that is followed is a CA's.
func (a *App) isAuthority(file string) bool { return slices.Contains(a.authorities.files(), file) }

// trusted returns a pool of the CAs that sign for the tunnels.
func (a *App) trusted() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, r := range a.Roots() {
		pool.AddCert(r.Certificate())
	}
	return pool
}
