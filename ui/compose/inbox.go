package compose

import (
	"sync"
	"sync/atomic"
)

// lastKept is how many bytes of the last message an inbox holds.
const lastKept = 512

// inbox counts what comes in. It is filled by the connection's goroutine and read by the main one.
type inbox struct {
	changed atomic.Bool // since it was last read

	mu     sync.Mutex
	count  int
	last   []byte // the beginning of the last message
	binary bool
}

// receive takes a message in.
func (b *inbox) receive(data []byte, binary bool) {
	b.mu.Lock()
	b.count++
	b.last = append(b.last[:0], data[:min(len(data), lastKept)]...)
	b.binary = binary
	b.mu.Unlock()
	b.changed.Store(true)
}

// read returns how many messages came in, and the beginning of the last one.
func (b *inbox) read() (count int, last []byte, binary bool) {
	b.changed.Store(false)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count, append([]byte(nil), b.last...), b.binary
}
