package ui

import (
	"testing"
	"time"
)

func TestEachDurationIsInABucketThatEndsCloseAboveIt(t *testing.T) {
	for v := uint64(0); v < 1<<40; v += 1 + v/7 {
		end := uint64(bucketEnd(bucket(v)))
		if end < v || end > v+v/finest {
			t.Fatalf("%d is in a bucket that ends at %d", v, end)
		}
	}
}

func TestTheSpreadOfDurations(t *testing.T) {
	for name, test := range map[string]struct {
		durations []time.Duration
		want      Spread
	}{
		"of none":           {nil, Spread{}},
		"of one":            {[]time.Duration{3 * time.Millisecond}, Spread{1, 3e6, 3e6, 3e6}},
		"of one below zero": {[]time.Duration{-1}, Spread{1, 0, 0, 0}},
		"of small ones":     {[]time.Duration{4, 1, 3, 2}, Spread{4, 2, 4, 4}},
		"of a very long one": {
			[]time.Duration{5, 1 << 62}, Spread{2, 5, 1 << 62, 1 << 62},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var s spread
			for _, d := range test.durations {
				s.add(d)
			}
			if got := s.sum(); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestOneInAHundredIsBeyondTheNinetyNinth(t *testing.T) {
	var s spread
	for i := range 1000 {
		s.add(time.Duration(i+1) * time.Microsecond)
	}
	got := s.sum()
	if got.P50 < 500*time.Microsecond || got.P50 > 532*time.Microsecond {
		t.Errorf("half of 1 to 1000 µs is at most %v", got.P50)
	}
	if got.P99 < 990*time.Microsecond || got.P99 > got.Max || got.Max != time.Millisecond {
		t.Errorf("99 %% of 1 to 1000 µs is at most %v, all is at most %v", got.P99, got.Max)
	}
}

func TestThePulseMeasuresWhatItCalls(t *testing.T) {
	l := newMainLoop(t)
	p := NewPulse(l.do, func(time.Time) {})
	defer p.Close()
	const long = 5 * time.Millisecond
	p.Post(func() { time.Sleep(long) }) // its work
	answer := make(chan Work)
	for {
		p.Post(func() { answer <- p.Work() })
		w := <-answer
		if w.Beats.Count == 0 {
			continue // the post before is in the same call
		}
		if w.Beats.Max < long {
			t.Errorf("work of %v was measured as %v", long, w.Beats.Max)
		}
		break
	}
}

func TestMeasuringAllocatesNothing(t *testing.T) {
	var m meter
	if n := testing.AllocsPerRun(100, func() { m.end(m.begin()) }); n != 0 {
		t.Errorf("%v allocations a beat", n)
	}
}

func TestAnUpdateEndsWithItsDrawing(t *testing.T) {
	const ms = time.Millisecond
	for name, test := range map[string]struct {
		steps string // b: a beat begins, f: Fyne draws; each a millisecond after the one before
		want  Spread
	}{
		"at the next frame":                 {"bff", Spread{1, 2 * ms, 2 * ms, 2 * ms}},
		"at the next beat":                  {"bfb", Spread{1, 2 * ms, 2 * ms, 2 * ms}},
		"with all beats before the drawing": {"bbbff", Spread{1, 4 * ms, 4 * ms, 4 * ms}},
		"but not while nothing is drawn":    {"bbb", Spread{}},
		"and frames without one are none":   {"ffff", Spread{}},
		"and the next begins with a beat":   {"bfffbff", Spread{2, 2 * ms, 2 * ms, 2 * ms}},
	} {
		t.Run(name, func(t *testing.T) {
			var m meter
			for i, step := range test.steps {
				used := time.Duration(i+1) * ms
				if step == 'b' {
					m.beginAt(used)
				} else {
					m.frameAt(used)
				}
			}
			if got := m.updates.sum(); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}
