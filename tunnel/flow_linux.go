package tunnel

import (
	"crypto/tls"
	"errors"
	"io"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

// flow is a relay in a reactor's hands.
type flow struct {
	*relay
	sides                           [2]socket // by the direction of the bytes that come from it
	first                           capture.End
	hasFirst                        bool
	over                            bool
	lastAny, lastBackend, lastTaken time.Time
}

// socket is one end of a flow. It is its wire's driver.
type socket struct {
	flow    *flow
	reactor *reactor
	peer    *socket
	tls     *tls.Conn // nil when plain
	wire    *wire
	fd      int
	slot    uint32
	dir     frame.Direction // of the bytes that come from here
	events  uint32          // registered with epoll
	in      []byte          // bytes of reactor.cipher that TLS has not taken yet
	inErr   error           // what recv said behind them
	pending []byte          // bytes the socket did not take yet, in buffer
	buffer  []byte          // from reactor.spare; nil when nothing waits
	ended   bool            // its stream was read to the end
	dead    bool            // it takes no more bytes: a reset, mostly
	shut    bool            // its peer's end was passed on to it
	shutDue bool            // …and will be once pending is sent
	watched bool            // is in epoll
}

// register gives s a slot and puts it in epoll.
func (r *reactor) register(s *socket) {
	if n := len(r.free); n > 0 {
		s.slot = r.free[n-1]
		r.free = r.free[:n-1]
		r.sockets[s.slot] = s
	} else {
		s.slot = uint32(len(r.sockets))
		r.sockets = append(r.sockets, s)
	}
	s.watch(unix.EPOLLIN)
}

// expired names the limit that f has reached, or returns "".
func (f *flow) expired(now time.Time) string {
	waiting := time.Duration(0)
	if len(f.sides[frame.Received].pending) > 0 {
		waiting = now.Sub(f.lastTaken)
	}
	if len(f.sides[frame.Sent].pending) > 0 {
		f.lastBackend = now // it is the client that keeps the backend from sending
	}
	return f.limits.reached(now.Sub(f.lastAny), now.Sub(f.lastBackend), waiting)
}

// ready acts on what epoll said.
func (s *socket) ready(events uint32, now time.Time) {
	if events&unix.EPOLLOUT != 0 {
		s.flush(now)
	}
	if events&(unix.EPOLLIN|unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		if s.paused() {
			s.hungUp(events, now)
		} else {
			s.pump(now)
		}
	}
	s.settle(now)
}

// paused reports whether s is not to be read now: it has ended, or its peer does not take what was read before.
func (s *socket) paused() bool {
	return s.ended || s.peer.dead || len(s.peer.pending) > 0
}

// hungUp handles an error or hang-up on a socket that is paused: epoll reports these asked or not. One that has not
// ended yet may hold bytes from before its reset. They are read, and the error after them, once its peer takes them.
func (s *socket) hungUp(events uint32, now time.Time) {
	if events&unix.EPOLLERR != 0 && s.ended {
		errno, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR)
		if err == nil && errno != 0 {
			s.refuse(syscall.Errno(errno), now)
			return
		}
	}
	if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		s.unwatch()
	}
}

// settle passes a stream's end on, asks epoll for what matters next, and ends the flow when both streams have.
func (s *socket) settle(now time.Time) {
	f := s.flow
	if f.over {
		return
	}
	for i := range f.sides {
		if side := &f.sides[i]; side.dead && side.emptied(now) {
			f.finish(f.first, now)
			return
		}
	}
	for i := range f.sides {
		if side := &f.sides[i]; side.shutDue && len(side.pending) == 0 && !side.dead {
			unix.Shutdown(side.fd, unix.SHUT_WR) //nolint:errcheck // the peer is told as well as can be
			side.shut, side.shutDue = true, false
		}
	}
	if f.sides[0].shut && f.sides[1].shut {
		f.finish(f.first, now)
		return
	}
	for i := range f.sides {
		side := &f.sides[i]
		if side.dead {
			side.unwatch() // it would report its hang-up for ever
			continue
		}
		var want uint32
		if !side.paused() && len(side.pending) <= spareSize { // more: a flood of TLS key updates
			want |= unix.EPOLLIN
		}
		if len(side.pending) > 0 {
			want |= unix.EPOLLOUT
		}
		if want != side.events || !side.watched && want != 0 {
			side.watch(want)
		}
	}
}

// emptied reads what s, which takes no more bytes, sent before that: a Close frame, mostly. True once its peer has all
// of it.
func (s *socket) emptied(now time.Time) bool {
	for !s.paused() {
		if !s.pump(now) {
			break
		}
	}
	return s.peer.dead || len(s.peer.pending) == 0
}

// watch tells epoll which events matter.
func (s *socket) watch(events uint32) {
	op := unix.EPOLL_CTL_MOD
	if !s.watched {
		op = unix.EPOLL_CTL_ADD
	}
	unix.EpollCtl(s.reactor.epoll, op, s.fd, &unix.EpollEvent{Events: events, Fd: int32(s.slot)}) //nolint:errcheck // fd and slot are ours
	s.events, s.watched = events, true
}

// unwatch takes s out of epoll, which would report a hang-up for ever.
func (s *socket) unwatch() {
	if s.watched {
		unix.EpollCtl(s.reactor.epoll, unix.EPOLL_CTL_DEL, s.fd, nil) //nolint:errcheck // it is in there
		s.events, s.watched = 0, false
	}
}

// pump moves what one read brings to the peer, and no more, so that one flow does not starve the others. It reports
// whether there may be more.
func (s *socket) pump(now time.Time) bool {
	n, more, err := s.read(now)
	if n > 0 {
		s.forward(s.reactor.plain[:n], now)
	}
	if err != nil {
		s.readEnded(err, now)
		return false
	}
	return more
}

// read fills reactor.plain; more says that the socket may hold more.
func (s *socket) read(now time.Time) (n int, more bool, err error) {
	r := s.reactor
	if s.tls == nil {
		n, err = recv(s.fd, r.plain[:readSize])
		if err == errAgain {
			return 0, false, nil
		}
		return n, n == readSize, err
	}
	got := 0
	if len(s.in) == 0 {
		got, s.inErr = recv(s.fd, r.cipher)
		s.in = r.cipher[:got]
	}
	r.out = r.out[:0]
	for n < len(r.plain) && err == nil {
		var m int
		m, err = s.tls.Read(r.plain[n:])
		n += m
	}
	if len(r.out) > 0 { // TLS answers by itself: a key update, an alert
		s.put(r.out, now) //nolint:errcheck // what does not take it will say so when it is read
	}
	if err != nil && err != errAgain {
		return n, false, err
	}
	return n, got == len(r.cipher), nil
}

// Read gives TLS what recv brought; it is the wire's driver.
func (s *socket) Read(p []byte) (int, error) {
	if len(s.in) > 0 {
		n := copy(p, s.in)
		s.in = s.in[n:]
		return n, nil
	}
	if s.inErr == nil {
		return 0, errAgain
	}
	if s.inErr == io.EOF {
		s.wire.fin = true
	}
	return 0, s.inErr
}

// Write takes TLS's records; it is the wire's driver. All of a forward are sent at once.
func (s *socket) Write(p []byte) (int, error) {
	s.reactor.out = append(s.reactor.out, p...)
	return len(p), nil
}

// forward sends s's bytes to its peer, and shows them to the capture.
func (s *socket) forward(p []byte, now time.Time) {
	f := s.flow
	f.lastAny = now
	if s.dir == frame.Sent {
		f.sent.Add(int64(len(p)))
	} else {
		f.received.Add(int64(len(p)))
		f.lastBackend = now
	}
	err := s.peer.send(p, now)
	f.record.Data(s.dir, now, p)
	if err != nil {
		s.peer.refuse(err, now)
	}
}

// refuse notes that s takes no more bytes. What it sent before is still to be read.
func (s *socket) refuse(err error, now time.Time) {
	s.flow.note(ending(s.dir, err, s.tls != nil, false), now)
	s.dead = true
	s.drop()
	unix.Shutdown(s.fd, unix.SHUT_RD) //nolint:errcheck // so that what it sent has an end
}

// send encrypts p if the socket is TLS, and sends it or keeps what the socket does not take.
func (s *socket) send(p []byte, now time.Time) error {
	if s.dead {
		return nil
	}
	if s.tls == nil {
		return s.put(p, now)
	}
	s.reactor.out = s.reactor.out[:0]
	if _, err := s.tls.Write(p); err != nil {
		return err
	}
	return s.put(s.reactor.out, now)
}

// put sends bytes as they are, behind those that wait.
func (s *socket) put(p []byte, now time.Time) error {
	if len(s.pending) == 0 {
		n, err := send(s.fd, p)
		if err != nil && err != errAgain {
			return err
		}
		if p = p[n:]; len(p) == 0 {
			return nil
		}
		s.taken(now) // the wait for it to take the rest begins
	}
	if s.buffer == nil {
		s.buffer = s.reactor.lend()
		s.pending = s.buffer[:0]
	}
	s.pending = append(s.pending, p...)
	return nil
}

// flush sends what waits.
func (s *socket) flush(now time.Time) {
	n, err := send(s.fd, s.pending)
	if err != nil && err != errAgain {
		s.refuse(err, now)
		return
	}
	if n > 0 {
		s.taken(now)
	}
	if s.pending = s.pending[n:]; len(s.pending) == 0 {
		s.drop()
	}
}

// taken notes that s took bytes just now.
func (s *socket) taken(now time.Time) {
	s.flow.lastAny = now
	if s.dir == frame.Received { // the backend
		s.flow.lastTaken = now
	}
}

// drop gives back the buffer of what waits.
func (s *socket) drop() {
	if s.buffer != nil && len(s.reactor.spare) < maxSpare {
		s.reactor.spare = append(s.reactor.spare, s.buffer)
	}
	s.pending, s.buffer = nil, nil
}

// readEnded handles the end of s's stream: in order, or by an error, after which s takes no more bytes either.
func (s *socket) readEnded(err error, now time.Time) {
	s.ended = true
	s.flow.note(ending(s.dir, err, s.tls != nil, s.wire.fin), now)
	s.flow.record.EOF(s.dir, now)
	if err != io.EOF {
		s.dead = true
		s.drop()
		return
	}
	if !s.dead && !s.peer.dead {
		s.peer.end(now)
	}
}

// end ends the stream towards s, as its peer has ended its own, behind what waits. The FIN is left to settle.
func (s *socket) end(now time.Time) {
	if s.shut || s.shutDue {
		return
	}
	s.shutDue = true
	if s.tls == nil {
		return
	}
	s.reactor.out = s.reactor.out[:0]
	if err := s.tls.CloseWrite(); err == nil {
		s.put(s.reactor.out, now) //nolint:errcheck // the peer is told as well as can be
	}
}

// note keeps the first reason for the end: the later ones follow from it.
func (f *flow) note(e capture.End, now time.Time) {
	if !f.hasFirst {
		e.Time = now
		f.first, f.hasFirst = e, true
	}
}

// finish closes both sockets and reports the end.
func (f *flow) finish(e capture.End, now time.Time) {
	if f.over {
		return
	}
	f.note(e, now)
	f.over = true
	r := f.sides[0].reactor
	abort := f.first.Cause == capture.ByRST || f.first.Cause == capture.ByError
	for i := range f.sides {
		s := &f.sides[i]
		if !abort && !s.dead {
			s.end(now)
		}
		s.close(abort)
		r.sockets[s.slot] = nil
		r.free = append(r.free, s.slot)
	}
	delete(r.flows, f.relay)
	delete(r.timed, f)
	f.relay.report(f.first)
}

// close closes the socket: with a RST if the flow was aborted, or if it did not take all that it should have.
func (s *socket) close(abort bool) {
	if s.fd < 0 {
		return
	}
	if abort || len(s.pending) > 0 {
		unix.SetsockoptLinger(s.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}) //nolint:errcheck // a unix socket has none
	}
	s.drop()
	unix.Close(s.fd)
	s.fd = -1
}

// detach takes the socket below w out of Go's network poller.
func detach(w *wire) (int, error) {
	sc, ok := w.Conn.(syscall.Conn)
	if !ok {
		return -1, errors.New("not a socket")
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return -1, err
	}
	fd, dupErr := -1, error(nil)
	err = raw.Control(func(old uintptr) { fd, dupErr = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 0) })
	if err = errors.Join(err, dupErr); err != nil {
		return -1, err
	}
	w.Conn.Close() //nolint:errcheck // the duplicate lives on
	return fd, nil
}
