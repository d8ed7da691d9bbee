package capture

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"culvert/tunnel/frame"
)

var benchSizes = []int{64, 128, 1 << 10, 16 << 10, 64 << 10}

// masked returns one masked frame with a payload of size bytes that reads like JSON.
func masked(size int) []byte {
	return frame.AppendFrame(nil, frame.Header{
		Opcode: frame.Text, Fin: true, Masked: true, Key: [4]byte{0x37, 0xfa, 0x21, 0x3d},
	}, prose(size))
}

// prose returns size bytes of text like that of a chat backend.
func prose(size int) []byte {
	p := make([]byte, 0, size+128)
	r := rand.New(rand.NewPCG(1, uint64(size)))
	for len(p) < size {
		p = fmt.Appendf(p, `{"type":"message","id":%d,"from":"user%d","text":"The price of tea is %d yuan","at":%d},`,
			r.IntN(1e6), r.IntN(100), r.IntN(1000), r.IntN(1e9))
	}
	return p[:size]
}

// fill records frames of size bytes until the log has let rows go: its memory is warm then.
func fill(l *Log, c *Conn, size int) {
	p := masked(size)
	now := time.Now()
	for l.Stats().Evicted == 0 {
		for range 1000 {
			c.Data(frame.Sent, now, p)
		}
	}
}

// BenchmarkData measures the relay's call for a chunk of one frame, once the budget is used up; Decode is the part of
// the decoder, with a sink that keeps nothing.
func BenchmarkData(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			l := New(64 << 20)
			defer l.Close()
			c := opened(l)
			fill(l, c, size)
			p := masked(size)
			now := time.Now()
			b.SetBytes(int64(len(p)))
			b.ReportAllocs()
			for b.Loop() {
				c.Data(frame.Sent, now, p)
			}
		})
	}
}

type scratch struct{ p []byte }

func (s *scratch) Begin(*frame.Header)       {}
func (s *scratch) Room(n int) []byte         { return s.p[:min(n, len(s.p))] }
func (s *scratch) End()                      {}
func (s *scratch) Violation(frame.Violation) {}

func BenchmarkDecode(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			d := frame.NewDecoder(frame.Sent, false)
			p := masked(size)
			s := &scratch{make([]byte, 64<<10)}
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				d.Feed(p, s)
			}
		})
	}
}

// BenchmarkFind searches 256 MiB of payloads.
func BenchmarkFind(b *testing.B) {
	for _, size := range []int{64, 1 << 10, 64 << 10} {
		l := New(1 << 30)
		c := opened(l)
		p := masked(size)
		for held := 0; held < 256<<20; held += size {
			c.Data(frame.Sent, time.Now(), p)
		}
		send(c, frame.Sent, frame.Text, "the Needle at the end")
		for _, q := range []struct{ name, query string }{
			{"absent/exact", "Needle-that-is-absent"},
			{"absent/any_case", "needle-that-is-absent"},
			{"absent/common_letters", "sent to sea"},
			{"end/exact", "Needle"},
			{"end/any_case", "needle"},
			{"every/any_case", "yuan"},
			{"fields/absent", "op:binary size>1m"},
		} {
			b.Run(fmt.Sprintf("%d/%s", size, q.name), func(b *testing.B) {
				query, err := ParseQuery(`"` + q.query + `"`)
				if q.name == "fields/absent" {
					query, err = ParseQuery(q.query)
				}
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if _, _, err := l.Find(context.Background(), query, 1, 0, 0); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		l.Close()
	}
}
