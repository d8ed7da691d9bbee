//go:build linux

package main

import (
	"math/bits"
	"time"
)

// subBuckets is how many equal steps a power of two is cut into: quantiles are exact to 1/32, about 3 %.
const subBuckets = 32

// histogram counts durations in buckets that grow with the value. Recording is a few instructions and never
// allocates. It is used by one goroutine at a time; the zero value is empty.
type histogram struct {
	count   int64
	buckets [60 * subBuckets]int64
}

func (h *histogram) record(d time.Duration, n int64) {
	h.buckets[bucket(uint64(max(d, 0)))] += n
	h.count += n
}

func (h *histogram) add(o *histogram) {
	for i, n := range o.buckets {
		h.buckets[i] += n
	}
	h.count += o.count
}

// quantile returns the middle of the bucket that holds the q-th part of what was recorded, 0 when nothing was.
func (h *histogram) quantile(q float64) time.Duration {
	rank := int64(q * float64(h.count))
	for i, n := range h.buckets {
		if rank -= n; rank < 0 {
			return bucketMiddle(i)
		}
	}
	return 0
}

func bucket(v uint64) int {
	if v < subBuckets {
		return int(v)
	}
	shift := bits.Len64(v) - bits.Len(subBuckets)
	return shift*subBuckets + int(v>>shift)
}

func bucketMiddle(i int) time.Duration {
	if i < 2*subBuckets {
		return time.Duration(i)
	}
	shift := i/subBuckets - 1
	low := uint64(i-shift*subBuckets) << shift
	return time.Duration(low + 1<<shift/2)
}
