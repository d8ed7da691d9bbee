package main

import (
	"os"
	"os/exec"
	"syscall"
)

// apart has root run a command where the machine's own trust stores cannot be written, whatever is clicked. Another user
// cannot write them anyway.
func apart(c *exec.Cmd) {
	if os.Geteuid() != 0 {
		return
	}
	const script = `for dir in /etc /usr/local/share/ca-certificates; do
		mount --bind "$dir" "$dir" && mount -o remount,ro,bind "$dir" || exit 1
	done
	exec "$0" "$@"`
	c.Args = append([]string{"sh", "-c", script, c.Path}, c.Args[1:]...)
	c.Path = "/bin/sh"
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS} // Go makes its mounts private
}
