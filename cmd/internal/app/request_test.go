package app

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"testing"
)

// request asks a project's address for its page, as a client that trusts the CA, and returns the status.
func request(t *testing.T, a *App, name string) int {
	t.Helper()
	p, err := a.project(name)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.CA().Certificate())
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		DisableKeepAlives: true,
	}}
	resp, err := client.Get(p.URLs[0] + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
