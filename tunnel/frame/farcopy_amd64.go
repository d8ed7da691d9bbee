package frame

import "unsafe"

// nearCopy is the size below which copy is as fast.
const nearCopy = 2 << 10

// copyFar is copy into memory that is not read soon, such as a large record. Its stores go past the caches: the processor
// does not read what it overwrites, and the caches keep what is being relayed (Intel 64 and IA-32 Architectures Software
// Developer's Manual, volume 1, §10.4.6.2).
func copyFar(dst, src []byte) {
	n := min(len(dst), len(src))
	if n < nearCopy {
		copy(dst, src)
		return
	}
	const line = 64
	head := int(-uintptr(unsafe.Pointer(unsafe.SliceData(dst))) % line)
	tail := n - (n-head)%line
	copy(dst[:head], src)
	storePast(&dst[head], &src[head], tail-head)
	copy(dst[tail:n], src[tail:n])
}

// storePast copies n bytes, whole lines of 64, past the caches; dst is where one begins.
//
//go:noescape
func storePast(dst, src *byte, n int)
