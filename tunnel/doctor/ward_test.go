package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"culvert/certs"
	"culvert/tunnel"
	"culvert/tunnel/capture"
	"culvert/tunnel/project"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what has to come. It is no measure of speed.
const patience = 60 * time.Second

// ward is an engine with a real CA, and the machine around it.
type ward struct {
	engine  *tunnel.Engine
	machine *Machine
	roots   *x509.CertPool
	file    string // of the CA's certificate
	project *project.Project
}

func newWard(t *testing.T) *ward {
	t.Helper()
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &ward{roots: x509.NewCertPool(), file: ca.File()}
	w.roots.AddCert(ca.Certificate())
	w.engine, err = tunnel.New(tunnel.Config{
		GetCertificate: certs.NewMinter(time.Now, ca).GetCertificate, CaptureBudget: 4 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.engine.Close)
	cert := ca.Certificate()
	w.machine = &Machine{
		Authorities: []Authority{{
			Name: cert.Subject.CommonName, NotBefore: cert.NotBefore, NotAfter: cert.NotAfter,
			Permits: func(host string) bool {
				return strings.HasSuffix(host, "localhost") || strings.HasSuffix(host, ".test")
			},
			Signs: []string{"localhost", "test"},
		}},
		Resolver: names{"localhost": "127.0.0.1", "app.localhost": "::1", "public.example": "203.0.113.7", "lan.example": "192.168.1.9"},
		Getenv:   func(string) string { return "" },
	}
	return w
}

// names is a resolver that knows these.
type names map[string]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if addr, ok := n[host]; ok {
		return []netip.Addr{netip.MustParseAddr(addr)}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// serve switches the project "app" on: its file is its name and the text.
func (w *ward) serve(t *testing.T, text string, args ...any) {
	t.Helper()
	w.project = parse(t, text, args...)
	if err := w.engine.On(w.project); err != nil {
		t.Fatal(err)
	}
}

// route is a project file's text for one route.
func route(path, to string) string { return fmt.Sprintf("[[route]]\npath = %q\nto = [%q]\n", path, to) }

func parse(t *testing.T, text string, args ...any) *project.Project {
	t.Helper()
	p, err := project.Parse("culvert.toml", fmt.Appendf(nil, "name = \"app\"\n"+text, args...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// patient is the project as it is now.
func (w *ward) patient(t *testing.T) *Patient {
	t.Helper()
	p := &Patient{Name: "app", Project: w.project, Running: true, On: true}
	for _, s := range w.engine.Status() {
		p.Served, p.Listen, p.Reason = s.State == tunnel.On, s.Listen, s.Reason
	}
	p.Capture, _ = w.engine.Capture("app")
	return p
}

// find runs one check on the project as it is now.
func (w *ward) find(t *testing.T, name string) []Finding {
	t.Helper()
	return findIn(t, name, w.machine, w.patient(t))
}

// findIn runs the checks of one name.
func findIn(t *testing.T, name string, m *Machine, patients ...*Patient) []Finding {
	t.Helper()
	var list []check
	for _, c := range checks {
		if c.name == name {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		t.Fatalf("no check %s", name)
	}
	return examine(t.Context(), patience, list, m, patients)
}

// wantOne is that there is one finding, whose parts hold these texts.
func wantOne(t *testing.T, found []Finding, severity Severity, what, evidence, fix string) {
	t.Helper()
	if len(found) != 1 {
		t.Fatalf("%d findings: %+v", len(found), found)
	}
	wantFinding(t, found[0], severity, what, evidence, fix)
}

func wantFinding(t *testing.T, f Finding, severity Severity, what, evidence, fix string) {
	t.Helper()
	fixes := fmt.Sprintf("%+v", f.Fixes)
	if f.Severity != severity || !strings.Contains(f.What, what) || !strings.Contains(f.Evidence, evidence) || !strings.Contains(fixes, fix) {
		t.Errorf("found %+v\nwant %s, %q, evidence %q, fix %q", f, severity, what, evidence, fix)
	}
	if f.Why == "" || len(f.Fixes) == 0 {
		t.Errorf("it says too little: %+v", f)
	}
}

// wantNone is that nothing was found.
func wantNone(t *testing.T, found []Finding) {
	t.Helper()
	if len(found) > 0 {
		t.Errorf("found %+v", found)
	}
}

// backend serves on a loopback port, and returns its address.
func backend(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// echo opens every WebSocket and sends back what comes.
func echo(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	c, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	for {
		kind, p, err := c.ReadMessage()
		if err != nil || c.WriteMessage(kind, p) != nil {
			return
		}
	}
}

// answering hijacks the connection and answers with a text in which KEY is the right Sec-WebSocket-Accept.
func answering(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer c.Close()
		text := strings.ReplaceAll(text, "KEY", acceptOf(r.Header.Get("Sec-WebSocket-Key")))
		io.WriteString(c, strings.ReplaceAll(text, "\n", "\r\n")+"\r\n\r\n")
		io.Copy(io.Discard, c)
	}
}

// browser opens sockets as a page of an origin does.
type browser struct {
	origin    string
	protocols []string
	agent     string
	plain     bool // ws:// rather than wss://
}

// opens opens path through the tunnel and closes it again; it returns the status.
func (b browser) opens(t *testing.T, w *ward, path string) int {
	t.Helper()
	var addr string
	for _, s := range w.engine.Status() {
		addr = s.Listen[0]
	}
	_, port, _ := net.SplitHostPort(addr)
	scheme := "wss"
	if b.plain {
		scheme = "ws"
	}
	origin := b.origin
	if origin == "" {
		origin = "https://localhost:" + port
	}
	d := websocket.Dialer{
		TLSClientConfig: &tls.Config{RootCAs: w.roots}, Subprotocols: b.protocols, HandshakeTimeout: patience,
		NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", addr)
		},
	}
	c, resp, err := d.DialContext(t.Context(), scheme+"://localhost:"+port+path,
		http.Header{"Origin": {origin}, "User-Agent": {b.agent}})
	if err == nil {
		c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(patience))
		c.Close()
	}
	if resp == nil {
		t.Fatal(err)
	}
	w.settle(t)
	return resp.StatusCode
}

// settle waits until no recorded connection is open.
func (w *ward) settle(t *testing.T) {
	t.Helper()
	log, _ := w.engine.Capture("app")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		_, next := log.Range()
		if log.Stats().Open == 0 {
			return
		}
		if err := log.Wait(ctx, next-1); err != nil && !errors.Is(err, capture.ErrClosed) {
			t.Fatal(err)
		}
	}
}

// get fetches a page through the tunnel.
func (w *ward) get(t *testing.T, path string) {
	t.Helper()
	addr := w.engine.Status()[0].Listen[0]
	_, port, _ := net.SplitHostPort(addr)
	tr := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: w.roots}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", addr)
		},
	}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr}).Get("https://localhost:" + port + path)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	log, _ := w.engine.Capture("app")
	for log.Stats().Requests == 0 {
		if err := log.Wait(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
}
