package app

import (
	"crypto/x509"
	"net"
	"strings"
	"testing"

	"culvert/certs/trust"
	"culvert/tunnel/doctor"
)

func TestTheDoctorOfARunningApp(t *testing.T) {
	bare := trust.System{Root: t.TempDir()}
	a := openForTest(t, Options{Folders: foldersForTest(t), System: func() trust.System { return bare }})
	found, err := a.Doctor(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if doctor.Failed(found) {
		t.Errorf("a machine without stores and the demo have errors: %+v", found)
	}
	if _, err := a.Off(t.Context(), demoName); err != nil {
		t.Fatal(err)
	}
	found, err = a.Doctor(t.Context(), demoName)
	if err != nil || len(found) != 1 || found[0].Check != "not-served" || found[0].Severity != doctor.Warning {
		t.Errorf("the demo that is off: %+v, %v", found, err)
	}
	if _, err := a.Doctor(t.Context(), "nowhere"); err == nil || !strings.Contains(err.Error(), "project nowhere: not known") {
		t.Errorf("an unknown project: %v", err)
	}
}

func TestTheDoctorLooksAtTheStoresOfTheMachine(t *testing.T) {
	a := openQuietly(t, Options{Folders: foldersForTest(t)})
	found, err := a.Doctor(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	stores := map[string]bool{}
	for _, f := range found {
		if f.Check == "store-untrusted" {
			stores[f.Fixes[len(f.Fixes)-1].Args[0]] = true
		}
	}
	for _, name := range a.Distrusting(t.Context()) {
		if !stores[name] {
			t.Errorf("%s is not among %v", name, stores)
		}
	}
	if !stores["chromium"] {
		t.Error("Chromium trusts a CA that was made just now")
	}
}

func TestWhatACAPermitsIsItsNameConstraints(t *testing.T) {
	_, loopback, err := net.ParseCIDR("127.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{PermittedDNSDomains: []string{"localhost", "test"}, PermittedIPRanges: []*net.IPNet{loopback}}
	ca := authority(cert)
	for host, want := range map[string]bool{
		"localhost": true, "Web.LOCALHOST.": true, "web.test": true, "127.0.0.9": true,
		"protest": false, "web.example": false, "192.168.1.1": false, "::1": false,
	} {
		if ca.Permits(host) != want {
			t.Errorf("%s: %v", host, !want)
		}
	}
	if got := strings.Join(ca.Signs, " "); got != "localhost test 127.0.0.0/8" {
		t.Errorf("it signs %s", got)
	}
}
