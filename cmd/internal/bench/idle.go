//go:build linux

package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	settle    = 3 * time.Second // after the connections have opened, before idleness is measured
	idleWatch = 5 * time.Second // how long it is
	atOnce    = 32              // connections that open at the same time
)

// measureIdle holds the load's connections open through all proxies at once, which costs none of them anything
// as all are silent, and measures each. Proxies should be fresh: memory that an earlier load has left would be used again.
func (b *bench) measureIdle(ctx context.Context, l load, proxies []*proxy) ([]sample, error) {
	var held []*client
	defer func() {
		for _, c := range held {
			c.hangUp()
		}
	}()
	before := make([]int64, len(proxies))
	for i, x := range proxies {
		// What a proxy allocates once, at its first connections, is no part of a connection's price.
		warm, err := openIdle(ctx, x, atOnce, l.size)
		if err == nil {
			err = closeIdle(x, warm)
		}
		if err != nil {
			return nil, fmt.Errorf("%s through %s: %w", l.name, x.name, err)
		}
		if err := pause(ctx, time.Second/2); err != nil {
			return nil, err
		}
		if before[i], err = b.proc.memory(x.pids...); err != nil {
			return nil, err
		}
		open, err := openIdle(ctx, x, l.connections, l.size)
		held = append(held, open...)
		if err != nil {
			return nil, fmt.Errorf("%s through %s: %w", l.name, x.name, err)
		}
	}
	samples, err := b.watchIdle(ctx, l, proxies, before)
	if err != nil {
		return nil, err
	}
	for i, x := range proxies {
		if err := closeIdle(x, held[i*l.connections:][:l.connections]); err != nil {
			return nil, fmt.Errorf("%s through %s: %w", l.name, x.name, err)
		}
	}
	held = nil
	return samples, nil
}

func (b *bench) watchIdle(ctx context.Context, l load, proxies []*proxy, before []int64) ([]sample, error) {
	if err := pause(ctx, settle); err != nil {
		return nil, err
	}
	used := make([]cpuTime, len(proxies))
	for i, x := range proxies {
		var err error
		if used[i], err = b.proc.cpu(x.pids...); err != nil {
			return nil, err
		}
	}
	if err := pause(ctx, idleWatch); err != nil {
		return nil, err
	}
	samples := make([]sample, len(proxies))
	for i, x := range proxies {
		now, err := b.proc.cpu(x.pids...)
		if err != nil {
			return nil, err
		}
		memory, err := b.proc.memory(x.pids...)
		if err != nil {
			return nil, err
		}
		samples[i].IdleCPU = 100 * now.sub(used[i]).Total.Seconds() / idleWatch.Seconds()
		samples[i].Memory = float64(memory-before[i]) / float64(l.connections) / 1024
	}
	return samples, nil
}

// openIdle opens n connections and echoes once through each. It returns those that are open even when one failed.
func openIdle(ctx context.Context, x *proxy, n, size int) ([]*client, error) {
	var mu sync.Mutex
	var open []*client
	var g errgroup.Group
	g.SetLimit(atOnce)
	for range n {
		g.Go(func() error {
			c, err := dial(ctx, x, echoPath)
			if err != nil {
				return err
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			return echoOnce(c, size)
		})
	}
	err := g.Wait()
	return open, err
}

func closeIdle(x *proxy, open []*client) error {
	for _, c := range open {
		if err := c.closeAfter(1); err != nil {
			return err
		}
		c.hangUp()
		x.frames += 4
	}
	return nil
}
