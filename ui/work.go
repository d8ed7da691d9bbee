package ui

import (
	"math/bits"
	"time"

	"fyne.io/fyne/v2"
)

// Work is what the window took of the main goroutine over some time.
type Work struct {
	// Beats are the times that the calls of the pulse took: what was posted, and the tick.
	Beats Spread
	// Updates are the processor times of the main thread for an update of the window: a call of the pulse, and Fyne's
	// layout and drawing after it. It has none where the system does not tell.
	Updates Spread
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
	beats, updates spread

	began   time.Duration // the thread's time when the update began; 0: there is none
	drawing bool          // Fyne has been about to draw it
	watched bool          // frame is called
}

// begin begins a beat, which is an update, or a part of one that is not drawn yet.
func (m *meter) begin() time.Time {
	m.beginAt(threadTime())
	return time.Now()
}

func (m *meter) beginAt(used time.Duration) {
	m.drawn(used)
	if m.began == 0 {
		m.began = used
	}
}

// end ends the beat that began at a time.
func (m *meter) end(began time.Time) { m.beats.add(time.Since(began)) }

// frame is called whenever Fyne is about to draw what has changed.
func (m *meter) frame(float32) { m.frameAt(threadTime()) }

func (m *meter) frameAt(used time.Duration) {
	m.drawn(used)
	m.drawing = m.began > 0
}

// drawn ends the update that Fyne has drawn since the call before.
func (m *meter) drawn(used time.Duration) {
	if m.drawing {
		m.updates.add(used - m.began)
		m.began, m.drawing = 0, false
	}
}

// watch has Fyne call frame from now on. Animations are what it steps right before it draws.
func (m *meter) watch() {
	if m.watched {
		return
	}
	m.watched, m.began = true, 0
	a := fyne.NewAnimation(time.Second, m.frame)
	a.RepeatCount = fyne.AnimationRepeatForever
	a.Start()
}

// Work returns the work since it was called last. It is called on the main goroutine.
func (p *Pulse) Work() Work {
	w := Work{Beats: p.meter.beats.sum(), Updates: p.meter.updates.sum()}
	p.meter.beats, p.meter.updates = spread{}, spread{}
	return w
}

// Work returns what the window took of the main goroutine since Work was called last; from the first call on it
// measures updates. It is called on the main goroutine.
func (w *Window) Work() Work {
	w.pulse.meter.watch()
	return w.pulse.Work()
}
