package trust

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestPlacesTellWhereABrowserAppears(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	if got := Places(m.sys); !slices.Equal(got, []string{m.home}) {
		t.Errorf("an empty home has %q", got)
	}
	firefox := m.inHome(".config/mozilla/firefox")
	snap := m.inHome("snap/chromium")
	nssdb := m.inHome(".local/share/pki/nssdb")
	got := Places(m.sys)
	for _, dir := range []string{m.home, firefox, snap, nssdb, filepath.Join(m.home, ".config"), filepath.Join(m.home, "snap")} {
		if !slices.Contains(got, dir) {
			t.Errorf("%s is not among %q", dir, got)
		}
	}
	if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("some come twice: %q", got)
	}
	if got := Places(System{}); len(got) > 0 {
		t.Errorf("without a home there is %q", got)
	}
}
