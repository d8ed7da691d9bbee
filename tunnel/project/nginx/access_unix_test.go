//go:build unix

package nginx

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestPasswordsInAPipeAreNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	im, err := imported(t, dir, "server { listen 127.0.0.1:8443; location / { root /srv; auth_basic a; auth_basic_user_file pipe; } }")
	if err != nil {
		t.Fatal(err)
	}
	if notes := notesOf(im); !strings.Contains(notes, "the users in it cannot be read here") {
		t.Errorf("got\n%s", notes)
	}
}
