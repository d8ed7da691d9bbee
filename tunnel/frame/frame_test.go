package frame_test

import (
	"testing"

	"culvert/tunnel/frame"
)

func TestNamesAreThoseOfTheTrade(t *testing.T) {
	for op, want := range map[frame.Opcode]string{
		frame.Continuation: "continuation", frame.Text: "text", frame.Binary: "binary", frame.Close: "close",
		frame.Ping: "ping", frame.Pong: "pong", 3: "opcode 3", 15: "opcode 15",
	} {
		if op.String() != want || op.Control() != (op >= 8) {
			t.Errorf("opcode %d is %q, control %v", uint8(op), op, op.Control())
		}
	}
	if frame.Sent.String() != "sent" || frame.Received.String() != "received" {
		t.Errorf("directions are %q and %q", frame.Sent, frame.Received)
	}
}
