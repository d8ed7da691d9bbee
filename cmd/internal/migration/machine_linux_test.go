package migration

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"culvert/tunnel/control"
)

// machine is a user's home that has never seen Culvert.
type machine struct {
	t    *testing.T
	home string
	env  []string // more variables of what runs there
}

func newMachine(t *testing.T, env ...string) machine {
	t.Helper()
	home, err := os.MkdirTemp("", "culvert") // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	return machine{t, home, env}
}

// command is culvert with args, to be started.
func (m machine) command(args ...string) *exec.Cmd {
	c := exec.Command(program, args...)
	c.Dir = m.home
	c.Env = append([]string{"HOME=" + m.home, "CULVERT_HOME=" + filepath.Join(m.home, "c"), "PATH=" + os.Getenv("PATH"), "TZ=UTC"}, m.env...)
	return c
}

// must runs culvert to its end, which has to be a good one, and returns all that it printed.
func (m machine) must(args ...string) string {
	m.t.Helper()
	out, err := m.command(args...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("culvert %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// run serves project files until the test ends, and returns once they are served.
func (m machine) run(files ...string) {
	m.t.Helper()
	args := []string{"run"}
	for _, f := range files {
		args = append(args, "--project", f)
	}
	c := m.command(args...)
	var errOut bytes.Buffer
	c.Stderr = &errOut
	out, err := c.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		m.t.Fatal(err)
	}
	lines, drained := bufio.NewScanner(out), make(chan struct{})
	ready := false
	for !ready && lines.Scan() {
		ready = lines.Text() == "ready"
	}
	go func() {
		defer close(drained)
		for lines.Scan() {
		}
	}()
	m.t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		<-drained
		_ = c.Wait()
		if m.t.Failed() {
			m.t.Logf("culvert run said:\n%s", errOut.String())
		}
	})
	if !ready {
		m.t.Fatal("culvert run ended before it was ready")
	}
	for _, p := range m.list() {
		if p.State == control.Failed {
			m.t.Fatalf("project %s: %s", p.Name, p.Reason)
		}
	}
}

// list is what culvert list says.
func (m machine) list() (list []control.Project) {
	m.t.Helper()
	if err := json.Unmarshal([]byte(m.must("list", "--json")), &list); err != nil {
		m.t.Fatal(err)
	}
	return list
}

// roots are the CA of the machine, and nothing else.
func (m machine) roots() *x509.CertPool {
	m.t.Helper()
	pem, err := os.ReadFile(filepath.Join(m.home, "c", "data", "ca", "ca.pem"))
	if err != nil {
		m.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		m.t.Fatal("ca.pem holds no certificate")
	}
	return roots
}
