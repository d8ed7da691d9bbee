package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"culvert/tunnel/control"
)

// lock keeps two apps, or an app and a command that changes the state file, from working on the same folders.
// The system releases it when its process ends, however that happens.
type lock struct{ file *os.File }

// errLocked is what tryLock returns when another process holds the lock.
var errLocked = errors.New("locked by another process")

// patience is how long acquire waits for a command that is about to be done with the state file.
const patience = 2 * time.Second

// acquire takes the lock for an app. An app that has it already is a [*control.RunningError].
func acquire(ctx context.Context, path string) (*lock, error) {
	for begin := time.Now(); ; {
		l, err := try(path)
		if !errors.Is(err, errLocked) {
			return l, err
		}
		if pid := holder(path); pid != 0 || time.Since(begin) > patience {
			return nil, &control.RunningError{PID: pid}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// try takes the lock and writes the pid, or returns errLocked.
func try(path string) (*lock, error) {
	l, err := tryQuietly(path)
	if err != nil {
		return nil, err
	}
	if _, err := l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		l.release()
		return nil, fmt.Errorf("lock: %w", err)
	}
	return l, nil
}

// tryQuietly takes the lock for a short change: an app that starts meanwhile waits for it.
func tryQuietly(path string) (*lock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := tryLock(f); err != nil {
		_ = f.Close()
		if errors.Is(err, errLocked) {
			return nil, err
		}
		return nil, fmt.Errorf("lock %s: %w (does the file system support locks?)", path, err)
	}
	if err := f.Truncate(0); err != nil { // the pid of an app that was killed
		_ = f.Close()
		return nil, fmt.Errorf("lock: %w", err)
	}
	return &lock{f}, nil
}

// release gives the lock up. The file stays: removing it would let two processes lock two files of the same name.
func (l *lock) release() {
	_ = l.file.Truncate(0)
	_ = l.file.Close()
}

// holder returns the pid of the app that holds the lock; 0 if it is a command, or about to write it.
func holder(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return 0
	}
	return pid
}
