package main

import (
	"errors"
	"os"
	"os/exec"
)

// become runs the program to its end and takes its exit code. Windows has no way to replace a process; Ctrl-C reaches
// every process of the console, so that nothing has to be passed on.
func become(path string, args, env []string) error {
	c := exec.Command(path, args[1:]...)
	c.Args[0] = args[0]
	c.Env = env
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := c.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return &codeError{code: exit.ExitCode()}
	}
	return err
}
