package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/tunnel/doctor"
)

// away writes the file of a project whose backend is not there, and adds it.
func (m machine) away(name string) {
	m.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		m.t.Fatal(err)
	}
	defer l.Close() // nobody listens there then
	file := filepath.Join(m.home, name+".toml")
	text := fmt.Sprintf("name = %q\nhosts = [\"localhost\"]\n[[route]]\npath = \"/ws\"\nto = [\"ws://%s\"]\n", name, l.Addr())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
	m.must("add", file)
}

func TestTheDoctorSaysWhatIsWrongWithAndWithoutTheApp(t *testing.T) {
	m := newMachine(t)
	m.away("away")
	m.must("on", "away")

	r := m.do("doctor")
	for _, want := range []string{
		"this machine\n  ✗ There is no local CA yet.\n    why:  Without it ",
		"          run: culvert trust\n\nproject away\n  ✗ Nothing listens where the route /ws leads: ws://127.0.0.1:",
		"    fix:  start the backend\n", "  ! No culvert runs, so the project is not served.\n",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("without the app there is no %q in\n%s", want, r.out)
		}
	}
	if r.code != 1 || r.err != "culvert: doctor: no app runs, so nothing is known of what passed (start it with: culvert run)\n" {
		t.Errorf("exit %d, %q", r.code, r.err)
	}

	p, _ := m.run()
	r = m.do("doctor", "away", "--json")
	var found []doctor.Finding
	if err := json.Unmarshal([]byte(r.out), &found); err != nil {
		t.Fatalf("%v in %s", err, r.out)
	}
	checks := map[string]doctor.Severity{}
	for _, f := range found {
		checks[f.Check+" "+f.Project] = f.Severity
	}
	if checks["backend-absent away"] != doctor.Error || checks["not-served away"] != "" || checks["ca-missing "] != "" {
		t.Errorf("with the app it finds %v", checks)
	}
	if r.code != 1 || r.err != "" {
		t.Errorf("exit %d, %q", r.code, r.err)
	}
	m.must("off", "away")
	r = m.do("doctor")
	if strings.Contains(r.out, "away") {
		t.Errorf("a project that is off is examined unasked:\n%s", r.out)
	}
	if r = m.do("doctor", "nowhere"); r.code != 1 || !strings.Contains(r.err, "project nowhere: not known") {
		t.Errorf("exit %d, %q", r.code, r.err)
	}
	if code := p.end(os.Interrupt); code != 0 {
		t.Errorf("run ended with %d", code)
	}
}

func TestWhereNothingIsFoundItIsSaidWhatWasLookedAt(t *testing.T) {
	var text strings.Builder
	reportOn(&text, "web-chat", []doctor.Finding{{Project: "other", What: "something"}})
	got := text.String()
	if !strings.HasPrefix(got, "project web-chat\n  ✓ nothing found. Looked at: ") || !strings.Contains(got, "the addresses of its hosts") ||
		strings.Contains(got, "something") {
		t.Errorf("it says\n%s", got)
	}
}

func TestAFindingPrintsNothingThatATerminalObeys(t *testing.T) {
	var text strings.Builder
	reportFinding(&text, doctor.Finding{
		Severity: doctor.Note, What: "a\x1b[2Jb", Evidence: "c\x07", Why: "d\ne", Fixes: []doctor.Fix{{What: "f\rg", Command: "h\x00"}},
	})
	if got := text.String(); strings.ContainsAny(got, "\x1b\x07\r\x00") || strings.Count(got, "\n") != 5 {
		t.Errorf("it prints %q", got)
	}
}
