package frame

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestCopyFarIsCopy tries every alignment of both sides, and sizes around those where it does something else.
func TestCopyFarIsCopy(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const most, line = 5000, 64
	source, got, want := make([]byte, most+line), make([]byte, most+2*line), make([]byte, most+2*line)
	for i := range source {
		source[i] = byte(rng.Uint32())
	}
	for at := range line {
		for _, size := range []int{0, 1, 63, 64, 65, 2047, 2048, 2049, 2048 + 63, 2048 + 64, 4096, most - 1, most} {
			from := rng.IntN(line)
			for _, room := range []int{size, size + 1, max(size-1, 0), max(size-100, 0)} {
				clear(got)
				clear(want)
				copy(want[at:at+room], source[from:from+size])
				copyFar(got[at:at+room], source[from:from+size])
				if !bytes.Equal(got, want) {
					t.Fatalf("%d bytes from %d to %d with room for %d are not what copy makes of them", size, from, at, room)
				}
			}
		}
	}
}
