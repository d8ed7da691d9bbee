package tunnel

import "golang.org/x/sys/windows"

// The socket errors that are told apart, by this system's numbers.
const (
	errnoInUse       = windows.WSAEADDRINUSE
	errnoNotOurs     = windows.WSAEADDRNOTAVAIL
	errnoForbidden   = windows.WSAEACCES
	errnoRefused     = windows.WSAECONNREFUSED
	errnoReset       = windows.WSAECONNRESET
	errnoBrokenPipe  = windows.WSAECONNABORTED
	errnoNoSuchEntry = windows.ERROR_FILE_NOT_FOUND
)
