package trust

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"culvert/certs"
)

// System is the machine as the stores see it. [Host] is the real one.
type System struct {
	// Root is the folder that stands for the file system's root; "" is the real root.
	// It does not apply to the user's own folders, which Env names in full.
	Root string

	// Env is the environment, as "NAME=value": the folders are found by it, and every command gets exactly it.
	Env []string

	// UID is the user who runs this, 0 for root.
	UID int

	// GOOS is the system, in the names of [runtime.GOOS]; "" is the one that this was built for.
	GOOS string

	// Prompt is the terminal where the user is told what sudo is about to ask a password for.
	// nil means that nobody can be asked.
	Prompt io.Writer

	// Culvert is the absolute path of the culvert command, which does as root what takes root, see [Change].
	// "" means that it is not known; what takes root then has to be done by hand, unless UID is 0.
	Culvert string

	// Receipt remembers what was changed. nil remembers nothing.
	Receipt *Receipt

	// Run runs a command to its end and returns its standard output. The error of a command that failed is a
	// [*CommandError]. nil runs it on this machine.
	Run func(ctx context.Context, c Command) ([]byte, error)
}

// Host is this machine. prompt is the terminal of the user who can answer sudo, or nil without one.
func Host(prompt io.Writer) System {
	return System{Env: os.Environ(), UID: os.Getuid(), Prompt: prompt}
}

// Terminal returns the terminal where sudo can ask this process's user for a password, or nil without one.
func Terminal() io.Writer {
	tty, err := os.Open("/dev/tty") // as sudo does
	if err != nil {
		return nil
	}
	tty.Close()
	if info, err := os.Stderr.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil // a script reads what we print: nobody is looking
	}
	return os.Stderr
}

// Command is a program to run, with its arguments: never a line for a shell.
type Command struct {
	Path    string // absolute
	Args    []string
	Stdin   []byte
	Env     []string      // the whole environment
	Timeout time.Duration // 0: [commandTimeout]
}

// commandTimeout ends a command that hangs. Rebuilding the system's bundle takes seconds on a slow machine.
const commandTimeout = 2 * time.Minute

// String is the command as one would type it.
func (c Command) String() string {
	words := []string{quote(c.Path)}
	for _, a := range c.Args {
		words = append(words, quote(a))
	}
	return strings.Join(words, " ")
}

// quote makes a word safe to paste into a shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,=+@%", r)
	}
	if s != "" && strings.IndexFunc(s, plain) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// CommandError is a command that failed, with what it printed.
type CommandError struct {
	Command Command
	Output  string // standard output, then standard error
	Err     error
}

// Error is one line: the command, its exit status, and the last line that it printed, which is where tools give the reason.
func (e *CommandError) Error() string {
	line := fmt.Sprintf("%s: %v", e.Command, e.Err)
	if said := lastLine(e.Output); said != "" {
		line += ": " + said
	}
	return line
}

// Unwrap returns the reason, such as an [*exec.ExitError] or [context.DeadlineExceeded].
func (e *CommandError) Unwrap() error { return e.Err }

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// run runs a command in the system's environment.
func (sys System) run(ctx context.Context, c Command) ([]byte, error) {
	if c.Env == nil {
		c.Env = sys.Env
	}
	if c.Timeout == 0 {
		c.Timeout = commandTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	if sys.Run != nil {
		return sys.Run(ctx, c)
	}
	return runHere(ctx, c)
}

// runHere runs a command on this machine.
func runHere(ctx context.Context, c Command) ([]byte, error) {
	cmd := exec.CommandContext(ctx, c.Path, c.Args...)
	cmd.Env = c.Env
	cmd.Stdin = bytes.NewReader(c.Stdin)
	cmd.WaitDelay = time.Second // a grandchild that keeps our pipe open shall not hold us
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, &CommandError{Command: c, Output: stdout.String() + stderr.String(), Err: err}
	}
	return stdout.Bytes(), nil
}

// goos is the system in the names of [runtime.GOOS].
func (sys System) goos() string { return cmp.Or(sys.GOOS, runtime.GOOS) }

// getenv returns the last value of a variable, as exec does.
func (sys System) getenv(name string) string {
	value := ""
	for _, kv := range sys.Env {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			value = v
		}
	}
	return value
}

// home returns a path in the user's home folder, or "" where there is none.
func (sys System) home(elem ...string) string {
	home := sys.getenv("HOME")
	if sys.goos() == "windows" {
		home = sys.getenv("USERPROFILE")
	}
	if !filepath.IsAbs(home) {
		return ""
	}
	return filepath.Join(append([]string{home}, elem...)...)
}

// xdg returns a folder of the XDG base directory specification: the variable's value, if absolute, or its default.
func (sys System) xdg(variable string, fallback ...string) string {
	if dir := sys.getenv(variable); filepath.IsAbs(dir) {
		return dir
	}
	return sys.home(fallback...)
}

// path is where an absolute path of the machine is found.
func (sys System) path(abs string) string { return filepath.Join(sys.Root, abs) }

// find returns the path of the first of the programs that is installed, or "". A desktop session's PATH often lacks
// the folders of administrators' tools, so that those are searched whatever PATH says.
func (sys System) find(programs ...string) string {
	dirs := append(filepath.SplitList(sys.getenv("PATH")),
		"/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin", "/snap/bin")
	for _, program := range programs {
		for _, dir := range dirs {
			// SECURITY: a relative entry of PATH would run whatever lies in the current folder.
			if !filepath.IsAbs(dir) {
				continue
			}
			file := sys.path(filepath.Join(dir, program))
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				return file
			}
		}
	}
	return ""
}

// withFile calls do with a file that holds the certificate alone, for tools that take nothing else. The CA's own file may
// be gone by the time that the root is removed.
func withFile(root *certs.Root, do func(file string) error) error {
	f, err := os.CreateTemp("", "culvert-ca-*.pem")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(root.PEM())
	if err = cmp.Or(err, f.Close()); err != nil {
		return err
	}
	return do(f.Name())
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// distribution returns the ID and the ID_LIKE of os-release(5), in lower case: what this Linux is, then what it is like.
func (sys System) distribution() []string {
	for _, file := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		if data, err := os.ReadFile(sys.path(file)); err == nil {
			return parseOSRelease(string(data))
		}
	}
	return nil
}

func parseOSRelease(data string) []string {
	var id, like []string
	for line := range strings.Lines(data) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		words := strings.Fields(strings.ToLower(strings.Trim(value, `"'`)))
		switch name {
		case "ID":
			id = words
		case "ID_LIKE":
			like = words
		}
	}
	return append(id, like...)
}
