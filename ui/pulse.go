package ui

import (
	"sync"
	"sync/atomic"
	"time"
)

// frame is the time between two ticks while the window is visible: 30 a second.
const frame = time.Second / 30

// Pulse is the one place from which work reaches Fyne's main goroutine: what was posted, and the tick of the window.
// At most one call is under way, so nothing piles up where the main goroutine is kept from working, as by a menu on
// macOS.
type Pulse struct {
	do   func(func()) // fyne.Do
	tick func(now time.Time)

	wake    chan struct{}
	visible chan bool
	stop    chan struct{}
	ended   chan struct{}

	underway atomic.Bool
	shown    bool  // on the main goroutine
	meter    meter // on the main goroutine

	mu    sync.Mutex
	queue []func()
}

// NewPulse returns a pulse that calls tick while the window is visible. do runs a function on the main goroutine,
// without waiting for it. Close it when done.
func NewPulse(do func(func()), tick func(now time.Time)) *Pulse {
	p := &Pulse{
		do: do, tick: tick, wake: make(chan struct{}, 1), visible: make(chan bool),
		stop: make(chan struct{}), ended: make(chan struct{}),
	}
	go p.run()
	return p
}

// Post has f called on the main goroutine soon, after what was posted before. It may be called from any goroutine; on a
// closed pulse f is not called.
func (p *Pulse) Post(f func()) {
	p.mu.Lock()
	p.queue = append(p.queue, f)
	p.mu.Unlock()
	p.signal()
}

// SetVisible starts or stops the tick. It is called on the main goroutine.
func (p *Pulse) SetVisible(visible bool) {
	p.shown = visible
	select {
	case p.visible <- visible:
	case <-p.ended:
	}
}

// Close ends the pulse and returns when nothing more will be posted.
func (p *Pulse) Close() {
	close(p.stop)
	<-p.ended
}

func (p *Pulse) run() {
	defer close(p.ended)
	ticker := time.NewTicker(frame)
	ticker.Stop()
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case visible := <-p.visible:
			ticker.Stop()
			if visible {
				ticker.Reset(frame)
			}
			continue
		case <-ticker.C:
		case <-p.wake:
		}
		if p.underway.CompareAndSwap(false, true) {
			p.do(p.beat)
		}
	}
}

// beat runs on the main goroutine.
func (p *Pulse) beat() {
	began := p.meter.begin()
	for {
		p.mu.Lock()
		queue := p.queue
		p.queue = nil
		p.mu.Unlock()
		if len(queue) == 0 {
			break
		}
		for _, f := range queue {
			f()
		}
	}
	if p.shown {
		p.tick(time.Now())
	}
	p.meter.end(began)
	p.underway.Store(false)
	// What was posted since the queue was looked at found a beat under way.
	p.mu.Lock()
	waiting := len(p.queue) > 0
	p.mu.Unlock()
	if waiting {
		p.signal()
	}
}

func (p *Pulse) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}
