package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/certs"
	"culvert/certs/trust/browser"
	"culvert/tunnel/compose"
	"culvert/tunnel/control"
	"culvert/tunnel/demo"
	"culvert/tunnel/doctor"
)

// ownPair writes a certificate that another CA signed for localhost, and its key, into a file.
func ownPair(t *testing.T, file string) {
	t.Helper()
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Leaf([]string{"localhost"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	chain, key, err := certs.EncodePair(leaf)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, file, string(chain)+string(key))
}

func TestAProjectWithItsOwnCertificateIsReachedByTheApp(t *testing.T) {
	backend, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Close()
	a := openQuietly(t, Options{Folders: foldersForTest(t)})
	own := filepath.Join(t.TempDir(), "own.pem")
	ownPair(t, own)
	file := projectFile(t, "chat", "")
	writeFile(t, file, fmt.Sprintf("name = \"chat\"\n[certificate]\nfile = %q\n[[route]]\nto = [\"ws://%s\"]\n", own, backend.Addr()))
	addForTest(t, a, file)
	if err := a.Switch(t.Context(), "chat", true); err != nil {
		t.Fatal(err)
	}
	send := func() {
		t.Helper()
		s, err := a.Compose(t.Context(), "chat", compose.Target{URL: "/ws"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(1000, ""); err != nil {
			t.Error(err)
		}
	}
	send()
	p, err := a.project("chat")
	if err != nil {
		t.Fatal(err)
	}
	met, err := browser.Meet(t.Context(), p.URLs[0], p.Certificate, a.Roots()...)
	if err != nil || !met.Leaf.Equal(a.engine.Certificate("chat")) {
		t.Errorf("an isolated browser is to accept %v, %v", met.Leaf, err)
	}
	if _, err := browser.Meet(t.Context(), p.URLs[0], strings.Repeat("0", 64), a.Roots()...); err == nil {
		t.Error("another certificate than the project's is accepted")
	}

	if err := os.Rename(own, own+".away"); err != nil {
		t.Fatal(err)
	}
	waitForProject(t, a, "the trouble with its certificate", func(p control.Project) bool {
		return p.State == control.On && p.Fault == control.BadFile &&
			strings.Contains(p.Reason, "own.pem: there is no such file") && strings.HasSuffix(p.Reason, "; it is served as it was before")
	})
	send() // under the last good one
	ownPair(t, own)
	send() // under the new one
	if _, err := browser.Meet(t.Context(), p.URLs[0], p.Certificate, a.Roots()...); err == nil {
		t.Error("the old certificate is still shown")
	}
	waitForProject(t, a, "the end of it", func(now control.Project) bool {
		return now.Fault == control.NoFault && now.Certificate != p.Certificate
	})
}

func TestAProjectIsServedOnceItsCertificateIsThere(t *testing.T) {
	a := openQuietly(t, Options{Folders: foldersForTest(t)})
	own := filepath.Join(t.TempDir(), "own.pem")
	file := projectFile(t, "chat", fmt.Sprintf("[certificate]\nfile = %q", own))
	addForTest(t, a, file)
	if err := a.Switch(t.Context(), "chat", true); err == nil || !strings.Contains(err.Error(), "there is no such file") {
		t.Errorf("switching it on: %v", err)
	}
	waitForProject(t, a, "its failure", func(p control.Project) bool {
		return p.State == control.Failed && strings.Contains(p.Reason, "own.pem: there is no such file")
	})
	found, err := a.Doctor(t.Context(), "chat")
	if err != nil || !slices.ContainsFunc(found, func(f doctor.Finding) bool { return f.Check == "certificate-unreadable" }) {
		t.Errorf("the doctor finds %+v, %v", found, err)
	}
	ownPair(t, own)
	waitForProject(t, a, "its certificate", func(p control.Project) bool {
		return p.State == control.On && p.Certificate != ""
	})
}
