package frame_test

import (
	"bytes"
	"fmt"
	"testing"

	"culvert/tunnel/frame"
)

func TestAppendFrameWritesTheExamplesOfTheRFC(t *testing.T) {
	key := [4]byte{0x37, 0xFA, 0x21, 0x3D}
	for _, c := range []struct { // RFC 6455 §5.7
		name    string
		h       frame.Header
		payload string
		want    []byte
	}{
		{"a text", frame.Header{Opcode: frame.Text, Fin: true}, "Hello", []byte{0x81, 0x05, 'H', 'e', 'l', 'l', 'o'}},
		{
			"a masked text",
			frame.Header{Opcode: frame.Text, Fin: true, Masked: true, Key: key},
			"Hello",
			[]byte{0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58},
		},
		{"a first fragment", frame.Header{Opcode: frame.Text}, "Hel", []byte{0x01, 0x03, 'H', 'e', 'l'}},
		{"a last fragment", frame.Header{Fin: true}, "lo", []byte{0x80, 0x02, 'l', 'o'}},
		{"a ping", frame.Header{Opcode: frame.Ping, Fin: true}, "Hello", []byte{0x89, 0x05, 'H', 'e', 'l', 'l', 'o'}},
		{"a compressed text", frame.Header{Opcode: frame.Text, Fin: true, RSV: frame.RSV1}, "", []byte{0xC1, 0x00}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := frame.AppendFrame([]byte("before"), c.h, []byte(c.payload))
			if !bytes.Equal(got, append([]byte("before"), c.want...)) {
				t.Errorf("got % X, want % X", got[6:], c.want)
			}
		})
	}
}

func TestAppendFrameChoosesTheLengthForm(t *testing.T) {
	for _, c := range []struct {
		size   int
		form   uint8
		masked bool
		header []byte
	}{
		{125, 0, false, []byte{0x82, 125}},
		{126, 0, false, []byte{0x82, 126, 0, 126}},
		{65535, 0, false, []byte{0x82, 126, 0xFF, 0xFF}},
		{65536, 0, false, []byte{0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}},
		{5, 4, false, []byte{0x82, 126, 0, 5}},
		{5, 10, false, []byte{0x82, 127, 0, 0, 0, 0, 0, 0, 0, 5}},
		{5, 8, true, []byte{0x82, 0x80 | 126, 0, 5, 0, 0, 0, 0}},
		{5, 6, true, []byte{0x82, 0x80 | 5, 0, 0, 0, 0}},
		{300, 2, false, []byte{0x82, 126, 1, 44}}, // too short a form is not taken
	} {
		t.Run(fmt.Sprintf("%d bytes in a header of %d", c.size, c.form), func(t *testing.T) {
			h := frame.Header{Opcode: frame.Binary, Fin: true, Masked: c.masked, Size: c.form}
			got := frame.AppendFrame(nil, h, make([]byte, c.size))
			if len(got) != len(c.header)+c.size || !bytes.HasPrefix(got, c.header) {
				t.Errorf("got % X in %d bytes, want % X", got[:min(14, len(got))], len(got), c.header)
			}
		})
	}
}
