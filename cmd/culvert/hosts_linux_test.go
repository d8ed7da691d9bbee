package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// withHosts runs the program as root where a file of the test's own is the hosts file, and returns what it printed.
func (m machine) withHosts(file string, args ...string) (out string, ok bool) {
	m.t.Helper()
	c := m.command(args...)
	c.Args = append([]string{"sh", "-c", `mount --bind "$0" /etc/hosts && exec "$@"`, file, binary}, args...)
	c.Path = "/bin/sh"
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS} // Go makes its mounts private
	var text bytes.Buffer
	c.Stdout, c.Stderr = &text, &text
	err := c.Run()
	return text.String(), err == nil
}

func TestHostsFileIsChangedAndChangedBack(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a hosts file of one's own takes root")
	}
	const others = "127.0.0.1\tlocalhost\n192.168.1.9 printer # ours\n"
	file := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(file, []byte(others), 0o644); err != nil {
		t.Fatal(err)
	}
	m := newMachine(t)
	for _, step := range []struct {
		name string
		args []string
		want string
		ok   bool
		file string // what it begins with
	}{
		{"nothing at first", nil, "no names (culvert hosts --add NAME adds one)\n", true, others},
		{"two names", []string{"--add", "web.example.cn", "--add", "chat.localhost"}, "web.example.cn\nchat.localhost\n", true, others + "127.0.0.1 web.example.cn"},
		{"one again", []string{"--add", "web.example.cn"}, "web.example.cn\nchat.localhost\n", true, others + "127.0.0.1 web.example.cn"},
		{"as JSON", []string{"--json"}, "[\n  \"web.example.cn\",\n  \"chat.localhost\"\n]\n", true, others},
		{"a name of others", []string{"--remove", "printer"}, "culvert: hosts: printer is not among the names that Culvert has added (culvert hosts lists them)\n", false, others},
		{"no name at all", []string{"--add", "a b"}, "culvert: hosts: ", false, others},
		{"one less", []string{"--remove", "web.example.cn"}, "chat.localhost\n", true, others + "127.0.0.1 chat.localhost"},
		{"all gone", []string{"--remove-all"}, "no names (culvert hosts --add NAME adds one)\n", true, others},
	} {
		out, ok := m.withHosts(file, append([]string{"hosts"}, step.args...)...)
		if ok != step.ok || !strings.HasPrefix(out, step.want) {
			t.Errorf("%s: %v\n%s", step.name, ok, out)
		}
		data, err := os.ReadFile(file)
		if err != nil || !strings.HasPrefix(string(data), step.file) {
			t.Errorf("%s: the file is %q, %v", step.name, data, err)
		}
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != others {
		t.Errorf("in the end the file is %q, %v", data, err)
	}
}
