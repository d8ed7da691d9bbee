package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"culvert/tunnel/doctor"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is an App that knows one project, "chat".
type fake struct {
	added   AddRequest
	tailed  chan TailRequest
	stopped chan struct{}
	window  Window
}

var chat = Project{
	Name: "chat", File: "/p/culvert.toml", State: On, Listen: []string{"127.0.0.1:8443"},
	URLs: []string{"https://localhost:8443"}, Routes: []Route{{Path: "/ws", To: "ws://127.0.0.1:80"}}, Connections: 3,
}

func known(name string) error {
	if name != "chat" {
		return fmt.Errorf("project %s: not known (see: culvert list)", name)
	}
	return nil
}

func (f *fake) Projects(context.Context) ([]Project, error)         { return []Project{chat}, nil }
func (f *fake) On(_ context.Context, name string) (Project, error)  { return chat, known(name) }
func (f *fake) Off(_ context.Context, name string) (Project, error) { return chat, known(name) }
func (f *fake) Remove(_ context.Context, name string) error         { return known(name) }
func (f *fake) Stop()                                               { close(f.stopped) }
func (f *fake) Window() Window                                      { return f.window }

var found = []doctor.Finding{{
	Check: "backend-absent", Project: "chat", Severity: doctor.Error, What: "Nothing listens.", Why: "Nobody is there.",
	Fixes: []doctor.Fix{{What: "start the backend"}, {What: "correct the route", Action: doctor.Edit, Args: []string{"chat"}}},
}}

func (f *fake) Doctor(_ context.Context, name string) ([]doctor.Finding, error) {
	return found, known(name)
}

func (f *fake) Add(_ context.Context, r AddRequest) ([]Project, error) {
	f.added = r
	return []Project{chat}, nil
}

func (f *fake) Tail(ctx context.Context, r TailRequest, w io.Writer) error {
	if r.Filter == "(" {
		return errors.New("filter: missing )")
	}
	if _, err := w.Write(nil); err != nil {
		return err
	}
	f.tailed <- r
	if _, err := io.WriteString(w, "one\ntwo\n"); err != nil || !r.Follow {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

func (f *fake) Export(_ context.Context, name, filter string, w io.Writer) error {
	if err := known(name); err != nil {
		return err
	}
	if _, err := io.WriteString(w, `{"log":`); err != nil {
		return err
	}
	if filter == "breaks" {
		return errors.New("disk on fire")
	}
	_, err := io.WriteString(w, `{}}`)
	return err
}

func serve(t *testing.T) (*fake, *Client, string) {
	t.Helper()
	path := filepath.Join(shortDir(t), "run", "culvert.sock")
	l, err := Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{tailed: make(chan TailRequest, 1), stopped: make(chan struct{})}
	s := Serve(l, f, "1.2.3")
	t.Cleanup(s.Close)
	c := NewClient(path)
	t.Cleanup(c.Close)
	return f, c, path
}

// shortDir is t.TempDir with a name that leaves room for a socket's.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "culvert")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestEveryVerbReachesTheAppAndComesBack(t *testing.T) {
	f, c, _ := serve(t)
	ctx := t.Context()
	if got, err := c.Ping(ctx); err != nil || got != (Running{"1.2.3", os.Getpid()}) {
		t.Errorf("Ping = %+v, %v", got, err)
	}
	if got, err := c.Projects(ctx); err != nil || !reflect.DeepEqual(got, []Project{chat}) {
		t.Errorf("Projects = %+v, %v", got, err)
	}
	if got, err := c.Doctor(ctx, "chat"); err != nil || !reflect.DeepEqual(got, found) {
		t.Errorf("Doctor = %+v, %v", got, err)
	}
	if got, err := c.On(ctx, "chat"); err != nil || !reflect.DeepEqual(got, chat) {
		t.Errorf("On = %+v, %v", got, err)
	}
	if _, err := c.Off(ctx, "chat"); err != nil {
		t.Errorf("Off: %v", err)
	}
	want := AddRequest{Name: "a", To: "ws://b", Listen: []string{"127.0.0.1:1"}}
	if _, err := c.Add(ctx, want); err != nil || !reflect.DeepEqual(f.added, want) {
		t.Errorf("Add: %v, the app saw %+v", err, f.added)
	}
	if err := c.Remove(ctx, "chat"); err != nil {
		t.Errorf("Remove: %v", err)
	}
	var har strings.Builder
	if err := c.Export(ctx, "chat", "dir:in", &har); err != nil || har.String() != `{"log":{}}` {
		t.Errorf("Export wrote %q, %v", har.String(), err)
	}
	if err := c.Stop(ctx); err != nil {
		t.Errorf("Stop: %v", err)
	}
	<-f.stopped
}

func TestErrorsComeBackInTheAppsWords(t *testing.T) {
	_, c, _ := serve(t)
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"on":     func() error { _, err := c.On(ctx, "a/../b?c"); return err },
		"off":    func() error { _, err := c.Off(ctx, "a/../b?c"); return err },
		"remove": func() error { return c.Remove(ctx, "a/../b?c") },
		"export": func() error { return c.Export(ctx, "a/../b?c", "", io.Discard) },
	} {
		if err := call(); err == nil || err.Error() != "project a/../b?c: not known (see: culvert list)" {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := c.Tail(ctx, TailRequest{Filter: "("}, io.Discard)
	if err == nil || err.Error() != "filter: missing )" {
		t.Errorf("tail: %v", err)
	}
}

func TestExportThatBreaksOffIsAnError(t *testing.T) {
	_, c, _ := serve(t)
	if err := c.Export(t.Context(), "chat", "breaks", io.Discard); err == nil {
		t.Error("half an export was taken for the whole")
	}
}

func TestTailEndsWithItsRows(t *testing.T) {
	f, c, _ := serve(t)
	var out strings.Builder
	want := TailRequest{Project: "chat", Filter: "dir:in", Last: -1, JSON: true}
	if err := c.Tail(t.Context(), want, &out); err != nil || out.String() != "one\ntwo\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
	if got := <-f.tailed; got != want {
		t.Errorf("the app saw %+v, want %+v", got, want)
	}
}

func TestTailEndsCleanlyWithItsContext(t *testing.T) {
	f, c, _ := serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- c.Tail(ctx, TailRequest{Follow: true}, io.Discard) }()
	<-f.tailed
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTailEndsCleanlyWhenTheAppStops(t *testing.T) {
	path := filepath.Join(shortDir(t), "culvert.sock")
	l, err := Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{tailed: make(chan TailRequest, 1)}
	s := Serve(l, f, "")
	c := NewClient(path)
	defer c.Close()
	ended := make(chan error)
	go func() { ended <- c.Tail(t.Context(), TailRequest{Follow: true}, io.Discard) }()
	<-f.tailed
	s.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

func TestSocketIsForItsOwnerOnly(t *testing.T) {
	if !hasModes {
		t.Skip("modes say nothing on Windows")
	}
	dir := filepath.Join(shortDir(t), "run")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "culvert.sock")
	l, err := Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for file, want := range map[string]os.FileMode{dir: 0o700, path: 0o600} {
		info, err := os.Lstat(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", file, got, want)
		}
	}
}

func TestSecondServerLearnsThePIDOfTheFirst(t *testing.T) {
	_, _, path := serve(t)
	_, err := Listen(t.Context(), path)
	var running *RunningError
	if !errors.As(err, &running) || running.PID != os.Getpid() {
		t.Fatalf("got %v, want a RunningError with pid %d", err, os.Getpid())
	}
	if !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("%q does not name the pid", err)
	}
}

func TestStaleSocketIsReplaced(t *testing.T) {
	path := filepath.Join(shortDir(t), "culvert.sock")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false) // as kill -9 leaves it
	dead.Close()
	c := NewClient(path)
	defer c.Close()
	if _, err := c.Ping(t.Context()); !errors.Is(err, ErrNotRunning) {
		t.Errorf("Ping on a stale socket: %v", err)
	}
	l, err := Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestListenRefusesWhatItMustNotTouch(t *testing.T) {
	dir := shortDir(t)
	file := filepath.Join(dir, "precious")
	if err := os.WriteFile(file, []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ path, want string }{
		"a file where the socket goes":        {file, "is not a socket (move it away)"},
		"a link where the folder goes":        {filepath.Join(link, "culvert.sock"), "is not a folder (move it away)"},
		"a path longer than the system takes": {filepath.Join(dir, strings.Repeat("x", 120)), "set CULVERT_HOME to a shorter path"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := Listen(t.Context(), tc.path)
			if err == nil {
				l.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "data" {
		t.Errorf("the file now holds %q, %v", data, err)
	}
}

func TestClientWithoutServerSaysNotRunning(t *testing.T) {
	c := NewClient(filepath.Join(shortDir(t), "culvert.sock"))
	defer c.Close()
	_, err := c.Projects(t.Context())
	if !errors.Is(err, ErrNotRunning) || !strings.Contains(err.Error(), "culvert run") {
		t.Errorf("got %v", err)
	}
}

func TestBrowsersAndForeignRequestsAreRefused(t *testing.T) {
	_, _, path := serve(t)
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	defer tr.CloseIdleConnections()
	for name, tc := range map[string]struct {
		host, origin, body string
		want               int
	}{
		"a foreign Host":   {"localhost", "", `{}`, http.StatusForbidden},
		"an Origin":        {host, "https://example.com", `{}`, http.StatusForbidden},
		"an unknown key":   {host, "", `{"cmd":"x"}`, http.StatusUnprocessableEntity},
		"no body":          {host, "", ``, http.StatusUnprocessableEntity},
		"a body too large": {host, "", `{"name":"` + strings.Repeat("x", maxRequest) + `"}`, http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+tc.host+"/projects", strings.NewReader(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			if tc.origin != "" {
				r.Header.Set("Origin", tc.origin)
			}
			resp, err := tr.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != tc.want {
				t.Errorf("got status %d, want %d", resp.StatusCode, tc.want)
			}
		})
	}
}
