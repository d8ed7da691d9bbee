package doctor

import (
	"testing"
	"time"
)

func TestSpansAreForPeople(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 59500 * time.Millisecond: "60 s", 100 * time.Second: "100 s", 350 * time.Second: "350 s",
		3 * time.Hour: "180 min", 30 * time.Hour: "30 h", 183215*time.Hour + 47*time.Minute: "7634 d",
	} {
		if got := span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
