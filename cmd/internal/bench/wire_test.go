//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

func TestFramesReadBackAsWritten(t *testing.T) {
	key := [4]byte{0xde, 0xad, 0xbe, 0xef}
	for _, size := range []int{8, 125, 126, 1024, 65535, 65536} {
		for _, masked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d bytes, masked %v", size, masked), func(t *testing.T) {
				opcode, payload := message(size)
				k := &key
				if !masked {
					k = nil
				}
				frame := appendFrame(nil, opcode, k, payload)
				h, err := parseHeader(frame, masked)
				if err != nil || h.opcode != opcode || h.payload != size || h.size+size != len(frame) {
					t.Fatalf("parseHeader = %+v, %v", h, err)
				}
				if masked {
					applyMask(frame[h.size:], h.key)
				}
				if !bytes.Equal(frame[h.size:], payload) {
					t.Error("the payload differs")
				}
				for n := range h.size {
					if h, err := parseHeader(frame[:n], masked); h.size != 0 || err != nil {
						t.Errorf("parseHeader of %d bytes = %+v, %v; want more asked for", n, h, err)
					}
				}
			})
		}
	}
}

func TestParseHeaderRefuses(t *testing.T) {
	for name, p := range map[string][]byte{
		"a fragment":           {0x01, 0x80, 0, 0, 0, 0},
		"an unmasked frame":    {0x81, 0x01, 'x'},
		"an endless message":   {0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4},
		"a reserved bit's use": {0xc1, 0x80, 0, 0, 0, 0},
	} {
		if _, err := parseHeader(p, true); !errors.Is(err, errFrame) {
			t.Errorf("%s: error %v, want %v", name, err, errFrame)
		}
	}
}

func TestAcceptKeyOfTheRFC(t *testing.T) {
	if got := acceptKey("dGhlIHNhbXBsZSBub25jZQ=="); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Errorf("acceptKey = %q", got)
	}
}

func TestCloseCarriesACount(t *testing.T) {
	if n, err := closeCount(closePayload(1234567)); n != 1234567 || err != nil {
		t.Errorf("closeCount = %d, %v", n, err)
	}
	if _, err := closeCount([]byte{3, 232}); err == nil {
		t.Error("a Close without a count passed")
	}
}

func TestStreamAtEveryChunking(t *testing.T) {
	opcode, payload := message(128)
	frame := appendFrame(nil, opcode, nil, payload)
	wire := append(bytes.Repeat(frame, 3), appendFrame(nil, opClose, nil, closePayload(3))...)
	for size := 1; size <= len(wire); size++ {
		s := stream{frame: frame}
		var frames int64
		var rest []byte
		for off := 0; off < len(wire) && rest == nil; off += size {
			n, r, err := s.take(wire[off:min(off+size, len(wire))])
			if err != nil {
				t.Fatalf("chunks of %d: %v", size, err)
			}
			frames, rest = frames+n, r
		}
		if frames != 3 || len(rest) == 0 || rest[0] != finBit|opClose {
			t.Fatalf("chunks of %d: %d frames, rest %x", size, frames, rest)
		}
	}
	wrong := bytes.Clone(wire)
	wrong[200] ^= 1
	if _, _, err := (&stream{frame: frame}).take(wrong); !errors.Is(err, errOtherBytes) {
		t.Errorf("a changed byte: error %v", err)
	}
}

func FuzzParseHeader(f *testing.F) {
	f.Add([]byte{0x81, 0xfe, 0, 200, 1, 2, 3, 4}, true)
	f.Add([]byte{0x88, 0x05, 3, 232, '1', '2', '3'}, false)
	f.Fuzz(func(t *testing.T, p []byte, masked bool) {
		h, err := parseHeader(p, masked)
		if err == nil && (h.size > len(p) || h.size > 14 || h.payload < 0 || h.payload > maxMessage) {
			t.Errorf("parseHeader(%x) = %+v", p, h)
		}
	})
}
