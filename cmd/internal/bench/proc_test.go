//go:build linux

package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// writeProc lays out a proc file system.
func writeProc(t *testing.T, files map[string]string) procFS {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return procFS(dir)
}

const statTail = " 1 1 0 -1 4194304 1 1 1 1 250 100 4 3 20 0 1 0 85034\n"

func TestTreeFindsDescendants(t *testing.T) {
	p := writeProc(t, map[string]string{
		"10/stat": "10 (nginx: master) S 1" + statTail,
		"11/stat": "11 (worker) S 10" + statTail,
		"12/stat": "12 (odd) name) S 11" + statTail,
		"13/stat": "13 (stranger) S 1" + statTail,
		"uptime":  "1 1\n",
	})
	got, err := p.tree(10)
	if want := []int{10, 11, 12}; err != nil || !slices.Equal(got, want) {
		t.Errorf("tree(10) = %v, %v; want %v", got, err, want)
	}
}

func TestCPU(t *testing.T) {
	p := writeProc(t, map[string]string{
		"10/stat":              "10 (proxy) S 1" + statTail,
		"10/task/10/schedstat": "3000000007 5 1\n",
		"10/task/12/schedstat": "500000000 5 1\n",
		"20/stat":              "20 (no schedstat) S 1" + statTail,
		"20/task/20/comm":      "x\n",
		"30/stat":              "30 (cut short) S 1\n",
	})
	tests := []struct {
		name string
		pids []int
		want cpuTime
		fail bool
	}{
		{"threads add up to the nanosecond", []int{10}, cpuTime{3500000007, time.Second}, false},
		{"ticks do where there is no schedstat", []int{20}, cpuTime{3500 * time.Millisecond, time.Second}, false},
		{"processes add up", []int{10, 20}, cpuTime{7000000007, 2 * time.Second}, false},
		{"a process that is gone is an error", []int{10, 99}, cpuTime{}, true},
		{"a damaged stat is an error", []int{30}, cpuTime{}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := p.cpu(tt.pids...)
			if got != tt.want || (err != nil) != tt.fail {
				t.Errorf("cpu(%v) = %v, %v; want %v", tt.pids, got, err, tt.want)
			}
		})
	}
}

func TestMemoryIsTheProportionalSetSize(t *testing.T) {
	p := writeProc(t, map[string]string{
		"10/smaps_rollup": "55-7f ---p 0 00:00 0 [rollup]\nRss:  13496 kB\nPss:  12063 kB\nPss_Dirty: 6876 kB\n",
		"11/smaps_rollup": "55-7f ---p 0 00:00 0 [rollup]\nRss:  10 kB\nPss:  1 kB\n",
		"12/smaps_rollup": "",
	})
	if got, err := p.memory(10, 11); err != nil || got != 12064<<10 {
		t.Errorf("memory(10, 11) = %d, %v; want %d", got, err, 12064<<10)
	}
	if _, err := p.memory(12); err == nil {
		t.Error("memory(12) of an empty file succeeded")
	}
}

func TestBusyLeavesIdleAndWaitingOut(t *testing.T) {
	p := writeProc(t, map[string]string{"stat": "cpu  1 2 3 1000 500 4 5 197 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n"})
	if got, err := p.busy(); err != nil || got != 15*tick {
		t.Errorf("busy() = %v, %v; want %v", got, err, 15*tick)
	}
}

func TestRealProc(t *testing.T) {
	p, self := procFS("/proc"), os.Getpid()
	pids, err := p.tree(self)
	if err != nil || !slices.Contains(pids, self) {
		t.Fatalf("tree = %v, %v", pids, err)
	}
	if c, err := p.cpu(self); err != nil || c.Total <= 0 {
		t.Errorf("cpu = %v, %v", c, err)
	}
	if m, err := p.memory(self); err != nil || m < 1<<20 {
		t.Errorf("memory = %d, %v", m, err)
	}
	if b, err := p.busy(); err != nil || b <= 0 {
		t.Errorf("busy = %v, %v", b, err)
	}
}
