//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// procFS is where the kernel's proc file system is mounted: "/proc" but for tests. See proc(5).
type procFS string

// tick is the unit of the times in /proc/PID/stat and /proc/stat: USER_HZ is 100 on every Linux of today.
const tick = 10 * time.Millisecond

// cpuTime is processor time used. Total is exact to the nanosecond where the kernel has schedstat, System is
// the part spent in the kernel, exact to a tick.
type cpuTime struct{ Total, System time.Duration }

func (c cpuTime) sub(o cpuTime) cpuTime { return cpuTime{c.Total - o.Total, c.System - o.System} }

// tree returns pid and all its descendants: nginx has workers, HAProxy may have.
func (p procFS) tree(pid int) ([]int, error) {
	entries, err := os.ReadDir(string(p))
	if err != nil {
		return nil, err
	}
	children := map[int][]int{}
	for _, e := range entries {
		id, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		fields, err := p.stat(id)
		if err != nil {
			continue // gone since it was listed
		}
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], id)
	}
	pids := []int{pid}
	for i := 0; i < len(pids); i++ {
		pids = append(pids, children[pids[i]]...)
	}
	slices.Sort(pids)
	return pids, nil
}

// stat returns the fields of /proc/PID/stat that follow the command's name, state first.
func (p procFS) stat(pid int) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(string(p), strconv.Itoa(pid), "stat"))
	if err != nil {
		return nil, err
	}
	// The name is in parentheses and may hold any byte, parentheses too.
	_, rest, _ := strings.Cut(string(text[max(bytes.LastIndexByte(text, ')'), 0):]), ")")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return nil, fmt.Errorf("/proc/%d/stat: %d fields after the name: want 13 or more", pid, len(fields))
	}
	return fields, nil
}

// cpu returns what the processes have used so far, all their threads together.
func (p procFS) cpu(pids ...int) (cpuTime, error) {
	var sum cpuTime
	for _, pid := range pids {
		fields, err := p.stat(pid)
		if err != nil {
			return cpuTime{}, err
		}
		user, err1 := strconv.ParseInt(fields[11], 10, 64)
		system, err2 := strconv.ParseInt(fields[12], 10, 64)
		if err := errors.Join(err1, err2); err != nil {
			return cpuTime{}, fmt.Errorf("/proc/%d/stat: %w", pid, err)
		}
		sum.System += time.Duration(system) * tick
		total, err := p.schedstat(pid)
		if errors.Is(err, fs.ErrNotExist) {
			total, err = time.Duration(user+system)*tick, nil
		}
		if err != nil {
			return cpuTime{}, err
		}
		sum.Total += total
	}
	return sum, nil
}

// schedstat returns the time that the process's living threads were on a processor.
func (p procFS) schedstat(pid int) (time.Duration, error) {
	tasks := filepath.Join(string(p), strconv.Itoa(pid), "task")
	entries, err := os.ReadDir(tasks)
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	missing := 0
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(tasks, e.Name(), "schedstat"))
		if err != nil {
			missing++ // the thread ended, or the kernel has no schedstat
			continue
		}
		onCPU, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(onCPU, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/%d/task/%s/schedstat: %w", pid, e.Name(), err)
		}
		sum += time.Duration(ns)
	}
	if missing == len(entries) {
		return 0, fs.ErrNotExist
	}
	return sum, nil
}

// memory returns the processes' proportional set size in bytes: pages shared by n processes count 1/n in each.
func (p procFS) memory(pids ...int) (int64, error) {
	var sum int64
	for _, pid := range pids {
		path := filepath.Join(string(p), strconv.Itoa(pid), "smaps_rollup")
		text, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		_, rest, found := strings.Cut(string(text), "\nPss:")
		fields := strings.Fields(rest)
		if !found || len(fields) == 0 {
			return 0, fmt.Errorf("%s: no line Pss", path)
		}
		kb, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		sum += kb << 10
	}
	return sum, nil
}

// busy returns the time that all processors of the machine together were not idle.
func (p procFS) busy() (time.Duration, error) {
	path := filepath.Join(string(p), "stat")
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(line)
	if len(fields) < 8 || fields[0] != "cpu" {
		return 0, fmt.Errorf("%s: no line cpu", path)
	}
	var sum time.Duration
	for i, f := range fields[1:8] { // user nice system idle iowait irq softirq
		if i == 3 || i == 4 {
			continue
		}
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}

// threadTimes is the processor time that a process's threads have used, by what they do.
type threadTimes struct{ main, drawing, rest time.Duration }

// threads returns what the threads of a process have used. Those that have ended do not count.
func (p procFS) threads(pid int) (sum threadTimes, err error) {
	tasks := filepath.Join(string(p), strconv.Itoa(pid), "task")
	entries, err := os.ReadDir(tasks)
	if err != nil {
		return sum, err
	}
	for _, e := range entries {
		name, err1 := os.ReadFile(filepath.Join(tasks, e.Name(), "comm"))
		text, err2 := os.ReadFile(filepath.Join(tasks, e.Name(), "schedstat"))
		if err1 != nil || err2 != nil {
			continue // it has ended, or the kernel has no schedstat
		}
		onCPU, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(onCPU, 10, 64)
		if err != nil {
			return sum, fmt.Errorf("/proc/%d/task/%s/schedstat: %w", pid, e.Name(), err)
		}
		switch {
		case e.Name() == strconv.Itoa(pid):
			sum.main += time.Duration(ns)
		case bytes.HasPrefix(name, []byte("llvmpipe")):
			sum.drawing += time.Duration(ns)
		default:
			sum.rest += time.Duration(ns)
		}
	}
	return sum, nil
}

// resident returns how much of a process is in memory, libraries included, in bytes.
func (p procFS) resident(pid int) (int64, error) {
	text, err := os.ReadFile(filepath.Join(string(p), strconv.Itoa(pid), "statm"))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, fmt.Errorf("/proc/%d/statm: %q", pid, text)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}
