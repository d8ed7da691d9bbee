package frametest

import (
	"fmt"

	"culvert/tunnel/frame"
)

// maxMessage is the size of the largest message in the table.
const maxMessage = 2 << 20

// limits adds sections 9 and 10: large messages, many fragments, many messages, many pieces. Autobahn's sizes are cut
// where only the time would differ. Text travels in one direction and binary in the other.
func (t *table) limits() {
	op, data := frame.Text, prose
	if t.dir == frame.Received {
		op, data = frame.Binary, noise
	}
	for i, size := range []int{64 << 10, 256 << 10, 1 << 20, maxMessage} {
		t.add(fmt.Sprintf("9.1.%d", i+1), fmt.Sprintf("%s message of %d bytes", op, size)).message(op, data[:size:size]).bye()
	}
	for i, size := range []int{64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10} {
		t.add(fmt.Sprintf("9.3.%d", i+1), fmt.Sprintf("%s message of 256 KiB in fragments of %d bytes", op, size)).
			fragments(op, data[:256<<10:256<<10], size).bye()
	}
	for i, size := range []int{64, 128, 256, 512, 1024, 2048} {
		t.add(fmt.Sprintf("9.5.%d", i+1), fmt.Sprintf("%s message of 64 KiB in pieces of %d bytes", op, size)).
			message(op, data[:64<<10:64<<10]).chop(size).bye()
	}
	for i, size := range []int{0, 16, 64, 256, 1024, 4096} {
		s := t.add(fmt.Sprintf("9.7.%d", i+1), fmt.Sprintf("200 %s messages of %d bytes", op, size))
		for n := range 200 {
			s.message(op, data[n:n+size:n+size])
		}
		s.bye()
	}
	t.add("10.1.1", "message of 64 KiB in fragments of 1300 bytes").fragments(op, data[:64<<10:64<<10], 1300).bye()
}
