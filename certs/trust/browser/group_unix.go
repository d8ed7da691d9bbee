//go:build unix

package browser

import (
	"os"
	"os/exec"
	"syscall"
)

// group makes a command that is not started yet the first of a process group of its own, all of which is asked to end
// with the command's context. The function, to be called after the command, ends who is left.
func group(cmd *exec.Cmd) (end func()) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM); err == syscall.ESRCH {
			return os.ErrProcessDone
		} else if err != nil {
			return err
		}
		return nil
	}
	return func() {
		if cmd.Process != nil {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
	}
}

// detach keeps what ends this process's group, as Ctrl-C does, from the command.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
