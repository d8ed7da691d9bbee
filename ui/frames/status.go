package frames

import "time"

// Status is the figures of the status bar.
type Status struct {
	Frames         int64         // that have passed, held or not
	Sent, Received int64         // bytes on the wire after the handshakes
	Rate           float64       // frames a second, over the last second or so
	Held, Budget   int64         // bytes of memory
	Evicted        int64         // rows that went to stay within the budget
	Open           int           // sockets
	Sockets        int           // open, or with rows that are held
	Requests       int64         // HTTP exchanges since the recording began
	Uptime         time.Duration // since the recording began
}

// Status returns the figures as they were at the last Update.
func (l *List) Status() Status {
	s, now := &l.stats, l.options.now()
	return Status{
		Frames: s.Sent.Frames + s.Received.Frames, Sent: s.Sent.Wire, Received: s.Received.Wire, Rate: l.meter.rate(now),
		Held: s.Memory, Budget: s.Budget, Evicted: s.Evicted, Open: s.Open, Sockets: s.Conns, Requests: s.Requests,
		Uptime: now.Sub(s.Started),
	}
}

// meter measures how fast a counter grows.
type meter struct {
	samples [8]sample // a ring
	at      int       // of the newest
}

type sample struct {
	time  time.Time
	count int64
}

// A sample is kept for so long that the ring spans a little more than a second.
const sampleTime = 150 * time.Millisecond

// add notes the count at a time.
func (m *meter) add(now time.Time, count int64) {
	newest := &m.samples[m.at]
	if newest.time.IsZero() || now.Sub(newest.time) >= sampleTime {
		if !newest.time.IsZero() {
			m.at = (m.at + 1) % len(m.samples)
		}
		m.samples[m.at] = sample{now, count}
	}
}

// rate returns the growth a second over the samples of the last moments.
func (m *meter) rate(now time.Time) float64 {
	newest := m.samples[m.at]
	oldest := newest
	for _, s := range m.samples {
		if !s.time.IsZero() && s.time.Before(oldest.time) && now.Sub(s.time) < 2*time.Second {
			oldest = s
		}
	}
	if d := newest.time.Sub(oldest.time).Seconds(); d > 0 {
		return float64(newest.count-oldest.count) / d
	}
	return 0
}
