package frame

import (
	"strings"
	"testing"
	"unsafe"
)

// store is the cheapest sink there can be: it gives room in one buffer over and over.
type store struct {
	buf    [64 << 10]byte
	frames int
	bytes  int
}

func (s *store) Begin(*Header) {}

func (s *store) Room(n int) []byte {
	n = min(n, len(s.buf))
	s.bytes += n
	return s.buf[:n]
}

func (s *store) Run(n int) []byte { return s.buf[:min(n, len(s.buf))] }
func (s *store) Message(*Header)  { s.frames++ }
func (s *store) Ran(n int)        { s.bytes += n }

func (s *store) End()                { s.frames++ }
func (s *store) Violation(Violation) { panic("the benchmark's stream is clean") }

func BenchmarkFeed(b *testing.B) {
	ascii := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 2000)
	chinese := strings.Repeat("涵洞把溪流安全地引到路的另一边。", 2000)
	for _, c := range []struct {
		name   string
		op     Opcode
		dir    Direction
		size   int
		text   string
		frames int // a Feed
	}{
		{"binary masked 128", Binary, Sent, 128, ascii, 64},
		{"text masked 128", Text, Sent, 128, ascii, 64},
		{"text masked 128 alone", Text, Sent, 128, ascii, 1},
		{"binary unmasked 128", Binary, Received, 128, ascii, 64},
		{"text unmasked 128", Text, Received, 128, ascii, 64},
		{"empty unmasked", Binary, Received, 0, ascii, 64},
		{"binary masked 16Ki", Binary, Sent, 16 << 10, ascii, 1},
		{"text masked 16Ki", Text, Sent, 16 << 10, ascii, 1},
		{"binary unmasked 64Ki", Binary, Received, 64 << 10, ascii, 1},
		{"text unmasked 64Ki", Text, Received, 64 << 10, ascii, 1},
		{"chinese masked 16Ki", Text, Sent, 16<<10 - 1, chinese, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := Header{Opcode: c.op, Fin: true, Masked: c.dir == Sent, Key: [4]byte{0x12, 0x34, 0x56, 0x78}}
			var stream []byte
			for range c.frames {
				stream = AppendFrame(stream, h, []byte(c.text[:c.size]))
			}
			d, s := NewDecoder(c.dir, false), &store{}
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				d.Feed(stream, s)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*c.frames), "ns/frame")
		})
	}
}

func BenchmarkUTF8(b *testing.B) {
	for name, text := range map[string]string{
		"ascii":   strings.Repeat("The quick brown fox jumps over the lazy dog. ", 400),
		"latin":   strings.Repeat("Größe naïve café. ", 800),
		"chinese": strings.Repeat("涵洞把溪流安全地引到路的另一边。", 350),
		"emoji":   strings.Repeat("😀🎉🚀", 1400),
	} {
		b.Run(name, func(b *testing.B) {
			p := []byte(text)
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				var u UTF8
				if u.Write(p) >= 0 {
					b.Fatal("the text is valid")
				}
			}
		})
	}
}

func TestADecoderIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(Decoder{}); n > 200 {
		t.Errorf("a Decoder takes %d bytes", n)
	}
}
