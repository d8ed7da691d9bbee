package frametest

import (
	"fmt"
	"strings"

	"culvert/tunnel/frame"
)

// closes adds section 7: the close handshake.
func (t *table) closes() {
	hello := []byte("Hello, world!")
	t.add("7.1.1", "message, then close").message(frame.Text, hello).close(1000, "").end()
	t.add("7.1.2", "two closes").close(1000, "").close(1000, "").wrong(frame.FrameAfterClose).end()
	t.add("7.1.3", "ping after close").close(1000, "").frame(spec{op: frame.Ping}).wrong(frame.FrameAfterClose).end()
	t.add("7.1.4", "text after close").close(1000, "").
		frame(spec{op: frame.Text, payload: []byte("\xFF")}).wrong(frame.FrameAfterClose).end()
	t.add("7.1.5", "close between fragments, which go on").frame(spec{op: frame.Text, more: true, payload: hello}).
		close(1000, "").frame(spec{payload: hello}).wrong(frame.FrameAfterClose).end()
	t.add("7.1.6", "message of 256 KiB, close, ping").message(frame.Binary, noise[:256<<10:256<<10]).
		close(1000, "").frame(spec{op: frame.Ping}).wrong(frame.FrameAfterClose).end()
	t.add("7.1.7", "close between fragments, and no more").frame(spec{op: frame.Text, more: true, payload: hello}).
		close(1001, "leaving").end()

	t.add("7.3.1", "close without payload").frame(spec{op: frame.Close}).end()
	t.add("7.3.2", "close of one byte").frame(spec{op: frame.Close, payload: []byte{'a'}}).wrongPayload(frame.CloseTooShort, 0).end()
	t.add("7.3.3", "close with a code").close(1000, "").end()
	t.add("7.3.4", "close with code and reason").close(1000, "Hello World!").end()
	t.add("7.3.5", "close with the longest reason").close(1000, strings.Repeat("*", 123)).end()
	t.add("7.3.6", "close with a reason of 124 bytes").close(1000, strings.Repeat("*", 124)).wrongAt(frame.ControlTooLong, 1).end()
	t.add("7.3.7", "close byte by byte").chop(1).close(4000, "涵洞").end()
	t.add("7.3.8", "close without FIN").frame(spec{op: frame.Close, more: true, payload: closeBody(1000, "x")}).
		wrong(frame.ControlFragmented).end()

	t.add("7.5.1", "close with a reason that is not UTF-8").close(1000, "good\xED\xA0\x80bad").
		wrongPayload(frame.CloseReasonInvalid, 2+5).end()
	t.add("7.5.2", "close with a reason that ends inside a character").close(1000, "good\xE6\xB6").
		wrongPayload(frame.CloseReasonInvalid, 2+6).end()
	t.add("7.5.3", "close with a reason that starts with a continuation byte").close(1000, "\x80").
		wrongPayload(frame.CloseReasonInvalid, 2).end()
	t.add("7.5.4", "close with a bad code and a bad reason").close(1005, "\xFF").
		wrongPayload(frame.CloseCodeReserved, 0).wrongPayload(frame.CloseReasonInvalid, 2).end()
	t.add("7.5.5", "close with a bad reason inside a fragmented text").
		frame(spec{op: frame.Text, more: true, payload: []byte("\xE6")}).
		close(1007, "\xE6\xE6").wrongPayload(frame.CloseReasonInvalid, 3).end()

	for i, code := range []uint16{
		1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3003, 3008, 3999, 4000, 4999,
	} {
		t.add(fmt.Sprintf("7.7.%d", i+1), fmt.Sprintf("close with code %d", code)).close(code, "").end()
	}
	for i, code := range []uint16{1004, 1005, 1006, 1015} {
		t.add(fmt.Sprintf("7.9.%d", i+1), fmt.Sprintf("close with code %d, which is never sent", code)).
			close(code, "reason").wrongPayload(frame.CloseCodeReserved, 0).end()
	}
	for i, code := range []uint16{0, 1, 999, 1016, 1100, 2000, 2999} {
		t.add(fmt.Sprintf("7.9.%d", i+5), fmt.Sprintf("close with code %d, which is not defined", code)).
			close(code, "reason").wrongPayload(frame.CloseCodeUndefined, 0).end()
	}
	for i, code := range []uint16{5000, 32768, 65535} {
		t.add(fmt.Sprintf("7.13.%d", i+1), fmt.Sprintf("close with code %d, beyond all ranges", code)).
			close(code, "").wrongPayload(frame.CloseCodeUndefined, 0).end()
	}
}
