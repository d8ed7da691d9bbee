//go:build !unix

package browser

import "os/exec"

// group does nothing where there are no process groups: what a command started is left to itself.
func group(*exec.Cmd) (end func()) { return func() {} }

// detach does nothing where a command outlives its parent anyway.
func detach(*exec.Cmd) {}
