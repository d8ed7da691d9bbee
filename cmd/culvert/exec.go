package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"

	"github.com/spf13/cobra"
)

func newExec() *cobra.Command {
	c := &cobra.Command{
		Use:   "exec -- CMD [ARG…]",
		Short: "Run a command that trusts the local CA",
		Long: `Run a command with the variables that culvert env prints, so that it, and what it starts, trusts the local CA. Nothing
of the machine is changed, and the CA is made first if there is none.

The command has the terminal, the signals and the exit code to itself. The exit code is 127 if there is no such command,
and 126 if it cannot be run.`,
		Example: `  culvert exec -- npm run dev
  culvert exec -- curl https://localhost:8443/
  culvert exec -- sh -c 'java -jar client.jar && ./check.py'`,
		Args: atLeast(1, "a command to run"),
		RunE: func(c *cobra.Command, args []string) error {
			return execute(c.ErrOrStderr(), args)
		},
	}
	c.Flags().SetInterspersed(false) // flags behind the command are the command's
	return c
}

// execute becomes the command; it returns only where that cannot be, or, on Windows, when the command has ended.
func execute(errOut io.Writer, args []string) error {
	path, err := exec.LookPath(args[0])
	if err != nil {
		return cannotRun(args[0], err)
	}
	set, err := trustingEnv(errOut)
	if err != nil {
		return err
	}
	return cannotRun(args[0], become(path, args, set.Environ(os.Environ())))
}

// cannotRun is the error for a command that was not run.
func cannotRun(command string, err error) error {
	var exit *codeError
	switch {
	case err == nil || errors.As(err, &exit):
		return err
	case errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist):
		return &codeError{exitNotFound, fmt.Errorf("exec %s: no such command (is it installed, and in PATH?)", command)}
	}
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err) // the others say the path once more
	}
	return &codeError{exitCannot, fmt.Errorf("exec %s: it cannot be run: %w (is it a program, and may you run it?)", command, err)}
}
