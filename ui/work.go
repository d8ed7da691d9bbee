package ui

import (
	"math/bits"
	"time"
)

// Work is what the window took of the main goroutine over some time.
type Work struct {
	// Beats are the times that the calls of the pulse took: what was posted, and the tick.
	Beats Spread
	// Thread is the processor time of the main thread from one call to the next: also Fyne's layout and drawing. It has
	// none where the system does not tell.
	Thread Spread
}

// Spread tells how durations are spread. Quantiles are exact to a sixteenth.
type Spread struct {
	Count         int64
	P50, P99, Max time.Duration
}

// finest is how many equal steps a power of two is cut into.
const finest = 16

// spread collects durations. Adding one is a few instructions and never allocates.
type spread struct {
	count   int64
	max     time.Duration
	buckets [48 * finest]uint32
}

func (s *spread) add(d time.Duration) {
	d = max(d, 0)
	s.count++
	s.max = max(s.max, d)
	s.buckets[min(bucket(uint64(d)), len(s.buckets)-1)]++
}

func (s *spread) sum() Spread {
	return Spread{Count: s.count, P50: s.quantile(50), P99: s.quantile(99), Max: s.max}
}

// quantile returns the upper end of the bucket that holds the duration that so many percent do not exceed.
func (s *spread) quantile(percent int64) time.Duration {
	rank := (s.count*percent + 99) / 100
	for i, n := range s.buckets {
		if rank -= int64(n); rank <= 0 && i < len(s.buckets)-1 {
			return min(bucketEnd(i), s.max)
		}
	}
	return s.max
}

// bucket returns the number of the bucket that holds v: one for each value up to finest, then finest for each power of
// two.
func bucket(v uint64) int {
	if v < finest {
		return int(v)
	}
	shift := bits.Len64(v) - bits.Len(finest)
	return shift*finest + int(v>>shift)
}

// bucketEnd returns the greatest value in a bucket.
func bucketEnd(i int) time.Duration {
	if i < 2*finest {
		return time.Duration(i)
	}
	shift := i/finest - 1
	return time.Duration((i-shift*finest+1)<<shift - 1)
}

// meter measures the work of a pulse, on the main goroutine.
type meter struct {
	beats, thread spread
	used          time.Duration // by the main thread when the beat before began
}

// begin begins a beat.
func (m *meter) begin() time.Time {
	used := threadTime()
	if m.used > 0 {
		m.thread.add(used - m.used)
	}
	m.used = used
	return time.Now()
}

// end ends the beat that began at a time.
func (m *meter) end(began time.Time) { m.beats.add(time.Since(began)) }

// Work returns the work since it was called last. It is called on the main goroutine.
func (p *Pulse) Work() Work {
	w := Work{Beats: p.meter.beats.sum(), Thread: p.meter.thread.sum()}
	p.meter.beats, p.meter.thread = spread{}, spread{}
	return w
}

// Work returns what the window took of the main goroutine since Work was called last. It is called on the main
// goroutine.
func (w *Window) Work() Work { return w.pulse.Work() }
