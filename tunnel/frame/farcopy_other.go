//go:build !amd64

package frame

// copyFar is copy into memory that is not read soon, such as a large record.
func copyFar(dst, src []byte) { copy(dst, src) }
