package frame

import "testing"

func TestParseReadsEveryFormOfAHeader(t *testing.T) {
	for _, c := range []struct {
		name string
		wire []byte
		want Header
	}{
		{"the shortest", []byte{0x81, 125}, Header{Opcode: Text, Fin: true, Length: 125, Size: 2}},
		{"a fragment with all RSV bits", []byte{0x72, 0}, Header{Opcode: Binary, RSV: 7, Size: 2}},
		{"16 bits of length", []byte{0x8A, 126, 0x12, 0x34}, Header{Opcode: Pong, Fin: true, Length: 0x1234, Size: 4}},
		{
			"64 bits of length",
			[]byte{0x80, 127, 0x81, 2, 3, 4, 5, 6, 7, 8},
			Header{Fin: true, Length: 0x8102030405060708, Size: 10},
		},
		{
			"a mask",
			[]byte{0x88, 0x80, 1, 2, 3, 4},
			Header{Opcode: Close, Fin: true, Masked: true, Key: [4]byte{1, 2, 3, 4}, Size: 6},
		},
		{
			"the longest",
			[]byte{0x9F, 0xFF, 0, 0, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4},
			Header{Opcode: 15, RSV: RSV3, Fin: true, Length: 9, Masked: true, Key: [4]byte{1, 2, 3, 4}, Size: 14},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := Header{Key: [4]byte{9, 9, 9, 9}, Length: 99} // of the frame before
			if size := headerSize(c.wire[1]); size != len(c.wire) {
				t.Fatalf("size %d, want %d", size, len(c.wire))
			}
			h.parse(c.wire, len(c.wire))
			if h != c.want {
				t.Errorf("got %+v, want %+v", h, c.want)
			}
		})
	}
}
