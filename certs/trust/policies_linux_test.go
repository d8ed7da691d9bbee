package trust

import (
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"culvert/certs/trust/browsertest"
)

// TestFirefoxReadsItsPolicies lets the Firefox of this machine, with fresh profiles, be served by policies alone.
func TestFirefoxReadsItsPolicies(t *testing.T) {
	if !apart(t) {
		return
	}
	ca, other := newCA(t), newRoot(t)
	sys := System{Env: []string{"PATH=/usr/bin:/bin", "HOME=" + t.TempDir(), "LANG=C"}}
	store := findStore(t, sys, policiesName)
	opens := func(t *testing.T, want bool) {
		t.Helper()
		s := newSite(t, ca, nil, "")
		home := t.TempDir()
		page := browsertest.Firefox().NewPage(t, []string{"HOME=" + home, "PATH=/usr/bin:/bin", "LANG=C"})
		url := "https://localhost:" + portOf(t, s) + "/asked"
		err := page.Open(url)
		if want && err != nil || !want && (err == nil || !strings.Contains(err.Error(), "SEC_ERROR_UNKNOWN_ISSUER")) {
			t.Errorf("%s opens with %v", url, err)
		}
	}
	steps := []struct {
		name string
		do   func(t *testing.T)
		want bool
	}{
		{"nothing is set", func(*testing.T) {}, false},
		{"the policy is added", func(t *testing.T) { addTo(t, sys, store, ca.Root) }, true},
		{"beside that of an administrator", func(t *testing.T) {
			removeFrom(t, sys, store, ca.Root)
			put(t, "/etc/firefox/policies/policies.json", somePolicies, 0o644)
			addTo(t, sys, store, other)
			addTo(t, sys, store, ca.Root)
		}, true},
		{"the policy is removed", func(t *testing.T) { removeFrom(t, sys, store, ca.Root) }, false},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			step.do(t)
			opens(t, step.want)
		})
	}
	t.Run("what was imported is found in its profile", func(t *testing.T) {
		m, profile, dir := firefoxProfile(t)
		addTo(t, sys, store, ca.Root)
		env := []string{"HOME=" + m.home, "PATH=/usr/bin:/bin", "LANG=C"}
		page := browsertest.Firefox().NewPage(t, env, "--profile", dir)
		if err := page.Open("https://" + newSite(t, ca, nil, "").secure + "/asked"); err != nil {
			t.Fatal(err)
		}
		removeFrom(t, sys, store, ca.Root)
		want(t, profile, ca.Root, Trusted)
		want(t, profile, newRoot(t), NotTrusted)
		got := Remove(t.Context(), m.sys, []Store{profile}, ca.Root)[0].Status
		if got.State == NotTrusted { // certutil is as new as Firefox
			want(t, profile, ca.Root, NotTrusted)
			return
		}
		wantStatus(t, profile.Name(), got, Cannot, "imported the CA itself", "Authorities")
		want(t, profile, ca.Root, Trusted)
		m.removeTool("certutil")
		want(t, profile, ca.Root, Trusted)
		got = Remove(t.Context(), m.sys, []Store{profile}, ca.Root)[0].Status
		wantStatus(t, profile.Name(), got, Cannot, "imported the CA itself", "Authorities")
	})
	removeFrom(t, sys, store, other)
	data, err := os.ReadFile("/etc/firefox/policies/policies.json")
	if err != nil || string(data) != somePolicies {
		t.Errorf("left is %q, %v", data, err)
	}
}

func portOf(t *testing.T, s *site) string {
	t.Helper()
	_, port, err := net.SplitHostPort(s.secure)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// TestReadOnlyMachine has a real file system that cannot be written, as that of an immutable distribution.
func TestReadOnlyMachine(t *testing.T) {
	if !apart(t) {
		return
	}
	sys := System{Env: []string{"PATH=/usr/bin:/bin", "HOME=" + t.TempDir(), "LANG=C"}}
	before := files(t, "/etc/ssl/certs")
	for _, dir := range []string{"/etc", "/usr/local/share/ca-certificates"} {
		mount(t, dir, dir, "", syscall.MS_BIND)
		mount(t, "", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY)
	}
	root := newRoot(t)
	for name, words := range map[string][]string{
		"system":     {"read-only", "browsers do not need it"},
		policiesName: {"read-only", "isolated browser"},
	} {
		wantStatus(t, name, Add(t.Context(), sys, []Store{findStore(t, sys, name)}, root)[0].Status, Cannot, words...)
	}
	if _, err := ChangeHosts(t.Context(), sys, []string{"web.localhost"}, nil); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("the hosts file: %v", err)
	}
	wantSame(t, before, files(t, "/etc/ssl/certs"))
}
