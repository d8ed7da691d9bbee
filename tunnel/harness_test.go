package tunnel

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"culvert/certs"
	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/tunnel/project"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what has to come. It is no measure of speed.
const patience = 60 * time.Second

// overMovers runs a test over each mover that this system has.
func overMovers(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	for _, kind := range []struct {
		name string
		make func() (mover, error)
	}{
		{"system mover", newMover},
		{"portable copier", func() (mover, error) { return newCopier(), nil }},
	} {
		t.Run(kind.name, func(t *testing.T) {
			m, err := kind.make()
			if err != nil {
				t.Fatal(err)
			}
			test(t, newHouseWith(t, Config{}, m))
		})
	}
}

// house is an engine with a real CA, and what tests need around it.
type house struct {
	engine *Engine
	roots  *x509.CertPool
	clock  *clock
}

// clock is a time that a test sets.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

func newHouse(t testing.TB) *house {
	t.Helper()
	m, err := newMover()
	if err != nil {
		t.Fatal(err)
	}
	return newHouseWith(t, Config{}, m)
}

func newHouseWith(t testing.TB, config Config, m mover) *house {
	t.Helper()
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{roots: x509.NewCertPool(), clock: &clock{}}
	h.roots.AddCert(ca.Certificate())
	config.GetCertificate = certs.NewMinter(h.clock.now, ca).GetCertificate
	if config.CaptureBudget == 0 {
		config.CaptureBudget = 64 << 20
	}
	h.engine = newEngine(config, m)
	t.Cleanup(h.engine.Close)
	return h
}

// on switches a project on that is given as the text of its file.
func (h *house) on(t testing.TB, format string, args ...any) *project.Project {
	t.Helper()
	p := parse(t, format, args...)
	if err := h.engine.On(p); err != nil {
		t.Fatal(err)
	}
	return p
}

func parse(t testing.TB, format string, args ...any) *project.Project {
	t.Helper()
	p, err := project.Parse("culvert.toml", fmt.Appendf(nil, format, args...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// serve switches the project "app" on, with one route to the upstream, and returns its address. lines are put before
// the route, or into it behind a line "route".
func (h *house) serve(t testing.TB, to string, lines ...string) string {
	t.Helper()
	top, route, _ := strings.Cut(strings.Join(lines, "\n"), "route\n")
	h.on(t, "name = \"app\"\n%s\n[[route]]\nto = [%q]\n%s\n", top, to, route)
	return h.address(t, "app")
}

// address is the first address of a project that is on.
func (h *house) address(t testing.TB, name string) string {
	t.Helper()
	return h.status(t, name).Listen[0]
}

func (h *house) status(t testing.TB, name string) Status {
	t.Helper()
	for _, s := range h.engine.Status() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no status of project %s", name)
	return Status{}
}

// log is the capture of the project "app".
func (h *house) log(t testing.TB) *capture.Log {
	t.Helper()
	log, ok := h.engine.Capture("app")
	if !ok {
		t.Fatal("project app has no capture")
	}
	return log
}

// tls is what a client trusts that trusts the house's CA.
func (h *house) tls() *tls.Config {
	return &tls.Config{
		RootCAs: h.roots, ServerName: "localhost", NextProtos: []string{"http/1.1"},
		CurvePreferences: []tls.CurveID{tls.X25519}, // the cheapest
	}
}

// dial connects to an address: over TLS unless config is nil.
func dial(t testing.TB, addr string, config *tls.Config) *peer {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	p := newPeer(t, c)
	if config != nil {
		secure := tls.Client(c, config)
		if err := secure.Handshake(); err != nil {
			t.Fatal(err)
		}
		p.stream(secure)
	}
	return p
}

// peer is an end of a connection in a test's hands.
type peer struct {
	net.Conn          // what is written to: TLS or the socket
	socket   net.Conn // below
	in       *bufio.Reader
	head     string // the request or answer that it sent or was sent
}

func newPeer(t testing.TB, c net.Conn) *peer {
	p := &peer{socket: c}
	p.stream(c)
	c.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { c.Close() })
	return p
}

func (p *peer) stream(c net.Conn) { p.Conn, p.in = c, bufio.NewReader(c) }

func (p *peer) Read(b []byte) (int, error) { return p.in.Read(b) }

// readHead reads up to an empty line.
func (p *peer) readHead(t testing.TB) string {
	t.Helper()
	head, err := headFrom(p.in)
	if err != nil {
		t.Fatalf("head after %q: %v", head, err)
	}
	p.head = head
	return head
}

func headFrom(r *bufio.Reader) (string, error) {
	var head strings.Builder
	for {
		line, err := r.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return head.String(), err
		}
	}
}

// write writes s.
func (p *peer) write(t testing.TB, s string) {
	t.Helper()
	if _, err := io.WriteString(p, s); err != nil {
		t.Fatal(err)
	}
}

// want reads exactly s.
func (p *peer) want(t testing.TB, s string) {
	t.Helper()
	got := make([]byte, len(s))
	if n, err := io.ReadFull(p, got); string(got[:n]) != s {
		t.Fatalf("read %.200q, %v; want %.200q", got[:n], err, s)
	}
}

// wantEnd reads the rest, s, and the stream's end.
func (p *peer) wantEnd(t testing.TB, s string) {
	t.Helper()
	got, err := io.ReadAll(p)
	if string(got) != s || err != nil {
		t.Fatalf("read %.200q, %v; want %.200q and the end", got, err, s)
	}
}

// wantReset reads the rest, s, and a reset.
func (p *peer) wantReset(t testing.TB, s string) {
	t.Helper()
	got, err := io.ReadAll(p)
	if string(got) != s || !errors.Is(err, errnoReset) {
		t.Fatalf("read %.200q, %v; want %.200q and a reset", got, err, s)
	}
}

// closeWrite ends the stream that p writes, in order.
func (p *peer) closeWrite(t testing.TB) {
	t.Helper()
	if secure, ok := p.Conn.(*tls.Conn); ok {
		secure.CloseWrite()
	}
	if err := p.socket.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
}

// reset closes the connection with a RST.
func (p *peer) reset() {
	p.socket.(*net.TCPConn).SetLinger(0)
	p.socket.Close()
}

// backend is a server whose connections a test plays.
type backend struct {
	listener net.Listener
	addr     string
	accepted chan *peer
}

// newBackend listens on a free port.
func newBackend(t testing.TB) *backend {
	t.Helper()
	return listenAt(t, "tcp", "127.0.0.1:0")
}

func listenAt(t testing.TB, network, addr string) *backend {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{listener: l, addr: l.Addr().String(), accepted: make(chan *peer, 4096)}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b.accepted <- newPeer(t, c)
		}
	}()
	return b
}

// next is the next connection that came.
func (b *backend) next(t testing.TB) *peer {
	t.Helper()
	select {
	case p := <-b.accepted:
		return p
	case <-time.After(patience):
		t.Fatal("nobody connected to the backend")
		return nil
	}
}

const (
	ask = "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)

// passage is one WebSocket connection through a house: the test is both of its ends.
type passage struct {
	client, server *peer
	log            *capture.Log
	id             uint32 // in the log
}

// open opens a WebSocket through the project "app" at addr.
func (h *house) open(t testing.TB, addr string, config *tls.Config, b *backend) *passage {
	t.Helper()
	return h.openWith(t, addr, config, b, ask, switching)
}

func (h *house) openWith(t testing.TB, addr string, config *tls.Config, b *backend, request, answer string) *passage {
	t.Helper()
	return openThrough(t, addr, h.log(t), config, b, request, answer)
}

// openThrough opens a WebSocket through the address of a project that has that capture.
func openThrough(t testing.TB, addr string, log *capture.Log, config *tls.Config, b *backend, request, answer string) *passage {
	t.Helper()
	w := &passage{client: dial(t, addr, config), log: log}
	w.client.write(t, request)
	w.server = b.next(t)
	w.server.readHead(t)
	w.server.write(t, answer)
	w.client.readHead(t)
	w.id = connOf(t, w.log, w.client.socket)
	return w
}

// connOf is the number of the connection that came from c.
func connOf(t testing.TB, log *capture.Log, c net.Conn) uint32 {
	t.Helper()
	for _, info := range slices.Backward(log.Conns()) { // the newest: ports come again
		if info.Client == c.LocalAddr().String() {
			return info.ID
		}
	}
	t.Fatal("the connection is not on record")
	return 0
}

// ending waits for the connection's end on record.
func (w *passage) ending(t testing.TB) *capture.ConnInfo {
	t.Helper()
	return endOf(t, w.log, w.id)
}

func endOf(t testing.TB, log *capture.Log, id uint32) *capture.ConnInfo {
	t.Helper()
	var info *capture.ConnInfo
	await(t, log, "the end of the connection", func() bool {
		info, _ = log.Conn(id)
		return info != nil && info.Over
	})
	return info
}

// wantEnding waits for the connection's end on record, which is to be by that party and for that cause.
func (w *passage) wantEnding(t testing.TB, by capture.Party, cause capture.Cause, detail string) *capture.ConnInfo {
	t.Helper()
	info := w.ending(t)
	if info.End.By != by || info.End.Cause != cause || !strings.Contains(info.End.Detail, detail) {
		t.Errorf("recorded end is %v by %v, %q; want %v by %v, %q",
			info.End.Cause, info.End.By, info.End.Detail, cause, by, detail)
	}
	return info
}

// await waits until the log's rows make a condition true.
func await(t testing.TB, log *capture.Log, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		_, next := log.Range()
		if condition() {
			return
		}
		if err := log.Wait(ctx, next-1); err != nil {
			t.Fatalf("waiting for %s: %v", what, err)
		}
	}
}

// rows are the rows of the connection.
func (w *passage) rows() []capture.Row {
	var rows []capture.Row
	first, next := w.log.Range()
	all := make([]capture.Row, next-first)
	for _, r := range all[:w.log.Rows(all, first)] {
		if r.Conn == w.id {
			rows = append(rows, r)
		}
	}
	return rows
}

// eventually polls for what has no event to wait for.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("never came true: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// text is a text frame, as the client sends it or as the server does.
func text(dir frame.Direction, s string) string {
	h := frame.Header{Opcode: frame.Text, Fin: true}
	if dir == frame.Sent {
		h.Masked, h.Key = true, [4]byte{1, 2, 3, 4}
	}
	return string(frame.AppendFrame(nil, h, []byte(s)))
}

// readAnswer reads a whole HTTP answer.
func (p *peer) readAnswer(t testing.TB) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(p.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}
