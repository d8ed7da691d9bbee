package app

import (
	"crypto/tls"

	"culvert/certs"
	"culvert/tunnel/project"
)

// loadCertificate reads the certificate that a project brings.
func loadCertificate(c project.Certificate, password string) (*tls.Certificate, error) {
	return certs.ServerFiles{File: c.File, Key: c.Key, Alias: c.Alias, PasswordEnv: c.PasswordEnv}.Read(password)
}
