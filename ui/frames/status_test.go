package frames

import (
	"testing"
	"time"

	"culvert/tunnel/frame"
)

func TestTheStatusCountsWhatPassed(t *testing.T) {
	r := record(t)
	now := r.log.Stats().Started
	l := NewList(r.log, Options{Now: func() time.Time { return now }})
	defer l.Close()
	if s := l.Status(); s.Rate != 0 || s.Frames != 0 || s.Open != 1 || s.Sockets != 1 || s.Uptime != 0 {
		t.Errorf("at first: %+v", s)
	}
	for range 100 { // ten frames in each tenth of a second
		now = now.Add(10 * time.Millisecond)
		r.send(frame.Sent, frame.Text, "0123456789")
		l.Update()
	}
	s := l.Status()
	if s.Rate < 80 || s.Rate > 120 || s.Frames != 100 || s.Sent != 1600 || s.Received != 0 || s.Uptime != time.Second {
		t.Errorf("after a second: %+v", s)
	}
	for range 20 {
		now = now.Add(100 * time.Millisecond)
		l.Update()
	}
	if s := l.Status(); s.Rate != 0 {
		t.Errorf("two seconds later there are still %v frames a second", s.Rate)
	}
	if d, ok := l.Between(2, 3); d != 0 || !ok {
		t.Errorf("%v between two rows of one moment, %v", d, ok)
	}
	if _, ok := l.Between(2, 999); ok {
		t.Error("time to a row that is not there")
	}
}
