//go:build (darwin || freebsd) && !race

package capture

import "syscall"

// allocate maps memory of its own for a block. On the Go heap a full budget would double how much garbage the rest of
// the program may pile up before it is collected, and a log that goes would give its memory back late.
func allocate(n int) []byte {
	p, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic("capture: out of memory: " + err.Error()) // as the Go heap would
	}
	return p
}

// release gives a block's memory back. Nothing may refer to it any more.
func release(p []byte) { _ = syscall.Munmap(p) }
