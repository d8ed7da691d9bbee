package tunnel

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

// Sizes of a reactor's buffers in bytes. They are shared by all its relays, so that an idle one holds none.
const (
	readSize  = 256 << 10             // what one recv may bring: much at once is what makes bulk cheap
	plainSize = readSize + 2*(16<<10) // and what TLS may have held back of it: a partial record and an unread one
	spareSize = plainSize + 4<<10     // a forward as TLS records
	maxSpare  = 8                     // unused buffers kept
)

// reactor moves the bytes of many relays on one goroutine, with epoll, through buffers of its own: a wake-up costs one
// recv and one send, and a relay costs neither a goroutine nor a buffer. Go's network poller and its two goroutines a
// relay would take about twice the CPU for small messages.
//
// Everything but the inbox is touched by run alone.
type reactor struct {
	epoll  int
	wakeFD int // an eventfd: the inbox has something
	done   chan struct{}

	mu     sync.Mutex
	inbox  []command
	closed bool

	cipher  []byte   // what recv brought of a TLS stream
	plain   []byte   // what it decrypts to, or what recv brought of a plain one
	out     []byte   // records to be sent
	spare   [][]byte // unused buffers for what sockets did not take
	sockets []*socket
	free    []uint32       // unused slots of sockets
	timed   map[*flow]bool // flows with limits
	flows   map[*relay]*flow
	tick    time.Duration // shortest of their ticks
	checked time.Time     // when the limits were last looked at
}

// command is what others ask of run.
type command struct {
	relay *relay
	stop  bool
}

// newMover returns the mover of this system.
func newMover() (mover, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		unix.Close(epoll)
		return nil, err
	}
	r := &reactor{
		epoll: epoll, wakeFD: wake, done: make(chan struct{}),
		cipher: make([]byte, readSize), plain: make([]byte, plainSize), out: make([]byte, 0, spareSize),
		timed: map[*flow]bool{}, flows: map[*relay]*flow{},
	}
	err = unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, wake, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: -1})
	if err != nil {
		unix.Close(epoll)
		unix.Close(wake)
		return nil, err
	}
	go r.run()
	return r, nil
}

func (r *reactor) start(re *relay) { r.post(command{relay: re}) }
func (r *reactor) stop(re *relay)  { re.stopped.Store(true); r.post(command{relay: re, stop: true}) }

func (r *reactor) close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.wake()
	<-r.done
}

// post hands run a command; after close, relays are dropped.
func (r *reactor) post(c command) {
	r.mu.Lock()
	first, closed := len(r.inbox) == 0, r.closed
	if !closed {
		r.inbox = append(r.inbox, c)
	}
	r.mu.Unlock()
	switch {
	case closed && !c.stop:
		c.relay.drop()
	case first && !closed:
		r.wake()
	}
}

func (r *reactor) wake() {
	one := [8]byte{1}
	unix.Write(r.wakeFD, one[:]) //nolint:errcheck // a full counter wakes as well
}

// run is the reactor's goroutine.
func (r *reactor) run() {
	defer close(r.done)
	events := make([]unix.EpollEvent, 256)
	for {
		n, err := r.wait(events)
		if err != nil {
			panic("tunnel: epoll_wait: " + err.Error()) // EBADF or EINVAL: a bug of ours
		}
		now := time.Now()
		for i := range events[:n] {
			ev := &events[i]
			if ev.Fd < 0 {
				var count [8]byte
				unix.Read(r.wakeFD, count[:]) //nolint:errcheck // level-triggered: it would come again
				continue
			}
			// A slot's socket may have gone in this batch, and the slot been given to another: level-triggered
			// readiness makes a look at the wrong one harmless.
			if s := r.sockets[ev.Fd]; s != nil {
				s.ready(ev.Events, now)
			}
		}
		if !r.obey(now) {
			r.shutdown(now)
			return
		}
		r.enforce(now)
	}
}

// wait is epoll_wait. The first look does not block, and so skips telling the scheduler.
func (r *reactor) wait(events []unix.EpollEvent) (int, error) {
	n, errno := epollPoll(r.epoll, events)
	if n > 0 && errno == 0 {
		return n, nil
	}
	timeout := -1
	if len(r.timed) > 0 {
		timeout = int(r.tick.Milliseconds())
	}
	for {
		n, err := unix.EpollWait(r.epoll, events, timeout)
		if err != unix.EINTR {
			return n, err
		}
	}
}

// obey carries out the inbox; false means close.
func (r *reactor) obey(now time.Time) bool {
	r.mu.Lock()
	inbox, closed := r.inbox, r.closed
	r.inbox = nil
	r.mu.Unlock()
	for _, c := range inbox {
		if c.stop {
			if f := r.flows[c.relay]; f != nil {
				f.finish(capture.End{By: capture.Tunnel, Cause: capture.ByStop}, now)
			}
			continue
		}
		r.adopt(c.relay, now)
	}
	return !closed
}

// shutdown ends what is left.
func (r *reactor) shutdown(now time.Time) {
	for _, f := range r.flows {
		f.finish(capture.End{By: capture.Tunnel, Cause: capture.ByStop}, now)
	}
	unix.Close(r.epoll)
	unix.Close(r.wakeFD)
}

// adopt takes a relay's sockets from Go's network poller and starts moving.
func (r *reactor) adopt(re *relay, now time.Time) {
	if re.stopped.Load() { // before it was here
		re.drop()
		return
	}
	f := &flow{relay: re, lastAny: now, lastBackend: now, lastTaken: now}
	for dir, end := range [2]*endpoint{&re.client, &re.backend} {
		s := &f.sides[dir]
		*s = socket{flow: f, reactor: r, peer: &f.sides[1-dir], tls: end.tls, wire: end.wire, dir: frame.Direction(dir), fd: -1}
		fd, err := detach(end.wire)
		if err != nil {
			f.sides[0].close(false)
			re.drop()
			return
		}
		s.fd, end.wire.driver = fd, s
	}
	r.flows[re] = f
	if re.limits.any() {
		if len(r.timed) == 0 || re.limits.tick() < r.tick {
			r.tick = re.limits.tick()
		}
		r.timed[f] = true
	}
	for dir, end := range [2]*endpoint{&re.client, &re.backend} {
		s := &f.sides[dir]
		r.register(s)
		s.in = end.wire.peeked // what the first byte's look left behind
		if len(end.early) > 0 {
			s.forward(end.early, now)
			end.early = nil
		}
	}
	for i := range f.sides {
		s := &f.sides[i]
		if !f.over && !s.paused() {
			s.pump(now) // TLS may hold records that were read with the handshake: no readiness tells of them
		}
		s.settle(now)
	}
}

// enforce ends flows that were silent for longer than their limits.
func (r *reactor) enforce(now time.Time) {
	if len(r.timed) == 0 || now.Sub(r.checked) < r.tick {
		return
	}
	r.checked = now
	for f := range r.timed {
		if what := f.expired(now); what != "" {
			f.finish(capture.End{By: capture.Tunnel, Cause: capture.ByTimeout, Detail: what}, now)
		}
	}
}

// lend returns an empty buffer that holds one forward and a close_notify.
func (r *reactor) lend() []byte {
	if n := len(r.spare); n > 0 {
		b := r.spare[n-1]
		r.spare = r.spare[:n-1]
		return b
	}
	return make([]byte, 0, spareSize)
}
