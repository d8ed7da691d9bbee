package compose

import (
	"strings"
	"sync"
	"testing"
)

func TestAnInboxIsFilledWhileItIsRead(t *testing.T) {
	var b inbox
	var filling sync.WaitGroup
	filling.Go(func() {
		for range 1000 {
			b.receive([]byte(strings.Repeat("x", lastKept+1)), true)
		}
	})
	for count := 0; count < 1000; {
		count, _, _ = b.read()
	}
	filling.Wait()
	count, last, binary := b.read()
	if count != 1000 || len(last) != lastKept || !binary || b.changed.Load() {
		t.Errorf("%d messages, the last of %d bytes", count, len(last))
	}
}
