package tunnel

import (
	"fmt"
	"net"
)

// systemBacklog asks for the most that the system gives (net.core.somaxconn on Linux, kern.ipc.somaxconn on macOS and
// BSD), as package net does. Some kernels take no larger number.
const systemBacklog = 1<<16 - 1

// fitBacklog gives the address the longest queue of connections not yet accepted that one of its projects wants. One that
// does not care has the system's.
func (l *listener) fitBacklog() error {
	want := 0
	for _, s := range l.services {
		n := s.project.Backlog
		if n == 0 {
			n = systemBacklog
		}
		want = max(want, n)
	}
	if want == l.backlog || want == 0 {
		return nil
	}
	if err := setBacklog(l.net, want); err != nil {
		return fmt.Errorf("backlog of %s: %w", l.addr, err)
	}
	l.backlog = want
	return nil
}

// setBacklog changes the queue of a socket that listens already: package net has no way to open it so.
func setBacklog(n net.Listener, backlog int) error {
	raw, err := n.(*net.TCPListener).SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = listenAgain(fd, backlog) }); err != nil {
		return err
	}
	return failed
}
