//go:build !windows

package tunnel

import "syscall"

// The socket errors that are told apart, by this system's numbers.
const (
	errnoInUse       = syscall.EADDRINUSE
	errnoNotOurs     = syscall.EADDRNOTAVAIL
	errnoForbidden   = syscall.EACCES
	errnoRefused     = syscall.ECONNREFUSED
	errnoReset       = syscall.ECONNRESET
	errnoBrokenPipe  = syscall.EPIPE
	errnoNoSuchEntry = syscall.ENOENT
)
