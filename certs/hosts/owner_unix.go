//go:build unix

package hosts

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives the file the owner and group that another has.
func keepOwner(f *os.File, like fs.FileInfo) error {
	stat, ok := like.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return f.Chown(int(stat.Uid), int(stat.Gid))
}
