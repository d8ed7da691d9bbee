package migration

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startNginx runs nginx on a configuration until the test ends, and returns what it said of it once it serves.
func startNginx(t *testing.T, dir, file string) (said string) {
	t.Helper()
	path, err := exec.LookPath("nginx")
	if err != nil {
		path = "/usr/sbin/nginx" // where Debian's users do not look
	}
	c := exec.Command(path, "-p", dir, "-c", file, "-g", "daemon off; error_log stderr notice;")
	log, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatalf("%v (run: apt-get install nginx)", err)
	}
	drained := make(chan struct{})
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		<-drained
		_ = c.Wait()
	})
	// A test that waits for what never comes is ended by this.
	defer time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() }).Stop()
	lines, serves := bufio.NewScanner(log), false
	for !serves && lines.Scan() {
		said += lines.Text() + "\n"
		serves = strings.Contains(lines.Text(), "start worker process ") // all sockets are open by then
	}
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, log)
	}()
	if !serves {
		t.Fatalf("nginx does not serve %s:\n%s", file, said)
	}
	return said
}
