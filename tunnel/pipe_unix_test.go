//go:build unix

package tunnel

import (
	"testing"

	"golang.org/x/sys/unix"
)

// makePipe makes a pipe that has a name.
func makePipe(t *testing.T, name string) {
	t.Helper()
	if err := unix.Mkfifo(name, 0o644); err != nil {
		t.Skip(err)
	}
}
