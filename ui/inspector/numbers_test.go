package inspector

import (
	"testing"
	"time"
)

func TestCountPartsThousands(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 12_407: "12,407", 1_000_000: "1,000,000", -12_345: "-12,345",
	} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSpanHasAsManyDigitsAsMatter(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 1234 * time.Nanosecond: "1.23µs", 17_123_456 * time.Nanosecond: "17.12ms",
		3_200_499 * time.Microsecond: "3.2s", 90*time.Minute + 1400*time.Millisecond: "1h30m1s",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%d) = %q, want %q", d, got, want)
		}
	}
	if got := signed(-3 * time.Second); got != "−3s" {
		t.Errorf("signed is %q", got)
	}
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "00:00:00", 252 * time.Second: "00:04:12", 123*time.Hour + 61*time.Second: "123:01:01",
	} {
		if got := clock(d); got != want {
			t.Errorf("clock(%v) = %q, want %q", d, got, want)
		}
	}
}
