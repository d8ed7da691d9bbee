package sidebar

import (
	"testing"
	"time"
)

func TestTrafficIsTheGrowthOfACountOverTime(t *testing.T) {
	var l traffic
	if l.sample(1000, 0) {
		t.Error("what was there before the first look is traffic")
	}
	l.sample(1050, period)
	l.sample(1150, period)
	if got := l.rate(); got != 150 { // 100/s and 200/s
		t.Errorf("rate is %d/s, want 150/s", got)
	}
	l.sample(10, time.Second) // the record was cleared
	l.sample(12, time.Second)
	if got := l.rate(); got != 1 {
		t.Errorf("rate after a clear is %d/s, want 1/s", got)
	}
}

func TestALineWithoutTrafficComesToRest(t *testing.T) {
	var l traffic
	l.sample(0, period)
	l.sample(10, period)
	for range samples {
		if !l.sample(10, period) {
			t.Fatal("a line at rest has not yet moved out")
		}
	}
	l.each(func(v float64) {
		if v != 0 {
			t.Errorf("a line at rest holds %v", v)
		}
	})
	if l.sample(10, period) {
		t.Error("a line at rest changes")
	}
	if n := testing.AllocsPerRun(100, func() { l.sample(10, period) }); n != 0 {
		t.Errorf("%v allocations for a line at rest", n)
	}
}

func TestARateIsShort(t *testing.T) {
	for n, want := range map[int64]string{
		0: "", 1: "1/s", 9999: "9999/s", 10_000: "10.0k/s", 12_399: "12.3k/s", 999_999: "999.9k/s", 1_250_000: "1.2M/s",
	} {
		if got := rateText(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
