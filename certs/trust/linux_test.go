package trust

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestLayoutNeedsFolderAndCommand(t *testing.T) {
	t.Parallel()
	const (
		debian = "/usr/local/share/ca-certificates"
		fedora = "/etc/pki/ca-trust/source/anchors"
		arch   = "/etc/ca-certificates/trust-source/anchors"
		suse   = "/etc/pki/trust/anchors"
	)
	tests := []struct {
		name      string
		osRelease string
		folders   []string
		commands  []string
		want      string // the folder of the store, or "" for none
	}{
		{"Debian", "ID=debian", []string{debian}, []string{"update-ca-certificates"}, debian},
		{"Ubuntu with a folder of Fedora's", "ID=ubuntu\nID_LIKE=debian", []string{fedora, debian}, []string{"update-ca-certificates"}, debian},
		{"Ubuntu with Fedora's folder and command", "ID=ubuntu", []string{fedora, debian}, []string{"update-ca-certificates", "update-ca-trust"}, debian},
		{"Fedora", "ID=fedora", []string{fedora}, []string{"update-ca-trust", "trust"}, fedora},
		{"Rocky", "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", []string{fedora, arch}, []string{"update-ca-trust", "trust"}, fedora},
		{"Arch", "ID=arch", []string{arch}, []string{"trust", "update-ca-trust"}, arch},
		{"SUSE", "ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"", []string{suse, debian}, []string{"update-ca-certificates", "trust"}, suse},
		{"Debian with a folder of SUSE's", "ID=debian", []string{suse, debian}, []string{"update-ca-certificates"}, debian},
		{"Alpine", "ID=alpine", []string{debian}, []string{"update-ca-certificates"}, debian},
		{"a distribution without a name", "", []string{debian}, []string{"update-ca-certificates"}, debian},
		{"a folder without its command", "ID=debian", []string{debian}, nil, ""},
		{"a command without its folder", "ID=debian", nil, []string{"update-ca-certificates"}, ""},
		{"NixOS", "ID=nixos", nil, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.write("/etc/os-release", tt.osRelease+"\n", 0o644)
			for _, dir := range tt.folders {
				m.mkdir(dir)
			}
			for _, c := range tt.commands {
				m.script("/usr/sbin/"+c, "exit 1")
			}
			store := findStore(t, m.sys, "system")
			root := newRoot(t)
			if tt.want == "" {
				want(t, store, root, Absent)
				for _, r := range append(Add(t.Context(), m.sys, []Store{store}, root), Remove(t.Context(), m.sys, []Store{store}, root)...) {
					wantStatus(t, "system", r.Status, Absent)
				}
				return
			}
			if got := store.Where(); got != filepath.Join(m.root, tt.want) {
				t.Errorf("the store is at %s", got)
			}
			want(t, store, root, NotTrusted)
		})
	}
}

func TestSystemStoreIsReadFromItsBundle(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.debian()
	root := newRoot(t)
	store := findStore(t, m.sys, "system")
	m.write("/usr/local/share/ca-certificates/by-hand.crt", string(root.PEM()), 0o644)
	want(t, store, root, NotTrusted, "by-hand.crt is there, but not in")
	m.run("/usr/sbin/update-ca-certificates")
	want(t, store, root, Trusted)
	if err := store.Remove(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	if after := files(t, m.root); strings.Contains(after, "by-hand") {
		t.Errorf("a copy under another name is left:\n%s", after)
	}
}

func TestCommandThatDoesNothingIsNoticed(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.mkdir("/usr/local/share/ca-certificates")
	m.script("/usr/sbin/update-ca-certificates", "exit 0")
	result := Add(t.Context(), m.sys, []Store{findStore(t, m.sys, "system")}, newRoot(t))[0]
	if result.Status.State != Cannot || result.Changed || !strings.Contains(result.Status.Reason, "reading back") {
		t.Errorf("the result is %+v", result)
	}
}

func TestChangingTheSystemTakesRoot(t *testing.T) {
	t.Parallel()
	refuse := func(words string) func(*machine, *bytes.Buffer) {
		return func(m *machine, prompt *bytes.Buffer) {
			m.sudo(prompt)
			m.script("/usr/bin/sudo", fmt.Sprintf("echo %q >&2; exit 1", words))
		}
	}
	tests := []struct {
		name     string
		prepare  func(*machine, *bytes.Buffer)
		prompted bool
		words    []string
	}{
		{"no terminal", func(m *machine, prompt *bytes.Buffer) {
			m.sudo(prompt)
			m.sys.Prompt = nil
		}, false, []string{"takes root", "run: sudo ", "/usr/bin/culvert elevated --ca ", "ca.pem --add system@"}},
		{"no sudo", func(m *machine, prompt *bytes.Buffer) {
			m.sudo(prompt)
			m.removeTool("sudo")
		}, false, []string{"takes root", "run: sudo "}},
		{"a wrong password", refuse("sudo: 3 incorrect password attempts"), true, []string{"the password was wrong each time", "run: sudo "}},
		{"a user who may not", refuse("dev is not in the sudoers file."), true, []string{"not allowed to use sudo", "run: sudo "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.debian()
			var prompt bytes.Buffer
			tt.prepare(m, &prompt)
			root := newRoot(t)
			before := files(t, m.root)
			stores := []Store{findStore(t, m.sys, "system"), &memoryStore{}}
			results := Add(t.Context(), m.sys, stores, root)
			wantStatus(t, "system", results[0].Status, Cannot, tt.words...)
			wantStatus(t, "the store behind it", results[1].Status, Trusted)
			wantSame(t, before, files(t, m.root))
			if lines := strings.Count(prompt.String(), "\n"); (lines == 1) != tt.prompted {
				t.Errorf("the user was told %q", prompt.String())
			}
		})
	}
}

func TestPromptSaysWhatForBeforeSudoAsks(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.debian()
	var prompt bytes.Buffer
	m.sudo(&prompt)
	store, root := findStore(t, m.sys, "system"), newRoot(t)
	Add(t.Context(), m.sys, []Store{store}, root)
	Remove(t.Context(), m.sys, []Store{store}, root)
	lines := strings.Split(strings.TrimSpace(prompt.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "password, to put the Culvert CA into "+store.Where()) ||
		!strings.Contains(lines[1], "password, to take the Culvert CA out of "+store.Where()) {
		t.Errorf("the user was told %q", lines)
	}
	if Remove(t.Context(), m.sys, []Store{store}, root); strings.Count(prompt.String(), "\n") != 2 {
		t.Errorf("there was nothing to do, yet the user was told %q", prompt.String())
	}
}

func TestReadOnlyFileSystem(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.debian()
	store := findStore(t, m.sys, "system").(*systemAnchors)
	status := cannot(store.explain(&fs.PathError{Op: "open", Path: "/etc/x", Err: syscall.EROFS}))
	wantStatus(t, "system", status, Cannot, "read-only")
	if !errors.Is(status.Err, syscall.EROFS) {
		t.Errorf("the error is lost: %v", status.Err)
	}
}

func TestUnreadableBundle(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.debian()
	bundle := filepath.Join(m.root, "etc/ssl/certs/ca-certificates.crt")
	if err := errors.Join(os.Remove(bundle), os.Mkdir(bundle, 0o755)); err != nil {
		t.Fatal(err)
	}
	status := findStore(t, m.sys, "system").Check(t.Context(), newRoot(t))
	wantStatus(t, "system", status, Cannot, "ca-certificates.crt")
}
