package tunnel

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"culvert/tunnel/capture"
)

func TestATakenPortIsThatProjectsStateAlone(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr)
	taken := newBackend(t).addr
	const format = "name = \"late\"\nlisten = [%q, %q]\n[[route]]\nto = [\"ws://127.0.0.1:1\"]\n"
	p := parse(t, format, "127.0.0.1:0", taken)
	err := h.engine.On(p)
	if err == nil || !strings.Contains(err.Error(), "listen on "+taken+": the port is taken by another program") {
		t.Errorf("a port that is taken: %v", err)
	}
	if s := h.status(t, "late"); s.State != Failed || s.Reason != err.Error() || s.Connections != 0 || len(s.URLs) != 0 {
		t.Errorf("the status is %+v", s)
	}
	w := h.open(t, addr, h.tls(), b)
	w.client.write(t, "unharmed")
	w.server.want(t, "unharmed")
	if err := h.engine.Off("late"); err != nil {
		t.Error(err)
	}
	if err := h.engine.Off("late"); err == nil || !strings.Contains(err.Error(), "not on") {
		t.Errorf("off twice: %v", err)
	}
	foreign := parse(t, format, "127.0.0.1:0", "192.0.2.7:8443")
	if err := h.engine.On(foreign); err == nil || !strings.Contains(err.Error(), "this machine does not have that address") {
		t.Errorf("an address of nobody here: %v", err)
	}
}

func TestSwitchingOnAgainTakesTheChangedFile(t *testing.T) {
	h := newHouse(t)
	old, b := newBackend(t), newBackend(t)
	addr := h.serve(t, "ws://"+old.addr)
	before := h.open(t, addr, h.tls(), old)
	if again := h.serve(t, "ws://"+b.addr, fmt.Sprintf("listen = [%q]", addr)); again != addr {
		t.Errorf("it moved from %s to %s", addr, again)
	}
	before.wantEnding(t, capture.Tunnel, capture.ByStop, "")
	w := h.open(t, addr, h.tls(), b)
	w.client.write(t, "new")
	w.server.want(t, "new")
	s := h.status(t, "app")
	if s.State != On || s.Connections != 1 || s.Routes[0].To != "ws://"+b.addr || s.URLs[0] != "https://localhost:"+port(addr) {
		t.Errorf("the status is %+v", s)
	}
}

func port(addr string) string {
	_, p, _ := net.SplitHostPort(addr)
	return p
}

func TestAFreePortIsOnBothFamiliesAndKept(t *testing.T) {
	m, err := newMover()
	if err != nil {
		t.Fatal(err)
	}
	var kept atomic.Int64
	h := newHouseWith(t, Config{Port: func(string) int { return int(kept.Load()) }}, m)
	b := newBackend(t)
	addr := h.serve(t, "ws://"+b.addr)
	n, _ := strconv.Atoi(port(addr))
	kept.Store(int64(n))
	list := h.status(t, "app").Listen
	if len(list) == 2 {
		if list[1] != "[::1]:"+port(addr) {
			t.Errorf("it listens on %v", list)
		}
		w := h.open(t, list[1], h.tls(), b)
		w.client.write(t, "six")
		w.server.want(t, "six")
	}
	if again := h.serve(t, "ws://"+b.addr); again != addr {
		t.Errorf("it moved from %s to %s", addr, again)
	}
	if err := h.engine.Off("app"); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", addr) // another program takes it
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if again := h.serve(t, "ws://"+b.addr); again == addr {
		t.Error("it listens on a port that is taken")
	}
}

func TestAPortThatIsTakenOnOneFamilyIsNotUsed(t *testing.T) {
	taken, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no IPv6: ", err)
	}
	defer taken.Close()
	n := taken.Addr().(*net.TCPAddr).Port
	m, err := newMover()
	if err != nil {
		t.Fatal(err)
	}
	h := newHouseWith(t, Config{Port: func(string) int { return n }}, m)
	addr := h.serve(t, "ws://"+newBackend(t).addr)
	if list := h.status(t, "app").Listen; len(list) != 2 || port(addr) == strconv.Itoa(n) {
		t.Errorf("it listens on %v, and [::1]:%d is another program's", list, n)
	}
}

func TestAnAddressIsOpenedInItsOwnFamilyAlone(t *testing.T) {
	six, err := net.Listen("tcp6", "[::]:0")
	if err != nil {
		t.Skip("this machine has no IPv6: ", err)
	}
	at := port(six.Addr().String())
	six.Close()
	h := newHouse(t)
	h.on(t, "name = \"app\"\nlisten = [\"0.0.0.0:%s\", \"[::]:%s\"]\n[[route]]\nto = [\"ws://127.0.0.1:1\"]\n", at, at)
	if list := h.status(t, "app").Listen; !slices.Equal(list, []string{"0.0.0.0:" + at, "[::]:" + at}) {
		t.Errorf("it listens on %q", list)
	}
}

func TestTheCaptureSurvivesOffAndGoesWithForget(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	w := h.open(t, h.serve(t, "ws://"+b.addr), nil, b)
	log := w.log
	h.engine.Forget("app") // it is on
	if now, ok := h.engine.Capture("app"); !ok || now != log {
		t.Error("the capture of a project that is on was forgotten")
	}
	if err := h.engine.Off("app"); err != nil {
		t.Fatal(err)
	}
	if now, ok := h.engine.Capture("app"); !ok || now != log {
		t.Error("the capture went with Off")
	}
	h.engine.Forget("app")
	if _, ok := h.engine.Capture("app"); ok {
		t.Error("the capture is still there")
	}
}

func TestSwitchingOffDoesNotWaitForABackendThatThinks(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		opening, page := dial(t, addr, h.tls()), dial(t, addr, h.tls())
		opening.write(t, ask)
		b.next(t).readHead(t)
		page.write(t, "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n")
		b.next(t).readHead(t)
		off := make(chan error, 1)
		go func() { off <- h.engine.Off("app") }()
		if resp, body := opening.readAnswer(t); resp.StatusCode != 503 || !strings.Contains(body, "switched off") {
			t.Errorf("%d %q", resp.StatusCode, body)
		}
		opening.Close()
		select {
		case err := <-off:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience / 2):
			t.Fatal("Off waits")
		}
		info := endOf(t, h.log(t), 1)
		if info.End.By != capture.Tunnel || info.End.Cause != capture.ByStop {
			t.Errorf("on record: %s", info.Ending())
		}
	})
}

// echo answers every WebSocket of b with what it sends, until b is closed.
func (b *backend) echo(t *testing.T) {
	var peers sync.WaitGroup
	stop := make(chan struct{})
	peers.Go(func() {
		for {
			select {
			case p := <-b.accepted:
				peers.Go(func() {
					defer p.Close()
					if _, err := headFrom(p.in); err != nil {
						return
					}
					p.Write([]byte(switching))
					buf := make([]byte, 4096)
					for {
						n, err := p.Read(buf)
						if err != nil {
							return
						}
						p.Write(buf[:n])
					}
				})
			case <-stop:
				return
			}
		}
	})
	t.Cleanup(func() { close(stop); peers.Wait() })
}

func TestOnAndOffUnderLoadLeaveNothing(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		b.echo(t)
		addr := h.serve(t, "ws://"+b.addr)
		line := fmt.Sprintf("listen = [%q]", addr)
		before := openFiles()
		stop := make(chan struct{})
		var clients sync.WaitGroup
		var echoes atomic.Int64
		for range 6 {
			clients.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if c, err := net.Dial("tcp", addr); err == nil {
						echoes.Add(echoOnce(newPeer(t, c)))
					}
				}
			})
		}
		for range 15 {
			more := echoes.Load() + 20
			eventually(t, "the load goes on", func() bool { return echoes.Load() >= more })
			if err := h.engine.Off("app"); err != nil {
				t.Error(err)
			}
			h.serve(t, "ws://"+b.addr, line)
		}
		close(stop)
		clients.Wait()
		if err := h.engine.Off("app"); err != nil {
			t.Error(err)
		}
		if open := h.log(t).Stats().Open; open != 0 {
			t.Errorf("%d connections are open on record", open)
		}
		eventually(t, "as many files as before", func() bool { return openFiles() <= before })
	})
}

// echoOnce opens a WebSocket and sends something there and back; 1 if that worked.
func echoOnce(p *peer) int64 {
	defer p.Close()
	if _, err := p.Write([]byte(ask)); err != nil {
		return 0
	}
	head, err := headFrom(p.in)
	if err != nil || !strings.HasPrefix(head, "HTTP/1.1 101") {
		return 0
	}
	p.Write([]byte("there and back"))
	got := make([]byte, 14)
	if _, err := p.Read(got); err != nil || string(got) != "there and back" {
		return 0
	}
	return 1
}

// openFiles is how many files the process has open, 0 where that cannot be told.
func openFiles() int {
	list, err := os.ReadDir("/proc/self/fd")
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	return len(list)
}
