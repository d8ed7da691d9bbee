package app

import (
	"crypto/tls"

	"culvert/certs"
	"culvert/tunnel/project"
)

// certificateFiles are the files of the certificate that a project brings, while it is on. The lock of switching is held.
func (a *App) certificateFiles(e entry) []string {
	if !e.On || e.Demo {
		return nil
	}
	p, _ := a.examinedProject(e)
	switch {
	case p == nil || p.Certificate == nil:
		return nil
	case p.Certificate.Key == "":
		return []string{p.Certificate.File}
	}
	return []string{p.Certificate.File, p.Certificate.Key}
}

// certificateChanged has the engine read the certificate that a project brings, which it would do at the next handshake
// too: so that what is wrong with it is known at once. One that could not be read before is tried again.
func (a *App) certificateChanged(e entry) {
	if a.served[e.Name] == nil {
		a.reload(e)
		return
	}
	a.engine.Certificate(e.Name)
}

// loadCertificate reads the certificate that a project brings.
func loadCertificate(c project.Certificate, password string) (*tls.Certificate, error) {
	return certs.ServerFiles{File: c.File, Key: c.Key, Alias: c.Alias, PasswordEnv: c.PasswordEnv}.Read(password)
}
