package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"culvert/cmd/internal/desktop/desktoptest"
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

func TestTrustIsProvenByTheBrowserItself(t *testing.T) {
	m := newMachine(t)
	m.knowsTheStart()
	desktoptest.Watch(t, m.bus)
	m.start()
	m.screen.Window(t, title)
	m.screen.Key(t, "ctrl+t")
	m.press(m.beside(m.find("text", "Chromium, Chrome, Edge"), "button", "Trust"))
	m.see("Trusted by 1 of")
	m.press(m.beside(m.find("text", "Chromium, Chrome, Edge"), "button", "Prove"))
	m.until("Chromium has proven it", func() bool {
		return len(m.having("text", "NSS, Chromium ")) == 1
	})
	m.screen.Shot(t, "proven")
	m.press(m.beside(m.find("text", "Chromium, Chrome, Edge"), "button", "Remove"))
	m.until("what was proven is forgotten", func() bool { return len(m.having("text", "NSS, Chromium ")) == 0 })
}

func TestABrowserThatAppearsIsOffered(t *testing.T) {
	m := newMachine(t)
	m.knowsTheStart()
	desktoptest.Watch(t, m.bus)
	m.start()
	m.screen.Window(t, title)
	m.see("CA not trusted")
	m.screen.Key(t, "ctrl+t")
	m.press(m.beside(m.find("text", "Chromium, Chrome, Edge"), "button", "Trust"))
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
