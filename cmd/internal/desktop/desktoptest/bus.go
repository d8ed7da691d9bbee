// Package desktoptest is a desktop for tests and benchmarks: a private session bus, a tray that registers icons and reads
// their menus, and a screen with keyboard and mouse. Everything is real but the panel: dbus-daemon, Xvfb, xdotool.
package desktoptest

import (
	"bufio"
	"os/exec"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// T is what the desktop needs of a test, or of a benchmark that is no test: Fatal does not return, and what was given to
// Cleanup is done at the end.
type T interface {
	Helper()
	Fatal(...any)
	Fatalf(format string, args ...any)
	Error(...any)
	Cleanup(func())
	TempDir() string
}

// patience is how long a test waits for what should be a moment.
const patience = 20 * time.Second

// Bus starts a session bus of the test's own and returns its address. It ends with the test.
func Bus(t T) (address string) {
	t.Helper()
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1",
		"--address=unix:dir="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("dbus-daemon: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("dbus-daemon printed no address: %v", err)
	}
	return strings.TrimSpace(line)
}

// dial connects to a bus until the test ends.
func dial(t T, address string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatalf("connect to %s: %v", address, err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// Until waits for cond to hold and fails the test if it never does. It looks again every few milliseconds: what it
// waits for is in another process.
func Until(t T, what string, cond func() bool) {
	t.Helper()
	end := time.Now().Add(patience)
	for !cond() {
		if time.Now().After(end) {
			t.Fatalf("still not after %v: %s", patience, what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
