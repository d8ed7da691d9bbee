package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"culvert/certs"
	"culvert/certs/certstest"
	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

func TestTheDoctorSaysWhatIsWrongUntilItIsMended(t *testing.T) {
	m := newMachine(t)
	b := newBackend(t)
	desktoptest.Watch(t, m.bus)
	_, chat := m.open(b)
	addr := b.Listener.Addr().String()
	b.Close()
	m.trust() // what concerns the project comes first then

	m.screen.Key(t, "ctrl+5")
	m.see("Nothing listens where the route / leads: ws://" + addr)
	m.see("connection refused")
	m.screen.Shot(t, "doctor")
	m.click("button", "Edit project")
	m.see("Edit chat")

	// Another address in the file, at which there is a backend.
	other := newBackend(t)
	m.click("field", "ws://"+addr)
	m.screen.Key(t, "ctrl+a")
	m.screen.Type(t, other.address())
	m.screen.Key(t, "ctrl+s")
	m.find("link", chat.URLs[0][len("https:"):])
	m.screen.Key(t, "ctrl+5")
	m.click("button", "Check again")
	m.miss("Nothing listens")
	m.see("The trust store firefox does not trust the CA.")
}

func TestAHandshakeThatFailsIsARowWithItsCure(t *testing.T) {
	m := newMachine(t)
	desktoptest.Watch(t, m.bus)
	_, chat := m.open(newBackend(t))
	_, err := tls.Dial("tcp", chat.Listen[0], &tls.Config{ServerName: "localhost", RootCAs: x509.NewCertPool()})
	if err == nil {
		t.Fatal("a client that trusts nobody accepts")
	}
	m.until("the handshake is a row", func() bool {
		return len(containing(m.rows(), "Go does not trust the CA")) == 1
	})
	m.press(m.find("row", "Go does not trust the CA"))
	m.see("bad_certificate")
	m.see("What to do")
	m.screen.Key(t, "ctrl+5")
	m.see("Go does not trust the CA")
}

func TestTheMachinesOwnStoreIsOutOfReachOfTheTests(t *testing.T) {
	before := systemStore(t)
	m := newMachine(t)
	m.knowsTheStart()
	desktoptest.Watch(t, m.bus)
	m.start()
	m.screen.Window(t, title)
	m.screen.Key(t, "ctrl+t")
	m.pressBeside("System", "Trust")
	m.see("not possible")
	if after := systemStore(t); !slices.Equal(after, before) {
		t.Errorf("the system's store had %q and has %q", before, after)
	}
}

func TestTrustIsProvenByTheBrowserItself(t *testing.T) {
	m := newMachine(t)
	m.knowsTheStart()
	desktoptest.Watch(t, m.bus)
	m.start()
	m.screen.Window(t, title)
	m.screen.Key(t, "ctrl+t")
	m.pressBeside("Chromium, Chrome, Edge", "Trust")
	m.see("Trusted by 1 of")
	m.pressBeside("Chromium, Chrome, Edge", "Prove")
	m.until("Chromium has proven it", func() bool {
		return len(m.having("text", "NSS, Chromium ")) == 1
	})
	m.still("proven")
	m.pressBeside("Chromium, Chrome, Edge", "Remove")
	m.until("what was proven is forgotten", func() bool { return len(m.having("text", "NSS, Chromium ")) == 0 })
}

func TestACAThatEndsIsRenewedInOneStep(t *testing.T) {
	dir := func(m *machine) string { return filepath.Join(m.home, "c", "data", "ca") }
	for name, age := range map[string]struct {
		ca   func(testing.TB, string)
		says string
	}{
		"it ends in 30 days": {
			func(t testing.TB, dir string) { certstest.End(t, dir, time.Now().Add(30*24*time.Hour)) }, "The CA ends on",
		},
		"an earlier Culvert made it": {certstest.Former, "signs nothing any more"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.knowsTheStart()
			if _, err := certs.LoadOrCreate(dir(m)); err != nil {
				t.Fatal(err)
			}
			age.ca(t, dir(m))
			desktoptest.Watch(t, m.bus)
			m.start()
			m.screen.Window(t, title)
			m.see(age.says)
			before, err := certs.ReadRoot(dir(m))
			if err != nil {
				t.Fatal(err)
			}
			m.click("button", "Renew")
			m.miss(age.says)
			m.see("Until")
			after, err := certs.Load(dir(m))
			if err != nil || after.Fingerprint() == before.Fingerprint() {
				t.Fatalf("the CA is not another: %v", err)
			}
			m.client(m.project("demo", on), "/ws", "signed anew")
		})
	}
}

func TestABrowserThatAppearsIsOffered(t *testing.T) {
	m := newMachine(t)
	m.knowsTheStart()
	desktoptest.Watch(t, m.bus)
	m.start()
	m.screen.Window(t, title)
	m.see("CA not trusted")
	m.screen.Key(t, "ctrl+t")
	m.pressBeside("Chromium, Chrome, Edge", "Trust")
	m.see("CA trusted · 1 of")

	profile := filepath.Join(m.home, ".config", "mozilla", "firefox", "x.work")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	m.write(".config/mozilla/firefox/profiles.ini", "[Profile0]\nName=work\nPath=x.work\n")
	m.see("Firefox · work")
	m.see("has appeared")
	m.still("appeared")
	m.click("button", "Not now")
	m.miss("has appeared")
}

// pressBeside waits for a button at the height of a text, and clicks it.
func (m *machine) pressBeside(text, button string) {
	m.Helper()
	var found control.Node
	m.until("button "+button+" is beside "+text, func() bool {
		before := found
		at := m.find("text", text)
		for _, n := range m.having("button", button) {
			if n.Y < at.Y+at.H && at.Y < n.Y+n.H {
				found = n
			}
		}
		return found == before && found.Role != ""
	})
	m.press(found)
}
