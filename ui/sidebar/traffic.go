package sidebar

import (
	"strconv"
	"time"
)

// samples is how many values a traffic line shows, two a second: half a minute.
const samples = 60

// period is the time between two samples.
const period = 500 * time.Millisecond

// traffic is what the frames of one project were counted to be lately. The zero value has seen nothing.
type traffic struct {
	values [samples]float64 // frames a second, a ring
	next   int              // where the next value goes
	live   int              // how many samples until all values are zero
	count  int64            // frames at the last sample
	seen   bool             // count is set
}

// sample adds a value: what was counted since the last sample, over that time. It reports whether the line has changed.
func (t *traffic) sample(count int64, since time.Duration) bool {
	v := 0.0
	if t.seen && count > t.count && since > 0 {
		v = float64(count-t.count) / since.Seconds()
	}
	t.count, t.seen = count, true
	switch {
	case v > 0:
		t.live = samples
	case t.live == 0:
		return false
	default:
		t.live--
	}
	t.values[t.next] = v
	t.next = (t.next + 1) % samples
	return true
}

// last is the newest value.
func (t *traffic) last() float64 { return t.values[(t.next+samples-1)%samples] }

// rate is the number of frames a second, over the last second.
func (t *traffic) rate() int64 {
	before := t.values[(t.next+samples-2)%samples]
	return int64((t.last()+before)/2 + 0.5)
}

// each calls f with all values, the oldest first.
func (t *traffic) each(f func(float64)) {
	for i := range samples {
		f(t.values[(t.next+i)%samples])
	}
}

// rateText writes frames a second as short as it can be read: "7/s", "12.3k/s". Nothing is "".
func rateText(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n < 10_000:
		return strconv.FormatInt(n, 10) + "/s"
	case n < 1_000_000:
		return strconv.FormatFloat(float64(n/100)/10, 'f', 1, 64) + "k/s"
	default:
		return strconv.FormatFloat(float64(n/100_000)/10, 'f', 1, 64) + "M/s"
	}
}
