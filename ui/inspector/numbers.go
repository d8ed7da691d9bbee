package inspector

import (
	"strconv"
	"time"
)

// count returns a number with its thousands apart: 12,407.
func count(n int64) string { return string(appendCount(nil, n)) }

func appendCount(dst []byte, n int64) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	digits := strconv.AppendInt(make([]byte, 0, 20), n, 10)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, d)
	}
	return dst
}

// stamp returns a time to the microsecond, in the local zone.
func stamp(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05.000000") }

// span returns a duration with as many digits as matter.
func span(d time.Duration) string {
	switch {
	case d >= time.Hour || d <= -time.Hour:
		return d.Round(time.Second).String()
	case d >= time.Second || d <= -time.Second:
		return d.Round(time.Millisecond).String()
	case d >= time.Millisecond || d <= -time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(10 * time.Nanosecond).String()
}

// clock returns a duration as hours, minutes and seconds: 00:04:12.
func clock(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	dst := make([]byte, 0, 12)
	for i, n := range [...]int64{s / 3600, s / 60 % 60, s % 60} {
		if i > 0 {
			dst = append(dst, ':')
		}
		if n < 10 {
			dst = append(dst, '0')
		}
		dst = strconv.AppendInt(dst, n, 10)
	}
	return string(dst)
}

// signed returns a duration with its sign: +215ms, −3s.
func signed(d time.Duration) string {
	if d < 0 {
		return "−" + span(-d)
	}
	return "+" + span(d)
}
