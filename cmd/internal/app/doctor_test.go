package app

import (
	"slices"
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

func TestTheDoctorKnowsWhatEachCAPermits(t *testing.T) {
	auth := NewAuthorities(foldersForTest(t), func() trust.System { return trust.System{Root: t.TempDir()} })
	if _, err := auth.SetNames(t.Context(), []string{"web.example.cn"}); err != nil {
		t.Fatal(err)
	}
	cas, err := auth.Load()
	if err != nil || len(cas) != 2 {
		t.Fatalf("%d CAs, %v", len(cas), err)
	}
	m := machine(trust.System{}, cas[0].Root, cas[1].Root)
	for host, want := range map[string]int{
		"localhost": 0, "web.test": 0, "127.0.0.9": 0, "web.example.cn": 1, "protest": -1, "other.example.cn": -1, "192.168.1.1": -1,
	} {
		got := slices.IndexFunc(m.Authorities, func(a doctor.Authority) bool { return a.Permits(host) })
		if got != want {
			t.Errorf("%s is signed by CA %d, want %d", host, got, want)
		}
	}
	if !slices.Contains(m.Authorities[1].Signs, "web.example.cn") {
		t.Errorf("the second CA signs %q", m.Authorities[1].Signs)
	}
}
