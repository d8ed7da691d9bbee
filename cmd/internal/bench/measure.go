//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// warmUp is how long a load runs before it is measured.
const warmUp = 300 * time.Millisecond

// A sample is what one round of a load through one peer gave. Times are in seconds or as the name says; a message of
// an echo load goes both ways and counts once, its payload twice.
type sample struct {
	Rate       float64 `json:"per_second"`             // messages, or connections, a second
	Megabytes  float64 `json:"megabytes_per_second"`   // payload, 10^6 bytes
	CPUMessage float64 `json:"cpu_us_per_message"`     // of the proxy, microseconds
	CPUByte    float64 `json:"cpu_s_per_gigabyte"`     // of the proxy, payload, 10^9 bytes
	System     float64 `json:"cpu_system_share"`       // part of it spent in the kernel, 0 to 1
	P50        float64 `json:"p50_us"`                 // of a message's way there and back, or of a connection's life
	P99        float64 `json:"p99_us"`                 //
	Memory     float64 `json:"kib_per_connection"`     // idle load only
	IdleCPU    float64 `json:"idle_cpu_percent"`       // idle load only, of one processor
	Others     float64 `json:"others_percent_of_cpus"` // processors' time taken by what is no part of the benchmark
}

// field is one measured value of a sample.
type field func(*sample) *float64

// fields are all values of a sample.
func fields() []field {
	return []field{
		func(s *sample) *float64 { return &s.Rate },
		func(s *sample) *float64 { return &s.Megabytes },
		func(s *sample) *float64 { return &s.CPUMessage },
		func(s *sample) *float64 { return &s.CPUByte },
		func(s *sample) *float64 { return &s.System },
		func(s *sample) *float64 { return &s.P50 },
		func(s *sample) *float64 { return &s.P99 },
		func(s *sample) *float64 { return &s.Memory },
		func(s *sample) *float64 { return &s.IdleCPU },
		func(s *sample) *float64 { return &s.Others },
	}
}

// worker is one goroutine of a load: what it has done, and the latencies of the measured window.
type worker struct {
	messages  atomic.Int64
	latencies histogram
	_         [64]byte // the next worker's counter is on another cache line
}

// run is one round of a load through one proxy.
type run struct {
	load
	proxy     *proxy
	measuring atomic.Bool // latencies count
	stopping  atomic.Bool // workers come to an end
	frames    atomic.Int64
	ready     sync.WaitGroup // workers connect
	workers   []worker
}

// bench is what all rounds share.
type bench struct {
	proc    procFS
	backend *backend
	self    int
	cpus    int
	window  time.Duration
}

// snapshot is the state of all counters at one moment.
type snapshot struct {
	time     time.Time
	messages int64
	cpu      cpuTime       // of the proxy
	ours     time.Duration // of proxy, backend and load generator
	busy     time.Duration // of the machine
}

// measure runs one round of an echo, push or connect load.
func (b *bench) measure(ctx context.Context, l load, x *proxy) (sample, error) {
	r := &run{load: l, proxy: x, workers: make([]worker, l.connections)}
	work := map[loadKind]func(context.Context, *worker) error{
		kindEcho: r.echo, kindPush: r.push, kindConnect: r.connect,
	}[l.kind]
	g, gctx := errgroup.WithContext(ctx)
	r.ready.Add(len(r.workers))
	for i := range r.workers {
		g.Go(func() error { return work(gctx, &r.workers[i]) })
	}
	before, after, err := b.observe(gctx, r)
	r.stopping.Store(true)
	// A worker's error is the cause, that its neighbours were cancelled is not.
	if werr := g.Wait(); werr != nil {
		err = werr
	}
	x.frames += r.frames.Load()
	if err != nil {
		return sample{}, fmt.Errorf("%s through %s: %w", l.name, x.name, err)
	}
	return b.evaluate(r, before, after)
}

// observe takes the counters at both ends of the window.
func (b *bench) observe(ctx context.Context, r *run) (before, after snapshot, err error) {
	r.ready.Wait()
	if err = pause(ctx, warmUp); err != nil {
		return
	}
	r.measuring.Store(true)
	if before, err = b.snapshot(r); err != nil {
		return
	}
	if err = pause(ctx, b.window); err != nil {
		return
	}
	after, err = b.snapshot(r)
	r.measuring.Store(false)
	return
}

func (b *bench) snapshot(r *run) (snapshot, error) {
	s := snapshot{time: time.Now()}
	for i := range r.workers {
		s.messages += r.workers[i].messages.Load()
	}
	var err1, err2, err3 error
	var ours cpuTime
	s.cpu, err1 = b.proc.cpu(r.proxy.pids...)
	ours, err2 = b.proc.cpu(b.self, b.backend.pid)
	s.ours = ours.Total + s.cpu.Total
	s.busy, err3 = b.proc.busy()
	return s, errors.Join(err1, err2, err3)
}

func (b *bench) evaluate(r *run, before, after snapshot) (sample, error) {
	messages := float64(after.messages - before.messages)
	if messages == 0 {
		return sample{}, fmt.Errorf("%s through %s: nothing came through in %v", r.name, r.proxy.name, b.window)
	}
	ways := 2.0
	if r.kind == kindPush {
		ways = 1
	}
	bytes := messages * float64(r.size) * ways
	elapsed := after.time.Sub(before.time)
	cpu := after.cpu.sub(before.cpu)
	var latencies histogram
	for i := range r.workers {
		latencies.add(&r.workers[i].latencies)
	}
	return sample{
		Rate:       messages / elapsed.Seconds(),
		Megabytes:  bytes / elapsed.Seconds() / 1e6,
		CPUMessage: cpu.Total.Seconds() * 1e6 / messages,
		CPUByte:    cpu.Total.Seconds() * 1e9 / bytes,
		System:     cpu.System.Seconds() / max(cpu.Total.Seconds(), 1e-9),
		P50:        latencies.quantile(0.50).Seconds() * 1e6,
		P99:        latencies.quantile(0.99).Seconds() * 1e6,
		Others:     b.others(before, after),
	}, nil
}

// others is the percentage of the machine's processor time that went to none of ours.
func (b *bench) others(before, after snapshot) float64 {
	foreign := (after.busy - before.busy) - (after.ours - before.ours)
	available := after.time.Sub(before.time) * time.Duration(b.cpus)
	return max(0, 100*foreign.Seconds()/available.Seconds())
}

// pause waits, or not when ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
