package frame

import (
	"bytes"
	"testing"
)

func TestUnmaskTakesEveryLengthAndPosition(t *testing.T) {
	key := [4]byte{0x37, 0xFA, 0x21, 0x8D}
	src := make([]byte, 3*longPayload+7)
	for i := range src {
		src[i] = byte(i * 7)
	}
	for at := range uint64(5) {
		want := make([]byte, len(src))
		for i := range src {
			want[i] = src[i] ^ key[(uint64(i)+at)%4]
		}
		for n := range 200 {
			dst := make([]byte, n+1)
			or := unmask(dst, src[:n], key, at)
			if !bytes.Equal(dst[:n], want[:n]) || dst[n] != 0 {
				t.Fatalf("%d bytes at %d: got % X, want % X", n, at, dst, want[:n])
			}
			ascii := true
			for _, c := range want[:n] {
				ascii = ascii && c < 0x80
			}
			if ascii != (or&highBits == 0) {
				t.Fatalf("%d bytes at %d: ASCII is %v, told %#x", n, at, ascii, or)
			}
		}
		for _, n := range []int{0, 1, 1023, 1024, 1025, longPayload, len(src)} {
			dst := make([]byte, n+1)
			unmaskLong(dst, src[:n], key, at)
			if !bytes.Equal(dst[:n], want[:n]) || dst[n] != 0 {
				t.Fatalf("long, %d bytes at %d: wrong", n, at)
			}
		}
	}
}
