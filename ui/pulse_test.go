package ui

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// mainLoop stands for Fyne's: it runs what it is given, in order, on one goroutine.
type mainLoop struct {
	queue   chan func()
	ended   chan struct{}
	calls   atomic.Int64
	waiting atomic.Int64
	most    atomic.Int64
}

func newMainLoop(t *testing.T) *mainLoop {
	l := &mainLoop{queue: make(chan func(), 1000), ended: make(chan struct{})}
	go func() {
		defer close(l.ended)
		for f := range l.queue {
			l.waiting.Add(-1)
			f()
		}
	}()
	t.Cleanup(func() { close(l.queue); <-l.ended })
	return l
}

func (l *mainLoop) do(f func()) {
	l.calls.Add(1)
	if n := l.waiting.Add(1); n > l.most.Load() {
		l.most.Store(n)
	}
	l.queue <- f
}

func TestEverythingPostedRunsInOrder(t *testing.T) {
	l := newMainLoop(t)
	p := NewPulse(l.do, func(time.Time) { t.Error("a hidden window ticks") })
	defer p.Close()
	const each = 1000
	var posters sync.WaitGroup
	var last [4]int // on the main goroutine
	done := make(chan struct{})
	left := len(last) * each
	for who := range last {
		posters.Go(func() {
			for n := 1; n <= each; n++ {
				p.Post(func() {
					if last[who]++; last[who] != n {
						t.Errorf("post %d of %d ran as number %d", n, who, last[who])
					}
					if left--; left == 0 {
						close(done)
					}
				})
			}
		})
	}
	posters.Wait()
	<-done
	if most := l.most.Load(); most > 1 {
		t.Errorf("%d calls waited for the main goroutine at once", most)
	}
}

func TestAVisibleWindowTicksAndABlockedOneGetsNoBacklog(t *testing.T) {
	l := newMainLoop(t)
	ticks := make(chan struct{}, 1000)
	p := NewPulse(l.do, func(time.Time) { ticks <- struct{}{} })
	defer p.Close()
	p.Post(func() { p.SetVisible(true) })
	<-ticks
	<-ticks
	blocked, release := make(chan struct{}), make(chan struct{})
	p.Post(func() { close(blocked); <-release })
	<-blocked
	before := l.calls.Load()
	time.Sleep(5 * frame) // the main goroutine is busy for so long
	if calls := l.calls.Load() - before; calls != 0 {
		t.Errorf("%d calls were sent to a main goroutine that is busy", calls)
	}
	close(release)
	<-ticks
	hidden := make(chan struct{})
	p.Post(func() { p.SetVisible(false); close(hidden) })
	<-hidden
}
