package frames

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
)

// million is a log with 1,000,000 frames, one in a thousand of which holds "Needle". It is made once.
var million = sync.OnceValue(func() *recorder {
	r := &recorder{log: capture.New(1 << 30), now: time.Now()}
	r.open("/ws", "")
	var chunk []byte
	for i := range 1_000_000 {
		word := "hay"
		if i%1000 == 0 {
			word = "Needle"
		}
		chunk = frame.AppendFrame(chunk, frame.Header{Opcode: frame.Text, Fin: true}, fmt.Appendf(nil,
			`{"type":"message","id":%d,"from":"user%d","text":"The price of %s is %d yuan"}`, i, i%100, word, i%1000))
		if i%20 == 19 {
			r.after(time.Millisecond).conn.Data(frame.Received, r.now, chunk)
			chunk = chunk[:0]
		}
	}
	return r
})

// BenchmarkFilter sets a query on 1,000,000 frames, until the first rows are there (first) and until all are (all).
// SetQuery is what the window's goroutine does of it.
func BenchmarkFilter(b *testing.B) {
	r := million()
	for _, query := range []string{"Needle", "needle", "absent-in-all", "/N[e]edle/", "dir:received size>81", "yuan"} {
		for _, folded := range []bool{false, true} {
			name := query
			if folded {
				name += "/folded"
			}
			b.Run(name, func(b *testing.B) {
				l := NewList(r.log, Options{})
				defer l.Close()
				for l.problems.progress(1) < 1 {
					time.Sleep(time.Millisecond)
				}
				l.SetFolded(folded)
				var first, all, set, worst time.Duration
				for b.Loop() {
					_, _ = l.SetQuery("")
					began := time.Now()
					_, _ = l.SetQuery(query)
					set += time.Since(began)
					some := false
					for done := false; !done; {
						done = !l.Searching()
						before := time.Now()
						l.Update()
						worst = max(worst, time.Since(before))
						if !some && l.Count() > 0 {
							some = true
							first += time.Since(began)
						}
						time.Sleep(time.Millisecond)
					}
					all += time.Since(began)
				}
				n := float64(b.N) * 1e6
				b.ReportMetric(float64(first)/n, "ms/first")
				b.ReportMetric(float64(all)/n, "ms/all")
				b.ReportMetric(float64(set)/n, "ms/SetQuery")
				b.ReportMetric(float64(worst)/1e6, "ms/worst-Update")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkRow fills the rows of a screen, one after another.
func BenchmarkRow(b *testing.B) {
	r := million()
	l := NewList(r.log, Options{})
	defer l.Close()
	for _, query := range []string{"", "needle"} {
		b.Run("query="+query, func(b *testing.B) {
			_, _ = l.SetQuery(query)
			await(b, "the search", l.Update, func() bool { return !l.Searching() })
			l.Update()
			var row ink.Row
			_, next := l.Range()
			b.ReportAllocs()
			for i := int64(0); b.Loop(); i++ {
				if !l.Row(next-40+i%40, &row) {
					b.Fatal("no such row")
				}
			}
		})
	}
}

// BenchmarkUpdate takes over what comes between two ticks of the window at 100,000 frames a second.
func BenchmarkUpdate(b *testing.B) {
	for _, query := range []string{"", "hay", "op:text"} {
		b.Run("query="+query, func(b *testing.B) {
			r := &recorder{log: capture.New(64 << 20), now: time.Now()}
			defer r.log.Close()
			r.open("/ws", "")
			l := NewList(r.log, Options{})
			defer l.Close()
			_, _ = l.SetQuery(query)
			p := frame.AppendFrame(nil, frame.Header{Opcode: frame.Text, Fin: true}, []byte(`{"type":"hay","text":"hay"}`))
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				for range 3333 {
					r.conn.Data(frame.Received, r.now, p)
				}
				b.StartTimer()
				l.Update()
			}
		})
	}
}
