package tunnel

import (
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// backlogOf is the length of the queue of an address on which the engine listens.
func backlogOf(t *testing.T, e *Engine, addr string) int {
	t.Helper()
	e.mu.Lock()
	l := e.listeners[addr]
	e.mu.Unlock()
	raw, err := l.net.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var info *unix.TCPInfo
	raw.Control(func(fd uintptr) { info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) })
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Sacked) // of a socket that listens it is the limit of the queue (tcp_get_info in Linux)
}

func TestTheBacklogIsTheLargestOfAnAddress(t *testing.T) {
	h := newHouse(t)
	most, err := os.ReadFile("/proc/sys/net/core/somaxconn")
	if err != nil {
		t.Skip(err)
	}
	system, err := strconv.Atoi(strings.TrimSpace(string(most)))
	if err != nil {
		t.Fatal(err)
	}
	addr := h.serve(t, "ws://127.0.0.1:1", "backlog = 5")
	want := func(n int, when string) {
		t.Helper()
		if got := backlogOf(t, h.engine, addr); got != min(n, system) {
			t.Errorf("%s: %d connections wait at most, want %d", when, got, min(n, system))
		}
	}
	want(5, "alone")
	add := func(name, backlog string) {
		t.Helper()
		h.on(t, "name = %q\nlisten = [%q]\n%s\n[[route]]\nto = [\"ws://127.0.0.1:1\"]\n", name, addr, backlog)
	}
	add("long", "backlog = 9")
	want(9, "with a larger one")
	add("short", "backlog = 2")
	want(9, "with a smaller one")
	add("any", "")
	want(systemBacklog, "with one that does not say")
	for _, name := range []string{"any", "long", "app"} {
		if err := h.engine.Off(name); err != nil {
			t.Fatal(err)
		}
	}
	want(2, "without the larger ones")
}

func TestWithoutABacklogItIsTheSystems(t *testing.T) {
	h := newHouse(t)
	addr := h.serve(t, "ws://127.0.0.1:1")
	n, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	h.engine.mu.Lock()
	h.engine.listeners["plain"] = &listener{net: n}
	h.engine.mu.Unlock()
	plain := backlogOf(t, h.engine, "plain")
	h.engine.mu.Lock()
	delete(h.engine.listeners, "plain")
	h.engine.mu.Unlock()
	if got := backlogOf(t, h.engine, addr); got != plain {
		t.Errorf("%d connections wait at most, and at another listener %d", got, plain)
	}
}
