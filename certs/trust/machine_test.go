package trust

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/certs"
)

// machine is a computer in two temporary folders, its file system and a fresh home. The real tools are linked into
// it, so that what is tested is what they do, and no store of the computer that runs the tests is touched.
type machine struct {
	t    testing.TB
	root string
	home string
	sys  System
}

func newMachine(t testing.TB) *machine {
	t.Helper()
	m := &machine{t: t, root: t.TempDir(), home: t.TempDir()}
	m.sys = System{
		Root: m.root,
		Env:  []string{"HOME=" + m.home, "PATH=/usr/bin:/bin", "LANG=C"},
	}
	return m
}

// tool links a program of this computer into the machine.
func (m *machine) tool(name, pkg string) {
	m.t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		m.t.Fatalf("%s is not installed (run: apt-get install %s)", name, pkg)
	}
	m.mkdir("/usr/bin")
	if err := os.Symlink(path, filepath.Join(m.root, "usr/bin", filepath.Base(name))); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) mkdir(path string) {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Join(m.root, path), 0o755); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) write(path, data string, mode os.FileMode) {
	m.t.Helper()
	m.mkdir(filepath.Dir(path))
	if err := os.WriteFile(filepath.Join(m.root, path), []byte(data), mode); err != nil {
		m.t.Fatal(err)
	}
}

// script puts a shell script into the machine, in which $R is its root.
func (m *machine) script(path, body string) {
	m.t.Helper()
	m.write(path, "#!/bin/sh\nset -e\nR='"+m.root+"'\n"+body+"\n", 0o755)
}

// inHome makes a folder below the home folder and returns its path.
func (m *machine) inHome(path string) string {
	m.t.Helper()
	dir := filepath.Join(m.home, path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		m.t.Fatal(err)
	}
	return dir
}

func (m *machine) writeHome(path, data string) {
	m.t.Helper()
	m.inHome(filepath.Dir(path))
	if err := os.WriteFile(filepath.Join(m.home, path), []byte(data), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// certutil runs the real certutil on a database, as another program of the user would.
func certutil(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("certutil", append([]string{args[0], "-d", "sql:" + dir}, args[1:]...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("certutil %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// database makes an empty NSS database below the home folder.
func (m *machine) database(path string) string {
	m.t.Helper()
	dir := m.inHome(path)
	certutil(m.t, dir, "-N", "--empty-password")
	return dir
}

// debian makes the machine a Debian with two CAs, whose update-ca-certificates is the real one.
func (m *machine) debian() {
	m.t.Helper()
	const real = "/usr/sbin/update-ca-certificates"
	if _, err := os.Stat(real); err != nil {
		m.t.Fatalf("%s is not installed (run: apt-get install ca-certificates openssl)", real)
	}
	m.write("/etc/os-release", "PRETTY_NAME=\"Debian\"\nID=debian\n", 0o644)
	m.write("/usr/share/ca-certificates/other.crt", string(newRoot(m.t).PEM()), 0o644)
	m.write("/etc/ca-certificates.conf", "other.crt\n", 0o644)
	m.write("/usr/local/share/ca-certificates/company.crt", string(newRoot(m.t).PEM()), 0o644)
	m.mkdir("/etc/ssl/certs")
	m.mkdir("/etc/ca-certificates/update.d")
	m.script("/usr/sbin/update-ca-certificates", `exec `+real+` "$@" --certsconf "$R/etc/ca-certificates.conf" \
		--certsdir "$R/usr/share/ca-certificates" --localcertsdir "$R/usr/local/share/ca-certificates" \
		--etccertsdir "$R/etc/ssl/certs" --hooksdir "$R/etc/ca-certificates/update.d"`)
	m.run("/usr/sbin/update-ca-certificates")
}

// run runs a program of the machine.
func (m *machine) run(path string, args ...string) {
	m.t.Helper()
	if out, err := exec.Command(filepath.Join(m.root, path), args...).CombinedOutput(); err != nil {
		m.t.Fatalf("%s: %v\n%s", path, err, out)
	}
}

// bundler makes the machine one whose command, at path, writes all anchors of a folder into one bundle.
func (m *machine) bundler(osRelease, path, arg, anchors, bundle string) {
	m.t.Helper()
	m.write("/etc/os-release", osRelease, 0o644)
	m.mkdir(anchors)
	m.mkdir(filepath.Dir(bundle))
	m.write(filepath.Join(anchors, "company.pem"), string(newRoot(m.t).PEM()), 0o644)
	m.script(path, fmt.Sprintf(`[ "$*" = "%s" ]; cat "$R%s"/* > "$R%s"`, arg, anchors, bundle))
	m.run(path, strings.Fields(arg)...)
}

// sudo gives the machine a user who is not root and a sudo that lets them do everything.
func (m *machine) sudo(prompt *bytes.Buffer) {
	m.t.Helper()
	m.sys.UID = 1000
	m.sys.Prompt = prompt
	m.script("/usr/bin/sudo", `[ "$1" = -- ]; shift; exec "$@"`)
	m.culvert()
}

// files lists every file and link of a folder with its content or target, one a line.
func files(t testing.TB, dir string) string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if target, err := os.Readlink(path); err == nil {
			list = append(list, path+" -> "+target)
			return nil
		}
		data, err := os.ReadFile(path)
		list = append(list, fmt.Sprintf("%s %q", path, data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// wantSame compares two lists of files, and names those that differ.
func wantSame(t *testing.T, before, after string) {
	t.Helper()
	had, has := strings.Split(before, "\n"), strings.Split(after, "\n")
	for _, f := range has {
		if !slices.Contains(had, f) {
			t.Errorf("left behind or changed: %.200s", f)
		}
	}
	for _, f := range had {
		if !slices.Contains(has, f) {
			t.Errorf("lost or changed: %.200s", f)
		}
	}
}

func newRoot(t testing.TB) *certs.Root { return newCA(t).Root }

func newCA(t testing.TB) *certs.CA {
	t.Helper()
	dir := t.TempDir()
	// One by one: the Windows of Wine lacks what the removal of a whole folder takes.
	t.Cleanup(func() {
		for _, name := range []string{"ca.pem", "issuer.pem", "ca-key.pem", ""} {
			os.Remove(filepath.Join(dir, name))
		}
	})
	ca, err := certs.LoadOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func addTo(t *testing.T, sys System, s Store, root *certs.Root) {
	t.Helper()
	wantStatus(t, s.Name(), Add(t.Context(), sys, []Store{s}, root)[0].Status, Trusted)
}

func removeFrom(t *testing.T, sys System, s Store, root *certs.Root) {
	t.Helper()
	wantStatus(t, s.Name(), Remove(t.Context(), sys, []Store{s}, root)[0].Status, NotTrusted)
}

// findStore returns the store of that name.
func findStore(t testing.TB, sys System, name string) Store {
	t.Helper()
	var names []string
	for _, s := range Stores(sys) {
		if s.Name() == name {
			return s
		}
		names = append(names, s.Name())
	}
	t.Fatalf("there is no store %q among %q", name, names)
	return nil
}

func want(t *testing.T, s Store, root *certs.Root, state State, words ...string) {
	t.Helper()
	wantStatus(t, s.Name(), s.Check(context.Background(), root), state, words...)
}

func wantStatus(t *testing.T, name string, got Status, state State, words ...string) {
	t.Helper()
	if got.State != state {
		t.Fatalf("%s is %v, want %v", name, got, state)
	}
	for _, w := range words {
		if !strings.Contains(got.String(), w) {
			t.Errorf("%s: %q does not say %q", name, got, w)
		}
	}
	if strings.Contains(got.String(), "\n") {
		t.Errorf("%s: %q is more than a line", name, got)
	}
	if got.State == Cannot && (got.Reason == "" || got.Fix == "" || got.Err == nil) {
		t.Errorf("%s: %#v lacks a reason, a fix or an error", name, got)
	}
}
