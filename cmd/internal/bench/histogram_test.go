//go:build linux

package main

import (
	"math"
	"testing"
	"time"
)

func TestQuantilesAreWithinABucket(t *testing.T) {
	var h, half histogram
	for i := range 5000 {
		h.record(time.Duration(i+1)*time.Microsecond, 1)
		half.record(time.Duration(i+5001)*time.Microsecond, 1)
	}
	h.add(&half)
	for q, want := range map[float64]time.Duration{
		0: time.Microsecond, 0.5: 5 * time.Millisecond, 0.99: 9900 * time.Microsecond,
	} {
		got := h.quantile(q)
		if math.Abs(float64(got-want)) > float64(want)/subBuckets+1 {
			t.Errorf("quantile(%v) = %v, want about %v", q, got, want)
		}
	}
}

func TestBucketsAreInOrder(t *testing.T) {
	last := -1
	for _, v := range []uint64{0, 1, 31, 32, 33, 63, 64, 66, 127, 128, 1000, 1 << 20, 1 << 40, 1<<63 - 1} {
		b := bucket(v)
		if b <= last {
			t.Errorf("bucket(%d) = %d, not above that of the value before", v, b)
		}
		if m := float64(bucketMiddle(b)); math.Abs(m-float64(v)) > float64(v)/subBuckets+1 {
			t.Errorf("bucketMiddle(bucket(%d)) = %v", v, m)
		}
		last = b
	}
	if max := len(histogram{}.buckets); last >= max {
		t.Errorf("the largest duration falls in bucket %d of %d", last, max)
	}
}

func TestEmptyHistogram(t *testing.T) {
	var h histogram
	h.record(-time.Second, 0)
	if got := h.quantile(0.99); got != 0 {
		t.Errorf("quantile = %v", got)
	}
}
