package frame

import (
	"crypto/subtle"
	"encoding/binary"
	"math/bits"
)

// unmask writes src, masked or unmasked with key, to dst, which is at least as long and apart from it (RFC 6455 §5.3).
// at is the position of src[0] in its frame's payload. or has a high bit only if a byte that was written has one.
func unmask(dst, src []byte, key [4]byte, at uint64) (or uint64) {
	half := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*int(at&3))
	k := uint64(half)<<32 | uint64(half)
	dst = dst[:len(src)]
	for len(src) >= 64 && len(dst) >= 64 {
		s, d := (*[64]byte)(src), (*[64]byte)(dst)
		v0 := binary.LittleEndian.Uint64(s[0:]) ^ k
		v1 := binary.LittleEndian.Uint64(s[8:]) ^ k
		v2 := binary.LittleEndian.Uint64(s[16:]) ^ k
		v3 := binary.LittleEndian.Uint64(s[24:]) ^ k
		v4 := binary.LittleEndian.Uint64(s[32:]) ^ k
		v5 := binary.LittleEndian.Uint64(s[40:]) ^ k
		v6 := binary.LittleEndian.Uint64(s[48:]) ^ k
		v7 := binary.LittleEndian.Uint64(s[56:]) ^ k
		binary.LittleEndian.PutUint64(d[0:], v0)
		binary.LittleEndian.PutUint64(d[8:], v1)
		binary.LittleEndian.PutUint64(d[16:], v2)
		binary.LittleEndian.PutUint64(d[24:], v3)
		binary.LittleEndian.PutUint64(d[32:], v4)
		binary.LittleEndian.PutUint64(d[40:], v5)
		binary.LittleEndian.PutUint64(d[48:], v6)
		binary.LittleEndian.PutUint64(d[56:], v7)
		or |= v0 | v1 | v2 | v3 | v4 | v5 | v6 | v7
		src, dst = src[64:], dst[64:]
	}
	for len(src) >= 8 && len(dst) >= 8 {
		v := binary.LittleEndian.Uint64(src) ^ k
		binary.LittleEndian.PutUint64(dst, v)
		or |= v
		src, dst = src[8:], dst[8:]
	}
	return or | unmaskTail(dst, src, uint32(k))
}

// longPayload is from how many bytes on unmaskLong is the faster.
const longPayload = 4 << 10

// unmaskLong is unmask without its result, with the vector instructions that crypto/subtle has for XOR.
func unmaskLong(dst, src []byte, key [4]byte, at uint64) {
	var pattern [1 << 10]byte
	half := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*int(at&3))
	for i := 0; i < len(pattern); i += 4 {
		binary.LittleEndian.PutUint32(pattern[i:], half)
	}
	for len(src) > 0 {
		n := subtle.XORBytes(dst, src, pattern[:min(len(src), len(pattern))])
		dst, src = dst[n:], src[n:]
	}
}

// unmaskTail is unmask for fewer than 8 bytes.
func unmaskTail(dst, src []byte, k uint32) (or uint64) {
	if len(src) >= 4 && len(dst) >= 4 {
		v := binary.LittleEndian.Uint32(src) ^ k
		binary.LittleEndian.PutUint32(dst, v)
		or = uint64(v)
		src, dst = src[4:], dst[4:]
	}
	dst = dst[:len(src)]
	for i, c := range src {
		dst[i] = c ^ byte(k)
		or |= uint64(dst[i])
		k >>= 8
	}
	return or
}
