//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

const (
	startLimit = 600 * time.Millisecond
	idleSettle = 5 * time.Second // after the start, before idleness is measured
	// idleSlack is how much more processor time, in percent of one, may come of the clock and of chance.
	idleSlack = 0.15
)

// start measures how long the app takes until its icon is in the tray. The first start, which makes the CA and reads
// everything from the disk, does not count.
func (b *windowBench) start() error {
	return onDesk(b.ctx, func(d *desk) error {
		others, err := b.foreign()
		if err != nil {
			return err
		}
		var took []time.Duration
		for range b.starts + 1 {
			once, err := b.startOnce(d)
			if err != nil {
				return err
			}
			took = append(took, once)
		}
		foreign, err := others()
		if err != nil {
			return err
		}
		first, warm := took[0], took[1:]
		slices.Sort(warm)
		median := warm[len(warm)/2]
		b.print("the first start of all took %d ms; others %.0f %%", first.Milliseconds(), foreign)
		b.verdict(median <= startLimit, "median of %d warm starts: %d ms, from %d to %d (at most %d)", len(warm),
			median.Milliseconds(), warm[0].Milliseconds(), warm[len(warm)-1].Milliseconds(), startLimit.Milliseconds())
		return nil
	})
}

func (b *windowBench) startOnce(d *desk) (time.Duration, error) {
	before := len(d.panel.Items())
	app, err := d.start(b.binary, "--hidden")
	if err != nil {
		return 0, err
	}
	defer app.stop()
	err = app.until(b.ctx, "the icon registers", time.Millisecond, func() bool { return len(d.panel.Items()) > before })
	return time.Since(app.began), err
}

// idle measures the hidden app beside an empty one, both at the same time.
func (b *windowBench) idle() error {
	empty, err := buildEmpty()
	if err != nil {
		return err
	}
	defer os.Remove(empty)
	return onDesk(b.ctx, func(d *desk) error {
		var pids []int
		for _, command := range [][]string{{b.binary, "--hidden"}, {empty}} {
			p, err := d.start(command[0], command[1:]...)
			if err != nil {
				return err
			}
			pids = append(pids, p.pid)
		}
		d.panel.Item(d)
		if err := pause(b.ctx, idleSettle); err != nil {
			return err
		}
		return b.compareIdle(pids[0], pids[1])
	})
}

func (b *windowBench) compareIdle(app, empty int) error {
	others, err := b.foreign()
	if err != nil {
		return err
	}
	before, err := b.cpuOf(app, empty)
	if err != nil {
		return err
	}
	if err := pause(b.ctx, b.rest); err != nil {
		return err
	}
	after, err := b.cpuOf(app, empty)
	if err != nil {
		return err
	}
	foreign, err := others()
	if err != nil {
		return err
	}
	mine, its := percent(after[0]-before[0], b.rest), percent(after[1]-before[1], b.rest)
	b.verdict(mine <= its+idleSlack, "%.2f %% of a processor over %.0f s, the empty app %.2f %% (at most %.2f more); others %.0f %%",
		mine, b.rest.Seconds(), its, idleSlack, foreign)
	return nil
}

func (b *windowBench) cpuOf(pids ...int) ([]time.Duration, error) {
	var used []time.Duration
	for _, pid := range pids {
		cpu, err := b.proc.cpu(pid)
		if err != nil {
			return nil, err
		}
		used = append(used, cpu.Total)
	}
	return used, nil
}

// buildEmpty builds the empty app with the flags of the environment, which are those of the app.
func buildEmpty() (path string, err error) {
	f, err := os.CreateTemp("", "emptywindow")
	if err != nil {
		return "", err
	}
	_ = f.Close()
	tool := os.Getenv("GO")
	if tool == "" {
		tool = "go"
	}
	cmd := exec.Command(tool, "build", "-o", f.Name(), "./"+filepath.Join("cmd", "internal", "bench", "emptywindow"))
	if out, err := cmd.CombinedOutput(); err != nil {
		os.Remove(f.Name())
		return "", fmt.Errorf("build the empty app: %w\n%s", err, out)
	}
	return f.Name(), nil
}
