package trust

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestProgramsAreFoundWhereAdministratorsKeepThem(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.script("/usr/sbin/update-ca-certificates", "")
	m.script("/opt/bin/first", "")
	m.script("/usr/bin/first", "")
	m.write("/usr/bin/data", "no program", 0o644)
	m.mkdir("/usr/bin/folder")
	m.sys.Env = []string{"PATH=relative:/opt/bin:"}
	for program, want := range map[string]string{
		"update-ca-certificates": "/usr/sbin/update-ca-certificates", // a desktop's PATH has no sbin
		"first":                  "/opt/bin/first",
		"data":                   "",
		"folder":                 "",
		"missing":                "",
	} {
		if want != "" {
			want = filepath.Join(m.root, want)
		}
		if got := m.sys.find(program); got != want {
			t.Errorf("%s is found at %q, want %q", program, got, want)
		}
	}
}

func TestCommandCanBePasted(t *testing.T) {
	t.Parallel()
	c := Command{Path: "/usr/bin/install", Args: []string{"-m", "0644", "/home/o'neil/my ca.pem", "", "$HOME"}}
	if got, want := c.String(), `/usr/bin/install -m 0644 '/home/o'\''neil/my ca.pem' '' '$HOME'`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCommandRuns(t *testing.T) {
	t.Parallel()
	sys := System{Env: []string{"WORD=hello"}}
	sh := func(script string) Command {
		return Command{Path: "/bin/sh", Args: []string{"-c", script}, Stdin: []byte("from stdin")}
	}
	out, err := sys.run(t.Context(), sh(`echo "$WORD $HOME"; cat; echo noise >&2`))
	if err != nil || string(out) != "hello \nfrom stdin" {
		t.Errorf("got %q, %v", out, err)
	}
	hangs := sh("sleep 600")
	hangs.Timeout = time.Millisecond
	if _, err := sys.run(t.Context(), hangs); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a command that hangs ends with %v", err)
	}
	if _, err := sys.run(t.Context(), Command{Path: "/nowhere/tool"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing command ends with %v", err)
	}
}

func TestStatusIsOneLine(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]Status{
		"trusted":             {State: Trusted},
		"not there":           {},
		"not trusted: reason": {State: NotTrusted, Reason: "reason"},
		"cannot: reason (do)": {State: Cannot, Reason: "reason", Fix: "do"},
	} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	err := &CommandError{Command: Command{Path: "/bin/x"}, Output: "one\ntwo\n", Err: errors.New("exit status 1")}
	if got := err.Error(); got != "/bin/x: exit status 1: two" || strings.Contains(got, "\n") {
		t.Errorf("got %q", got)
	}
}
