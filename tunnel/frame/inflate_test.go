package frame_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"testing"

	"culvert/tunnel/frame"
)

// compressor makes the payloads of compressed messages with compress/flate.
type compressor struct {
	buf bytes.Buffer
	w   *flate.Writer
}

func newCompressor(t testing.TB) *compressor {
	c := &compressor{}
	w, err := flate.NewWriter(&c.buf, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	c.w = w
	return c
}

func (c *compressor) message(t testing.TB, p []byte) []byte {
	c.buf.Reset()
	if _, err := c.w.Write(p); err != nil {
		t.Fatal(err)
	}
	if err := c.w.Flush(); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(bytes.TrimSuffix(c.buf.Bytes(), []byte{0, 0, 0xFF, 0xFF}))
}

// wantMessage inflates src and checks that it is want, whole.
func wantMessage(t *testing.T, in *frame.Inflater, src, want []byte) {
	t.Helper()
	out, truncated, err := in.Inflate([]byte("before "), src, len(want))
	if err != nil || truncated || string(out) != "before "+string(want) {
		t.Fatalf("got %.60q (%d bytes), %v, %v; want %.60q (%d bytes)", out, len(out), truncated, err, want, len(want))
	}
}

// The payloads of RFC 7692 §7.2.3: "Hello", and "Hello" by reference to a "Hello" before.
var (
	hello      = []byte{0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00}
	helloAgain = []byte{0xF2, 0x00, 0x11, 0x00, 0x00}
)

func TestAContextLosesWhatItMissedAndIsWholeAgain(t *testing.T) {
	for name, lose := range map[string]func(*frame.Inflater){
		"a message was missed": (*frame.Inflater).Lose,
		"a message did not inflate": func(in *frame.Inflater) {
			if _, _, err := in.Inflate(nil, []byte{0xFF, 0xFF}, 100); err == nil || errors.Is(err, frame.ErrContextLost) {
				t.Errorf("got %v for bytes that do not inflate", err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := frame.Deflate{}.Inflater(frame.Sent)
			wantMessage(t, in, hello, []byte("Hello"))
			wantMessage(t, in, helloAgain, []byte("Hello"))
			lose(in)
			for range 2 {
				if _, _, err := in.Inflate(nil, helloAgain, 100); !errors.Is(err, frame.ErrContextLost) {
					t.Errorf("a reference to what was lost: %v", err)
				}
			}
			wantMessage(t, in, hello, []byte("Hello"))
			wantMessage(t, in, helloAgain, []byte("Hello"))
		})
	}
}

func TestAContextIsWholeOnceItsWindowIsFull(t *testing.T) {
	in := frame.Deflate{ClientBits: 8}.Inflater(frame.Sent)
	in.Lose()
	wantMessage(t, in, newCompressor(t).message(t, make([]byte, 256)), make([]byte, 256))
	if _, _, err := in.Inflate(nil, []byte{0xFF, 0xFF}, 100); errors.Is(err, frame.ErrContextLost) {
		t.Error("the fault is laid on a context that is whole")
	}
}

func TestWithoutTakeoverEachMessageIsFresh(t *testing.T) {
	d := frame.Deflate{ServerNoTakeover: true}
	in := d.Inflater(frame.Received)
	wantMessage(t, in, hello, []byte("Hello"))
	in.Lose()
	for range 2 {
		if _, _, err := in.Inflate(nil, helloAgain, 100); err == nil || errors.Is(err, frame.ErrContextLost) {
			t.Errorf("a reference to another message: %v", err)
		}
		wantMessage(t, in, hello, []byte("Hello"))
	}
	twoStreams := append([]byte{0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00}, helloAgain...) // the first with BFINAL
	wantMessage(t, in, twoStreams, []byte("HelloHello"))
	if _, _, err := in.Inflate(nil, helloAgain, 100); err == nil {
		t.Error("a message leaves a window behind")
	}
	other := d.Inflater(frame.Sent)
	wantMessage(t, other, hello, []byte("Hello"))
	wantMessage(t, other, helloAgain, []byte("Hello"))
}

func TestAReferenceBeyondTheNegotiatedWindowIsRefused(t *testing.T) {
	far := append([]byte("a phrase to be found again"), make([]byte, 600)...)
	c := newCompressor(t)
	first, second := c.message(t, far), c.message(t, far[:26])
	small := frame.Deflate{ClientBits: 9}.Inflater(frame.Sent)
	wantMessage(t, small, first, far)
	if _, _, err := small.Inflate(nil, second, 100); err == nil {
		t.Error("a distance of 626 in a window of 512 passes")
	}
	large := frame.Deflate{ClientBits: 10}.Inflater(frame.Sent)
	wantMessage(t, large, first, far)
	wantMessage(t, large, second, far[:26])
}

func TestABombIsCutAtTheLimitAndTheContextGoesOn(t *testing.T) {
	c := newCompressor(t)
	bomb := append(make([]byte, 8<<20), "the end that the next message refers to"...)
	first, second := c.message(t, bomb), c.message(t, bomb[8<<20:])
	for _, limit := range []int{-1, 0, 1, 1000, 8<<20 - 1, len(bomb) - 1} {
		in := frame.Deflate{}.Inflater(frame.Sent)
		out, truncated, err := in.Inflate([]byte("x"), first, limit)
		if err != nil || !truncated || len(out) != 1+max(0, limit) || cap(out) > 2*len(out)+1024 {
			t.Errorf("limit %d: %d bytes in %d, truncated %v, %v", limit, len(out), cap(out), truncated, err)
		}
		wantMessage(t, in, second, bomb[8<<20:])
	}
}

func TestAMessageThatJustFitsIsNotTruncated(t *testing.T) {
	in := frame.Deflate{}.Inflater(frame.Sent)
	if out, truncated, err := in.Inflate(nil, hello, 5); err != nil || truncated || string(out) != "Hello" {
		t.Errorf("got %q, %v, %v", out, truncated, err)
	}
	if out, truncated, err := in.Inflate(nil, []byte{0}, 0); err != nil || truncated || len(out) != 0 {
		t.Errorf("empty: got %q, %v, %v", out, truncated, err)
	}
}

func TestAMessageMayEndWithItsLastBlock(t *testing.T) {
	final := []byte{0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00}
	goesOn := append(bytes.Clone(final), helloAgain...)
	wantMessage(t, frame.Deflate{}.Inflater(frame.Sent), goesOn, []byte("HelloHello"))
	in := frame.Deflate{}.Inflater(frame.Sent)
	wantMessage(t, in, final, []byte("Hello"))                                     // without the byte that RFC 7692 §7.2.3.4 adds
	wantMessage(t, in, append(bytes.Clone(final), 0), []byte("Hello"))             // with it
	wantMessage(t, in, append(bytes.Clone(final), final...), []byte("HelloHello")) // and going on
	wantMessage(t, in, goesOn, []byte("HelloHello"))
	wantMessage(t, in, nil, nil)
	wantMessage(t, in, helloAgain, []byte("Hello"))
}

func TestAMessageCutShortIsAnError(t *testing.T) {
	whole := newCompressor(t).message(t, []byte("a message that is cut at each of its bytes, and is long enough for that"))
	for n := 1; n < len(whole)-1; n++ {
		if _, _, err := (frame.Deflate{}).Inflater(frame.Sent).Inflate(nil, whole[:n], 1000); err == nil {
			t.Errorf("cut after %d bytes of %d: no error", n, len(whole))
		}
	}
	// The last block has BFINAL and lacks the byte of zeros that ends it: what is appended must not stand in for it.
	final := []byte{0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07}
	if _, _, err := (frame.Deflate{}).Inflater(frame.Sent).Inflate(nil, final, 1000); err == nil {
		t.Error("a last block that is cut passes")
	}
}

func TestInflatingAllocatesNothingOnceItsBuffersAreThere(t *testing.T) {
	c := newCompressor(t)
	text := bytes.Repeat([]byte("a message much like the one before it. "), 50)
	in := frame.Deflate{}.Inflater(frame.Sent)
	dst := make([]byte, 0, len(text))
	var all [][]byte
	for range 130 {
		all = append(all, c.message(t, text))
	}
	next := func() {
		out, _, err := in.Inflate(dst, all[0], len(text))
		if err != nil || !bytes.Equal(out, text) {
			t.Fatalf("got %d bytes, %v", len(out), err)
		}
		all = all[1:]
	}
	for range 25 {
		next()
	}
	if n := testing.AllocsPerRun(100, next); n > 3 { // compress/flate makes tables of long codes anew
		t.Errorf("%v allocations a message", n)
	}
}

func FuzzInflater(f *testing.F) {
	f.Add(hello, helloAgain, uint8(15), false, uint16(100))
	f.Add([]byte{0x00}, []byte{0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00}, uint8(8), true, uint16(3))
	f.Add([]byte{0x00, 0x05, 0x00, 0xFA, 0xFF, 'H', 'e', 'l', 'l', 'o', 0x00}, []byte{0xFF}, uint8(9), false, uint16(0))
	f.Fuzz(func(t *testing.T, a, b []byte, bits uint8, fresh bool, limit uint16) {
		d := frame.Deflate{ClientBits: int(bits), ClientNoTakeover: fresh}
		in, unbounded := d.Inflater(frame.Sent), d.Inflater(frame.Sent)
		for i, src := range [][]byte{a, b, a} {
			out, truncated, err := in.Inflate([]byte("dst"), src, int(limit))
			whole, _, errWhole := unbounded.Inflate([]byte("dst"), src, 64<<20)
			if (err == nil) != (errWhole == nil) {
				t.Fatalf("message %d: with a limit %v, without %v", i, err, errWhole)
			}
			if len(out) > 3+int(limit) || !bytes.HasPrefix(whole, out) {
				t.Fatalf("message %d: %d bytes with a limit of %d", i, len(out), limit)
			}
			if truncated != (len(whole) > len(out)) {
				t.Fatalf("message %d: truncated %v, %d bytes of %d", i, truncated, len(out), len(whole))
			}
			if i == 0 && err == nil && len(src) > 0 {
				checkFirst(t, src, whole[3:])
			}
		}
	})
}

// checkFirst checks a message without a context against a plain read of its first stream.
func checkFirst(t *testing.T, src, got []byte) {
	t.Helper()
	r := flate.NewReader(io.MultiReader(bytes.NewReader(src), bytes.NewReader([]byte{0, 0, 0xFF, 0xFF})))
	want, _ := io.ReadAll(r) // its end is unexpected unless a block has BFINAL
	if !bytes.HasPrefix(got, want) {
		t.Fatalf("got %.60q, want %.60q first", got, want)
	}
}

func BenchmarkInflate(b *testing.B) {
	c := newCompressor(b)
	text := bytes.Repeat([]byte(`{"type":"tick","symbol":"CULV","bid":1234,"ask":1235},`), 20)
	first, next := c.message(b, text), c.message(b, text)
	in := frame.Deflate{}.Inflater(frame.Received)
	dst, _, _ := in.Inflate(nil, first, 1<<20)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := in.Inflate(dst[:0], next, 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}
