package frame_test

import (
	"bytes"
	"testing"

	"culvert/tunnel/frame"
	"culvert/tunnel/frame/frametest"
)

func FuzzDecoder(f *testing.F) {
	for _, c := range cases() {
		if len(c.Bytes) < 400 {
			f.Add(c.Bytes, c.Dir == frame.Sent, c.Deflate != nil, uint32(len(c.Bytes)))
		}
	}
	f.Fuzz(func(t *testing.T, stream []byte, sent, deflate bool, seed uint32) {
		dir := frame.Received
		if sent {
			dir = frame.Sent
		}
		whole := decode(dir, deflate, &frametest.Recorder{}, stream)
		for _, r := range []*frametest.Recorder{
			decode(dir, deflate, &frametest.Recorder{}, inPiecesOf(stream, 1)...),
			decode(dir, deflate, &frametest.Recorder{Space: 5}, atRandom(stream, seed)...),
			decode(dir, deflate, &frametest.Recorder{Drop: true}, atRandom(stream, seed+1)...),
		} {
			if diff := difference(r, whole); diff != "" {
				t.Fatalf("in other pieces: %s", diff)
			}
		}
		checkCoverage(t, stream, whole)
	})
}

// atRandom cuts p into pieces of up to 16 bytes, some of them empty.
func atRandom(p []byte, seed uint32) [][]byte {
	var pieces [][]byte
	for len(p) > 0 {
		seed = seed*1664525 + 1013904223
		n := min(len(p), int(seed>>28))
		pieces = append(pieces, p[:n])
		p = p[n:]
	}
	return pieces
}

// checkCoverage checks that the frames of r are stream, byte for byte and without a gap, and that what r says of it
// lies in it.
func checkCoverage(t *testing.T, stream []byte, r *frametest.Recorder) {
	t.Helper()
	at := int64(0)
	for i, f := range r.Frames {
		h := f.Header
		if h.Number != int64(i)+1 || h.Offset != at {
			t.Fatalf("frame %d at %d is numbered %d at %d", i+1, at, h.Number, h.Offset)
		}
		rest := stream[at:]
		if f.Cut {
			if got := len(rest) - int(h.Size); len(f.Payload) != got || i != len(r.Frames)-1 {
				t.Fatalf("frame %d: cut after %d bytes of %d", i+1, len(f.Payload), got)
			}
			at += int64(len(rest))
			continue
		}
		if uint64(len(f.Payload)) != h.Length {
			t.Fatalf("frame %d: payload of %d bytes, declared %d", i+1, len(f.Payload), h.Length)
		}
		wire := frame.AppendFrame(nil, h, f.Payload)
		if !bytes.HasPrefix(rest, wire) {
			t.Fatalf("frame %d: encodes to % .60X, was % .60X", i+1, wire, rest)
		}
		at += int64(len(wire))
	}
	for _, v := range r.Violations {
		if v.Offset < 0 || v.Offset > int64(len(stream)) || v.Frame < 0 || v.Frame > int64(len(r.Frames))+1 {
			t.Fatalf("%+v lies outside the stream", v)
		}
	}
	if rest := int64(len(stream)) - at; rest > 0 && len(r.Violations) == 0 {
		t.Fatalf("the last %d bytes are in no frame, and nothing is wrong with them", rest)
	}
}
