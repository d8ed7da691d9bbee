//go:build unix

package trust

import (
	"io"
	"os"
	"syscall"
)

// sqliteLocked reports whether another process holds a lock that keeps readers or writers out of an SQLite database.
// SQLite locks bytes that no file reaches (PENDING_BYTE and those after it, https://sqlite.org/fileformat.html §1.5).
func sqliteLocked(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	const pending, length = 0x40000000, 512
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: pending, Len: length}
	err = syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &lock)
	return err == nil && lock.Type != syscall.F_UNLCK
}

// foreignTo reports whether the file belongs to another user than root while this process is root.
// What root writes there, its owner cannot change any more.
func foreignTo(root bool, file string) bool {
	info, err := os.Stat(file)
	if err != nil || !root {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Uid != 0
}

// ownedByRoot reports whether the file belongs to root.
func ownedByRoot(file string) bool {
	info, err := os.Stat(file)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Uid == 0
}
