//go:build !race

package capture

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size of a transparent huge page of amd64 and, with its usual pages, arm64.
const hugePage = 2 << 20

// allocate maps memory of its own for a block. On the Go heap a full budget would double how much garbage the rest of
// the program may pile up before it is collected, and a log that goes would give its memory back late. Huge pages spare
// the relay a page fault for every 4 KiB that it records.
func allocate(n int) []byte {
	align := 0
	if n%hugePage == 0 {
		align = hugePage
	}
	p, err := unix.MmapPtr(-1, 0, nil, uintptr(n+align), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		panic("capture: out of memory: " + err.Error()) // as the Go heap would
	}
	if align > 0 {
		front := int(-uintptr(p) % hugePage)
		unmap(p, front)
		p = unsafe.Add(p, front)
		unmap(unsafe.Add(p, n), align-front)
	}
	block := unsafe.Slice((*byte)(p), n)
	_ = unix.Madvise(block, unix.MADV_HUGEPAGE) // a kernel without them does as well
	return block
}

// release gives a block's memory back. Nothing may refer to it any more.
func release(p []byte) { unmap(unsafe.Pointer(unsafe.SliceData(p)), len(p)) }

func unmap(p unsafe.Pointer, n int) {
	if n > 0 {
		_ = unix.MunmapPtr(p, uintptr(n))
	}
}
