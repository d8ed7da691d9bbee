package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

// The programs under test, built once.
var binary, command string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "culvert")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary, command = filepath.Join(dir, "culvert-tray"), filepath.Join(dir, "culvert")
	code := 1
	if out, err := exec.Command("go", "build", "-o", dir, ".", "../culvert").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// machine is a user with a desktop who has never seen Culvert.
type machine struct {
	testing.TB
	home    string
	bus     string // address of the session bus
	screen  *desktoptest.Screen
	control *control.Client
	env     []string // beside what every machine has
}

func newMachine(t testing.TB) *machine {
	t.Helper()
	home, err := os.MkdirTemp("", "culvert") // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	m := &machine{TB: t, home: home, bus: desktoptest.Bus(t), screen: desktoptest.NewScreen(t)}
	m.control = control.NewClient(filepath.Join(home, "c", "run", "culvert.sock"))
	t.Cleanup(m.control.Close)
	return m
}

// process is the app while it runs.
type process struct {
	*exec.Cmd
	m      *machine
	out    output
	ended  chan struct{}
	status int // once it has ended
}

// start starts the app. It is killed at the end of a test that forgot it.
func (m *machine) start(args ...string) *process {
	m.Helper()
	p := &process{Cmd: exec.Command(binary, args...), m: m, ended: make(chan struct{})}
	p.Dir, p.Env = m.home, m.environment()
	apart(p.Cmd)
	p.Stdout, p.Stderr = &p.out, &p.out
	if err := p.Start(); err != nil {
		m.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		var exit *exec.ExitError
		if err := p.Wait(); errors.As(err, &exit) {
			p.status = exit.ExitCode()
		}
	}()
	m.Cleanup(func() {
		if m.Failed() {
			_ = p.Process.Signal(syscall.SIGQUIT) // for its goroutines
		} else {
			_ = p.Process.Kill()
		}
		<-p.ended
		if m.Failed() {
			m.Logf("the app printed:\n%s", p.out.String())
		}
	})
	return p
}

// environment is that of the user's session.
func (m *machine) environment() []string {
	return append([]string{
		"HOME=" + m.home, "CULVERT_HOME=" + filepath.Join(m.home, "c"), "XDG_CONFIG_HOME=" + filepath.Join(m.home, ".config"),
		"PATH=" + os.Getenv("PATH"), "TZ=UTC", "LC_ALL=en_US.UTF-8", "DISPLAY=" + m.screen.Display,
		"DBUS_SESSION_BUS_ADDRESS=" + m.bus, "LIBGL_ALWAYS_SOFTWARE=1", "FYNE_SCALE=1",
	}, m.env...)
}

// trust makes the Chromium of this user trust the CA.
func (m *machine) trust() {
	m.Helper()
	c := exec.Command(command, "trust", "--store", "chromium")
	c.Env = m.environment()
	if out, err := c.CombinedOutput(); err != nil {
		m.Fatalf("culvert trust: %v\n%s", err, out)
	}
}

// end waits for the end of the app, which has to exit with status.
func (p *process) end(status int) {
	p.m.Helper()
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		_ = p.Process.Signal(syscall.SIGQUIT) // for its goroutines
		<-p.ended
		p.m.Fatal("the app does not end")
	}
	if p.status != status {
		p.m.Fatalf("exit status %d, want %d; it printed:\n%s", p.status, status, p.out.String())
	}
}

// output collects what a process prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// project asks the running app about a project, and waits until it is as wanted.
func (m *machine) project(name string, want func(control.Project) bool) (found control.Project) {
	m.Helper()
	desktoptest.Until(m, "project "+name+" is as wanted", func() bool {
		list, err := m.control.Projects(m.Context())
		if err != nil {
			return false
		}
		for _, p := range list {
			if p.Name == name && want(p) {
				found = p
				return true
			}
		}
		return false
	})
	return found
}

// roots are what a client of this machine trusts: its CA alone.
func (m *machine) roots() *tls.Config {
	m.Helper()
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(filepath.Join(m.home, "c", "data", "ca", "ca.pem"))
	if err != nil {
		m.Fatal(err)
	}
	roots.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: roots}
}

// dialer opens wss sockets as a client that trusts the CA.
func (m *machine) dialer() *websocket.Dialer {
	m.Helper()
	return &websocket.Dialer{TLSClientConfig: m.roots(), HandshakeTimeout: 10 * time.Second}
}

// dial opens a wss socket at a path of an https address.
func (m *machine) dial(url, path string) (*websocket.Conn, error) {
	m.Helper()
	conn, _, err := m.dialer().DialContext(m.Context(), "wss"+url[len("https"):]+path, nil)
	return conn, err
}

// https is a client for requests that trusts the CA.
func (m *machine) https() *http.Client {
	m.Helper()
	transport := &http.Transport{TLSClientConfig: m.roots()}
	m.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// echo sends a text through a socket of the demo and waits for it to come back.
func (m *machine) echo(c *websocket.Conn, text string) {
	m.Helper()
	if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		m.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		m.Fatal(err)
	}
	if _, got, err := c.ReadMessage(); err != nil || string(got) != text {
		m.Fatalf("echo of %q: %q, %v", text, got, err)
	}
}

// outline returns what the window shows, a line for each text.
func (m *machine) outline() string {
	m.Helper()
	nodes, err := m.control.Outline(m.Context())
	if err != nil {
		return ""
	}
	var b bytes.Buffer
	for _, n := range nodes {
		fmt.Fprintln(&b, n.Role, n.Text, n.State)
	}
	return b.String()
}
