//go:build unix

package tunnel

import "golang.org/x/sys/unix"

// listenAgain calls listen(2) on a socket that listens already: only its queue changes.
func listenAgain(fd uintptr, backlog int) error { return unix.Listen(int(fd), backlog) }
