package app

import (
	"crypto/tls"
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
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: a.trusted()},
		DisableKeepAlives: true,
	}}
	resp, err := client.Get(p.URLs[0] + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
