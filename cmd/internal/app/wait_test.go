package app

import (
	"runtime"
	"testing"
	"time"
)

// hasModes is false on Windows, where modes say nothing.
const hasModes = runtime.GOOS != "windows"

// testPatience is how long a test waits for what has to come. It is no measure of speed.
const testPatience = 60 * time.Second

// waitFor looks until something is so.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	for begin := time.Now(); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > testPatience {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
