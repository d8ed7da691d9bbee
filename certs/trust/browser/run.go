package browser

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// Run runs a program to its end and returns the last of what it printed. When the context ends, so does the program; and
// when the program has ended, so has all that it started and that did not leave its process group.
func Run(ctx context.Context, env []string, stdin, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = env
	cmd.Stdin = strings.NewReader(stdin)
	var out tail
	// Not files: Wait then waits for every process that holds the other end.
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 5 * time.Second // from being asked to end to being made to
	endGroup := group(cmd)
	err := cmd.Run()
	endGroup()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return string(out), err
}

// tail keeps the last of what is written: browsers can run for days, and talk a lot.
type tail []byte

func (t *tail) Write(p []byte) (int, error) {
	const most = 64 << 10
	*t = append(*t, p...)
	if over := len(*t) - most; over > 0 {
		*t = append((*t)[:0], (*t)[over:]...)
	}
	return len(p), nil
}

// LastWords is the last line of what a program printed, where most give their reason.
func LastWords(out string) string {
	out = strings.TrimSpace(out)
	return strings.TrimSpace(out[strings.LastIndexByte(out, '\n')+1:])
}
