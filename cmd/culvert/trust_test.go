package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/certs/trust/proof"
)

// stores returns what trust and untrust print as JSON.
func (m machine) stores(args ...string) (list []storeResult) {
	m.t.Helper()
	r := m.do(append(args, "--json")...)
	if err := json.Unmarshal([]byte(r.out), &list); err != nil {
		m.t.Fatalf("culvert %s: %v\n%s%s", strings.Join(args, " "), err, r.out, r.err)
	}
	return list
}

// chromium returns the state of Chromium's store among them.
func (m machine) chromium(args ...string) string {
	m.t.Helper()
	list := m.stores(append(args, "--store", "chromium")...)
	if len(list) != 1 || list[0].Store != "chromium" {
		m.t.Fatalf("culvert %s: %+v", strings.Join(args, " "), list)
	}
	return list[0].State
}

func TestOwnNamesAreTrustedAndTakenBack(t *testing.T) {
	m := newMachine(t)
	m.must("trust", "--store", "chromium")
	if r := m.do("trust", "--status", "--named"); r.code != 1 || !strings.Contains(r.err, "there is no second CA (culvert trust --name NAME makes it)") {
		t.Errorf("without names: %+v", r)
	}
	m.must("trust", "--name", "web.example.cn", "--store", "chromium")
	m.must("trust", "--name", "192.168.1.20", "--store", "chromium")
	if got := m.chromium("trust", "--status", "--named"); got != "trusted" {
		t.Errorf("the second CA is %s", got)
	}
	m.must("cert", "--host", "web.example.cn", "--out", filepath.Join(m.home, "web.pem"))
	if r := m.do("untrust", "--name", "other.example.cn"); r.code != 1 || !strings.Contains(r.err, "does not sign other.example.cn") {
		t.Errorf("a name that was not given: %+v", r)
	}
	m.must("untrust", "--name", "web.example.cn")
	if r := m.do("cert", "--host", "web.example.cn", "--out", filepath.Join(m.home, "again.pem")); r.code != 1 {
		t.Errorf("a name that was taken back is signed: %+v", r)
	}
	if got := m.chromium("trust", "--status", "--named"); got != "trusted" {
		t.Errorf("with the name that is left the second CA is %s", got)
	}
	m.must("untrust", "--name", "192.168.1.20")
	if _, err := os.Stat(filepath.Join(m.home, "c", "data", "named-ca")); !os.IsNotExist(err) {
		t.Errorf("the second CA is still there: %v", err)
	}
	if got := m.chromium("trust", "--status"); got != "trusted" {
		t.Errorf("the first CA is %s", got)
	}
	if r := m.do("trust", "--name", "com"); r.code != 1 || !strings.Contains(r.err, "culvert: trust: ") {
		t.Errorf("a name for everybody: %+v", r)
	}
}

func TestTrustIsProvenOnTheCommandLine(t *testing.T) {
	m := newMachine(t)
	prove := func() []proof.Proof {
		t.Helper()
		list := m.stores("trust", "--prove", "--store", "chromium")
		return list[0].Proofs
	}
	is := func(state proof.State) func(proof.Proof) bool {
		return func(p proof.Proof) bool { return p.State == state && p.Program == "Chromium" }
	}
	m.must("trust", "--store", "chromium")
	if got := prove(); !slices.ContainsFunc(got, is(proof.Proven)) {
		t.Errorf("trusted, and %+v", got)
	}
	if text := m.must("trust", "--prove", "--store", "chromium"); !strings.Contains(text, "PROVEN") || !strings.Contains(text, "Chromium 1") {
		t.Errorf("the table is\n%s", text)
	}
	m.must("untrust", "--store", "chromium")
	if got := prove(); !slices.ContainsFunc(got, is(proof.Refused)) {
		t.Errorf("not trusted, and %+v", got)
	}
	if r := m.do("trust", "--prove", "--store", "chromium"); r.code != 1 || !strings.Contains(r.err, "refused the certificate") {
		t.Errorf("a refusal is no failure: %+v", r)
	}
}

func TestTheCAIsRenewedWhenItsUserSaysSo(t *testing.T) {
	m := newMachine(t)
	m.must("trust", "--store", "chromium")
	file := filepath.Join(m.home, "c", "data", "ca", "ca.pem")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if out := m.must("trust", "--renew", "--force"); !strings.Contains(out, "trusted, now") {
		t.Errorf("it says %q", out)
	}
	after, err := os.ReadFile(file)
	if err != nil || string(after) == string(before) {
		t.Errorf("the CA is the same, %v", err)
	}
	if got := m.chromium("trust", "--status"); got != "trusted" {
		t.Errorf("the new CA is %s", got)
	}
}

func TestNothingIsRenewedBeforeItsTime(t *testing.T) {
	m := newMachine(t)
	m.must("trust", "--store", "chromium")
	r := m.do("trust", "--renew")
	if r.code != 0 || !strings.Contains(r.err, "nothing was changed") || r.out != "" {
		t.Errorf("%+v", r)
	}
	if r := m.do("trust", "--renew", "--status"); r.code != 2 {
		t.Errorf("flags that exclude each other: %+v", r)
	}
}
