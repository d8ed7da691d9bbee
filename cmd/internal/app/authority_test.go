package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/certs"
	"culvert/certs/certstest"
	"culvert/certs/trust"
)

// withChromium gives the user of the test a Chromium that trusts no CA of ours yet, and a system without other stores.
func withChromium(t *testing.T, f Folders) trust.System {
	t.Helper()
	certutil, err := exec.LookPath("certutil")
	if err != nil {
		t.Fatal("certutil is not installed (apt-get install libnss3-tools)")
	}
	home := os.Getenv("HOME")
	dir := filepath.Join(home, ".local", "share", "pki", "nssdb")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(certutil, "-N", "--empty-password", "-d", "sql:"+dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "usr", "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(certutil, filepath.Join(root, "usr", "bin", "certutil")); err != nil {
		t.Fatal(err)
	}
	return trust.System{
		Root: root, Env: []string{"HOME=" + home, "PATH=/usr/bin"}, Receipt: trust.NewReceipt(f.Receipt()),
	}
}

// speaksFor reports whether the app answers a TLS client that trusts one root alone and asks for a name.
func speaksFor(t *testing.T, a *App, name string, root *certs.Root) bool {
	t.Helper()
	p, err := a.project(demoName)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root.Certificate())
	c, err := tls.Dial("tcp", p.Listen[0], &tls.Config{ServerName: name, RootCAs: pool})
	if err != nil {
		return false
	}
	c.Close()
	return true
}

func TestRenewalLeavesNoStoreWithoutTrust(t *testing.T) {
	f := foldersForTest(t)
	sys := withChromium(t, f)
	a := openForTest(t, Options{Folders: f, System: func() trust.System { return sys }})
	auth, old := a.Authorities(), a.Roots()[0]
	if _, err := auth.Add(t.Context(), old, "chromium"); err != nil {
		t.Fatal(err)
	}
	if done, err := auth.Renew(t.Context(), false); err != nil || done.Root != nil {
		t.Fatalf("a CA that lasts was renewed: %+v, %v", done.Root, err)
	}
	done, err := auth.Renew(t.Context(), true)
	if err != nil || done.Root.Fingerprint() == old.Fingerprint() || done.of(t, "chromium") != trust.Trusted {
		t.Fatalf("renewed: %+v, %v", done, err)
	}
	if was, _ := auth.Audit(t.Context(), old); was.of(t, "chromium") != trust.NotTrusted {
		t.Error("the old CA stays trusted")
	}
	waitFor(t, "the tunnels to use the new CA", func() bool { return speaksFor(t, a, "localhost", done.Root) })
	if speaksFor(t, a, "localhost", old) {
		t.Error("the old CA still signs")
	}
	for _, e := range sys.Receipt.Entries() {
		if e.Fingerprint == old.Fingerprint() {
			t.Errorf("the receipt still names %+v", e)
		}
	}
}

func TestRenewalThatAStoreRefusesChangesNothing(t *testing.T) {
	f := foldersForTest(t)
	sys := withChromium(t, f)
	auth := NewAuthorities(f, func() trust.System { return sys })
	cas, err := auth.Load()
	if err != nil {
		t.Fatal(err)
	}
	old := cas[0].Root
	if _, err := auth.Add(t.Context(), old, "chromium"); err != nil {
		t.Fatal(err)
	}
	real, broken := sys, errors.New("the disk is full")
	sys.Run = func(ctx context.Context, c trust.Command) ([]byte, error) {
		if slices.Contains(c.Args, "-A") {
			return nil, &trust.CommandError{Command: c, Err: broken}
		}
		cmd := exec.CommandContext(ctx, c.Path, c.Args...)
		cmd.Env = c.Env
		return cmd.Output()
	}
	if _, err := auth.Renew(t.Context(), true); err == nil || !strings.Contains(err.Error(), "the old CA stays in use: chromium: ") {
		t.Errorf("the error is %v", err)
	}
	sys = real
	now, err := auth.First()
	if err != nil || now.Fingerprint() != old.Fingerprint() {
		t.Errorf("the CA is another: %v", err)
	}
	if still, _ := auth.Audit(t.Context(), old); still.of(t, "chromium") != trust.Trusted {
		t.Error("the old CA is no longer trusted")
	}
}

func TestOwnNamesHaveACAOfTheirOwn(t *testing.T) {
	f := foldersForTest(t)
	sys := withChromium(t, f)
	a := openForTest(t, Options{Folders: f, System: func() trust.System { return sys }})
	auth, first := a.Authorities(), a.Roots()[0]
	if _, err := auth.Add(t.Context(), first, "chromium"); err != nil {
		t.Fatal(err)
	}
	made, err := auth.SetNames(t.Context(), []string{"web.example.cn"})
	if err != nil {
		t.Fatal(err)
	}
	if found, _ := auth.Audit(t.Context(), made.Root); found.of(t, "chromium") != trust.NotTrusted {
		t.Error("it is trusted without having been asked for")
	}
	if _, err := auth.Add(t.Context(), made.Root, "chromium"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the tunnels to sign own names", func() bool { return speaksFor(t, a, "web.example.cn", made.Root) })

	wider, err := auth.SetNames(t.Context(), []string{"web.example.cn", "chat.example.cn"})
	if err != nil || wider.of(t, "chromium") != trust.Trusted {
		t.Fatalf("another name: %+v, %v", wider, err)
	}
	waitFor(t, "the tunnels to sign the other name", func() bool { return speaksFor(t, a, "chat.example.cn", wider.Root) })
	if was, _ := auth.Audit(t.Context(), made.Root); was.of(t, "chromium") != trust.NotTrusted {
		t.Error("the one before stays trusted")
	}
	if !speaksFor(t, a, "localhost", first) {
		t.Error("the first CA has suffered")
	}

	if _, err := auth.SetNames(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.Second(); !errors.Is(err, certs.ErrNoCA) {
		t.Errorf("without names there still is a CA: %v", err)
	}
	if was, _ := auth.Audit(t.Context(), wider.Root); was.of(t, "chromium") != trust.NotTrusted {
		t.Error("it stays trusted")
	}
	waitFor(t, "own names to be refused", func() bool { return !speaksFor(t, a, "chat.example.cn", wider.Root) })
	if still, _ := auth.Audit(t.Context(), first); still.of(t, "chromium") != trust.Trusted {
		t.Error("the first CA went too")
	}
}

func TestRemoveAllWorksWithoutTheFoldersOfTheCAs(t *testing.T) {
	f := foldersForTest(t)
	sys := withChromium(t, f)
	auth := NewAuthorities(f, func() trust.System { return sys })
	if _, err := auth.RemoveAll(t.Context()); !errors.Is(err, certs.ErrNoCA) {
		t.Errorf("with nothing to remove: %v", err)
	}
	cas, err := auth.Load()
	if err != nil {
		t.Fatal(err)
	}
	own, err := auth.SetNames(t.Context(), []string{"10.1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	for _, root := range []*certs.Root{cas[0].Root, own.Root} {
		if got, err := auth.Add(t.Context(), root, "chromium"); err != nil || got.of(t, "chromium") != trust.Trusted {
			t.Fatalf("added: %+v, %v", got, err)
		}
	}
	for _, dir := range []string{f.CA(), f.NamedCA()} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := auth.RemoveAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, root := range []*certs.Root{cas[0].Root, own.Root} {
		if left, _ := auth.Audit(t.Context(), root); left.of(t, "chromium") != trust.NotTrusted {
			t.Errorf("%s stays", root.Certificate().Subject.CommonName)
		}
	}
	if left := sys.Receipt.Entries(); len(left) != 0 {
		t.Errorf("the receipt still names %+v", left)
	}
}

func TestACAThatSignsNothingStillOpensTheApp(t *testing.T) {
	for name, age := range map[string]func(testing.TB, string){
		"expired":            func(t testing.TB, dir string) { certstest.End(t, dir, time.Now().Add(-time.Hour)) },
		"of the former kind": certstest.Former,
	} {
		t.Run(name, func(t *testing.T) {
			f := foldersForTest(t)
			if _, err := certs.LoadOrCreate(f.CA()); err != nil {
				t.Fatal(err)
			}
			age(t, f.CA())
			a := openForTest(t, Options{Folders: f, System: func() trust.System { return trust.System{Root: t.TempDir()} }})
			root := a.Roots()[0]
			if !root.Expiring(time.Now()) || speaksFor(t, a, "localhost", root) {
				t.Fatal("the CA is not the aged one")
			}
			if _, err := a.Authorities().Add(t.Context(), root); (err != nil) != (root.Former() != nil) {
				t.Errorf("stores begin to trust it: %v", err)
			}
			done, err := a.Authorities().Renew(t.Context(), false)
			if err != nil || done.Root == nil {
				t.Fatalf("renewed: %+v, %v", done, err)
			}
			waitFor(t, "the tunnels to work again", func() bool { return speaksFor(t, a, "localhost", done.Root) })
		})
	}
}

func TestABrowserThatAppearsLaterIsNoticed(t *testing.T) {
	f := foldersForTest(t)
	sys := withChromium(t, f)
	auth := NewAuthorities(f, func() trust.System { return sys })
	ctx, cancel := context.WithCancel(t.Context())
	changed, done := make(chan struct{}, 16), make(chan struct{})
	go func() {
		defer close(done)
		auth.WatchBrowsers(ctx, func() { changed <- struct{}{} })
	}()
	defer func() { cancel(); <-done }()
	profile := filepath.Join(os.Getenv("HOME"), ".config", "mozilla", "firefox", "x.default")
	install := func() {
		if err := errors.Join(os.MkdirAll(profile, 0o700),
			os.WriteFile(filepath.Join(filepath.Dir(profile), "profiles.ini"), []byte("[Profile0]\nPath=x.default\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	// What is there before the watch has begun is no change: it comes and goes until a change is noticed.
	there := false
	waitFor(t, "Firefox to be noticed", func() bool {
		if there = !there; there {
			install()
		} else if err := os.RemoveAll(filepath.Dir(profile)); err != nil {
			t.Fatal(err)
		}
		select {
		case <-changed:
			return true
		case <-time.After(3 * browserDelay):
			return false
		}
	})
	install()
	if _, err := ChooseStores(trust.Stores(sys), "firefox/x.default"); err != nil {
		t.Error(err)
	}
}
