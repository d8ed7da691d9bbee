package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Listen opens the control socket at path. It makes the folder if need be, removes the socket of an app that died,
// and returns a [*RunningError] if an app answers there. Two calls at once are kept apart by the caller's lock.
// Closing the listener removes the socket.
func Listen(ctx context.Context, path string) (net.Listener, error) {
	if limit := maxPath(); len(path) > limit {
		return nil, fmt.Errorf("control socket: %s is %d bytes long and the system takes %d (set CULVERT_HOME to a shorter path)",
			path, len(path), limit)
	}
	if err := privateFolder(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w (check that the folder can be written and allows sockets)", err)
	}
	if hasModes {
		// SECURITY: until here the folder's mode alone keeps others out; now the socket's own does too.
		if err := os.Chmod(path, 0o600); err != nil {
			_ = l.Close()
			return nil, fmt.Errorf("control socket: %w", err)
		}
	}
	return l, nil
}

// hasModes is false on Windows, where a user's profile is private by its ACL and modes say nothing.
const hasModes = runtime.GOOS != "windows"

// maxPath is the longest path of a socket: sun_path without its NUL (unix(7), unix(4) on macOS).
func maxPath() int {
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return 103
	}
	return 107
}

// privateFolder makes dir, or checks that it is a folder that only its owner enters.
func privateFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		// SECURITY: a symbolic link could lead to a folder where others replace the socket.
		return fmt.Errorf("%s is not a folder (move it away)", dir)
	}
	if !hasModes || info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	// SECURITY: chmod succeeds for the owner alone, so a folder that someone else prepared is refused.
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("%s is open to others: %w (make it yours with mode 0700)", dir, err)
	}
	return nil
}

// removeStale removes the socket of an app that died without removing it.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	if info.Mode().IsRegular() || info.IsDir() {
		// SECURITY: only a socket is ever removed.
		return fmt.Errorf("control socket: %s is not a socket (move it away)", path)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	c := NewClient(path)
	defer c.Close()
	running, err := c.Ping(ctx)
	switch {
	case err == nil:
		return &RunningError{PID: running.PID}
	case !errors.Is(err, ErrNotRunning):
		return &RunningError{} // it takes connections, so it lives
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("control socket left by an earlier run: %w (remove %s)", err, path)
	}
	return nil
}
