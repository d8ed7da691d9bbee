//go:build linux

package main

import (
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"culvert/tunnel/control"
)

// pushers is how many connections the frames come through.
const pushers = 8

// updateLimit is what an update may take of the main goroutine.
const updateLimit = 8 * time.Millisecond

// fillTime is how long a load lasts whose record is full at half time, and the heap as large as it will be.
const fillTime = 50 * time.Second

// frameSize is a frame's payload in bytes.
const frameSize = 128

// load measures the window while frames arrive.
func (b *windowBench) load() error {
	return b.withApp(func(d *desk, app *process, x *proxy) error {
		r := startPush(b, x, b.rate)
		err := b.watchLoad(d, app, r)
		passed, err2 := r.finish()
		if err := errors.Join(err2, err); err != nil {
			return err
		}
		recorded, err := d.recorded(passed)
		if err != nil {
			return err
		}
		b.verdict(recorded == passed, "%s of %s frames recorded", grouped(float64(recorded), 0), grouped(float64(passed), 0))
		return nil
	})
}

// withApp runs the app on a desktop, in front of a backend.
func (b *windowBench) withApp(do func(*desk, *process, *proxy) error) error {
	be, err := startBackend("127.0.0.1:0")
	if err != nil {
		return err
	}
	defer be.stop()
	return onDesk(b.ctx, func(d *desk) error {
		app, x, err := d.openApp(b.binary, be.addr)
		if err != nil {
			return err
		}
		return do(d, app, x)
	})
}

// pushRun is frames that arrive.
type pushRun struct {
	*run
	group *errgroup.Group
}

// startPush has the backend push frames through a proxy, so many a second, 0 for as many as go through.
func startPush(b *windowBench, x *proxy, rate int) *pushRun {
	g, ctx := errgroup.WithContext(b.ctx)
	r := &pushRun{&run{
		load:  load{kind: kindPush, connections: pushers, size: frameSize, rate: rate},
		proxy: x, workers: make([]worker, pushers),
	}, g}
	r.ready.Add(pushers)
	for i := range r.workers {
		g.Go(func() error { return r.push(ctx, &r.workers[i]) })
	}
	return r
}

// arrived returns how many frames have come through so far.
func (r *pushRun) arrived() (sum int64) {
	for i := range r.workers {
		sum += r.workers[i].messages.Load()
	}
	return sum
}

// finish ends the run and returns how many frames have passed, those that closed the connections included.
func (r *pushRun) finish() (int64, error) {
	r.stopping.Store(true)
	err := r.group.Wait()
	return r.frames.Load(), err
}

// moment is what is read at both ends of a measurement of the window.
type moment struct {
	time    time.Time
	came    int64 // frames
	work    control.Work
	threads threadTimes
}

func (b *windowBench) moment(d *desk, app *process, r *pushRun) (m moment, err error) {
	m = moment{time: time.Now(), came: r.arrived()}
	if m.work, err = d.control.Work(b.ctx); err == nil {
		m.threads, err = b.proc.threads(app.pid)
	}
	return m, err
}

// watchLoad measures while frames arrive.
func (b *windowBench) watchLoad(d *desk, app *process, r *pushRun) error {
	r.ready.Wait()
	if err := pause(b.ctx, 2*time.Second); err != nil {
		return err
	}
	others, err := b.foreign()
	if err != nil {
		return err
	}
	before, err := b.moment(d, app, r)
	if err != nil {
		return err
	}
	var memory [4]int64 // after each quarter
	for i := range memory {
		if err := pause(b.ctx, b.lasting/4); err != nil {
			return err
		}
		if memory[i], err = b.proc.resident(app.pid); err != nil {
			return err
		}
	}
	after, err := b.moment(d, app, r)
	if err != nil {
		return err
	}
	foreign, err := others()
	if err != nil {
		return err
	}
	elapsed := after.time.Sub(before.time)
	b.print("%s frames of %d B a second for %.0f s (%s asked for) on %d connections; others %.0f %%",
		grouped(float64(after.came-before.came)/elapsed.Seconds(), 0), frameSize, elapsed.Seconds(),
		grouped(float64(b.rate), 0), pushers, foreign)
	b.printWork(before, after)
	b.print("resident memory after 25, 50, 75, 100 %% of the time: %s, %s, %s, %s (the record may take 256 MiB of it)",
		mebibytes(memory[0]), mebibytes(memory[1]), mebibytes(memory[2]), mebibytes(memory[3]))
	if b.lasting >= fillTime {
		b.verdict(float64(memory[3]) < 1.02*float64(memory[1]), "resident memory is flat once the record is full")
	}
	return nil
}

// printWork prints what the window took.
func (b *windowBench) printWork(before, after moment) {
	elapsed := after.time.Sub(before.time)
	beats, updates := after.work.Beats, after.work.Updates
	b.print("%.1f updates a second; the time for each without drawing: %s", float64(updates.Count)/elapsed.Seconds(), milliseconds(beats))
	b.verdict(updates.P99 <= updateLimit, "processor time of the main thread for an update with all drawing: %s (p99 at most %d)",
		milliseconds(updates), updateLimit.Milliseconds())
	n := float64(max(1, updates.Count))
	b.print("allocations of the whole app, its tunnel included, for each update: %.0f, %.0f KiB",
		float64(after.work.Allocs-before.work.Allocs)/n, float64(after.work.Bytes-before.work.Bytes)/n/1024)
	part := func(d time.Duration) float64 { return percent(d, elapsed) }
	b.print("processor time, in percent of one: main thread %.0f, llvmpipe's threads %.0f, the rest, which is the tunnel, %.0f",
		part(after.threads.main-before.threads.main), part(after.threads.drawing-before.threads.drawing),
		part(after.threads.rest-before.threads.rest))
}
