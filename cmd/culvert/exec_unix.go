//go:build unix

package main

import "syscall"

// become replaces this process with the program: nothing stands between it and its terminal, signals and parent.
func become(path string, args, env []string) error {
	return syscall.Exec(path, args, env)
}
