//go:build unix

package browsertest

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// life is how long a browser may run: nothing waits for ever for one that hangs.
const life = 3 * time.Minute

// Process is a browser that runs.
type Process struct {
	t      testing.TB
	name   string
	cmd    *exec.Cmd
	cancel context.CancelFunc
	output output
	ended  chan struct{}
}

// Start starts the browser with an environment, whose HOME has its settings and stores, and arguments after its own. It
// ends with the test at the latest.
func (b Browser) Start(t testing.TB, env []string, args ...string) *Process {
	t.Helper()
	// Chromium puts a socket here, whose path must not exceed 107 bytes: the names of tests are too long for that.
	tmp, err := os.MkdirTemp("", "culvert-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(tmp) })
	ctx, cancel := context.WithTimeout(context.Background(), life)
	p := &Process{t: t, name: b.Name, cancel: cancel, ended: make(chan struct{})}
	p.output.endpoint, p.output.found = b.endpoint, make(chan string, 1)
	p.cmd = exec.CommandContext(ctx, b.Path(t), append(append([]string{}, b.flags...), args...)...)
	p.cmd.Env = append(append([]string{}, env...), "TMPDIR="+tmp)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 10 * time.Second
	// Not a file: Wait then waits for every process of the browser that holds the other end.
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	if err := p.cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait()
	}()
	t.Cleanup(p.stop)
	return p
}

// Ended returns a channel that is closed when the browser has ended, by itself or because it ran for too long.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// stop ends the browser, and tells what it printed where the test failed.
func (p *Process) stop() {
	p.cancel()
	<-p.ended
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // whoever did not go
	if p.t.Failed() {
		p.t.Logf("%s printed:\n%s", p.name, p.output.String())
	}
}

// output is what a browser prints.
type output struct {
	endpoint *regexp.Regexp
	found    chan string // gets the endpoint once it is printed

	mu   sync.Mutex
	text bytes.Buffer
	done bool
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	if o.done {
		return len(p), nil
	}
	if m := o.endpoint.FindSubmatch(o.text.Bytes()); m != nil {
		o.done = true
		o.found <- string(m[1])
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
