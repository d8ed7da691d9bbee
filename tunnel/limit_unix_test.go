//go:build !windows

package tunnel

import (
	"syscall"
	"testing"
)

// raiseFileLimit lets the process open n files, or skips the test.
func raiseFileLimit(t *testing.T, n uint64) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Skip(err)
	}
	if limit.Cur >= n {
		return
	}
	limit.Cur = n
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Skipf("this process may open %d files at most", limit.Max)
	}
}
