//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// program puts a script in front of the machine's PATH.
func (m machine) program(name, script string) (path string) {
	m.t.Helper()
	bin := filepath.Join(m.home, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		m.t.Fatal(err)
	}
	return "PATH=" + bin + ":" + os.Getenv("PATH")
}

func TestOpenGivesThePageToTheBrowser(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.must("add", "--demo")
	m.must("on", "demo")
	app, lines := m.run()
	page := address(t, lines, pageLine)
	tests := map[string][]string{
		"xdg-open":      {"open"},
		"google-chrome": {"open", "demo", "--browser", "google-chrome"},
		"firefox":       {"open", "demo", "--browser", "firefox", "--json"},
	}
	for name, args := range tests {
		done := filepath.Join(m.home, name+".done")
		if err := syscall.Mkfifo(done, 0o600); err != nil {
			t.Fatal(err)
		}
		path := m.program(name, `echo "$*" > "`+done+`"`)
		c := m.command(args...)
		c.Env = append(c.Env, path)
		out, err := c.CombinedOutput()
		if err != nil || !strings.Contains(string(out), page) {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
		if got, err := os.ReadFile(done); err != nil || string(got) != page+"\n" {
			t.Errorf("%s was started with %q, %v", name, got, err)
		}
	}
	app.end(syscall.SIGTERM)
}

func TestOpenWantsAProjectThatIsOn(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.must("add", "--demo")
	m.must("add", "--name", "x", "--to", "ws://127.0.0.1:9")
	m.must("on", "x")
	tests := []struct {
		args []string
		says string
	}{
		{[]string{"open"}, "no project is on"},
		{[]string{"open", "x"}, "project x: on, not running"},
		{[]string{"open", "demo"}, "project demo: off"},
		{[]string{"open", "nobody"}, "project nobody: not known"},
	}
	for _, tt := range tests {
		if r := m.do(tt.args...); r.code != 1 || !strings.Contains(r.err, tt.says) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%q: exit %d, %q", tt.args, r.code, r.err)
		}
	}
	m.must("on", "demo")
	app, _ := m.run()
	if r := m.do("open"); r.code != 1 || !strings.Contains(r.err, "name one of demo, x") {
		t.Errorf("of two: exit %d, %q", r.code, r.err)
	}
	if r := m.do("open", "x", "--browser", "lynx"); r.code != 1 || !strings.Contains(r.err, "found: ") {
		t.Errorf("an unknown browser: exit %d, %q", r.code, r.err)
	}
	app.end(syscall.SIGTERM)
}

// Nothing on the machine trusts the CA, and yet the page is shown and its sockets open.
func TestOpenIsolatedNeedsNoTrust(t *testing.T) {
	for _, b := range browsers {
		t.Run(b.Name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			app, _ := m.run()
			// Both browsers are told by their environment, or by a script around them, to show no window.
			path := m.program("chromium", `exec "`+b.Path(t)+`" --headless=new "$@"`)
			if b.store == "firefox" {
				path = "PATH=" + os.Getenv("PATH")
			}
			tail := m.start("tail", "demo", "--json", "--last", "-1", "--filter", "path:/ticker is:frame")
			isolated := m.command("open", "demo", "--isolated", "--json", "--browser", b.store)
			isolated.Env = append(isolated.Env, path, "MOZ_HEADLESS=1")
			p := m.startCommand(isolated)
			p.await(`"isolated":true`)
			var done opened
			if err := json.Unmarshal(p.lines.Bytes(), &done); err != nil || done.Profile == "" {
				t.Fatalf("%s: %v", p.lines.Text(), err)
			}
			tail.await(`"dir":"received"`) // the page runs its script, which has opened a socket
			if code := p.end(os.Interrupt); code != 0 {
				t.Errorf("exit %d: %s", code, p.err)
			}
			if left, err := os.ReadDir(filepath.Dir(done.Profile)); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if r := m.do("trust", "--status", "--json"); slices.ContainsFunc(strings.Fields(r.out), func(s string) bool { return s == `"trusted",` }) {
				t.Errorf("a store trusts the CA:\n%s", r.out)
			}
			app.end(syscall.SIGTERM)
		})
	}
}
