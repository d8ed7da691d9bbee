package app

import (
	"crypto/sha256"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settleTime is how long a file must hold the same text before that counts: editors write in several steps.
	settleTime = 50 * time.Millisecond
	// pollTime is how often the files are looked at of which the system tells nothing.
	pollTime = 2 * time.Second
	// watchedSize is how much of a file is looked at. No project file is as large.
	watchedSize = 4 << 20
)

// watcher tells when the text of files becomes another. It watches their folders, since most editors put a new file in
// the place of the old one; a folder that is missing, or that the system does not watch, is looked at from time to time.
type watcher struct {
	changed func(file string) // called from the watcher's own goroutine
	log     *slog.Logger
	fs      *fsnotify.Watcher // nil where the system has none to give

	mu    sync.Mutex
	files map[string]*watched
	blind bool // there are folders to be looked at from time to time

	names   atomic.Pointer[map[string]bool] // the paths of which an event matters
	touched chan struct{}                   // holds one if something happened to them
	kick    chan struct{}                   // holds one if the set of files has changed

	stop chan struct{}
	once sync.Once
	done chan struct{}
}

// watched is a file that is watched.
type watched struct {
	seen    digest // of the text that was told last
	pending digest // of the text that was read last
}

// digest stands for a file's text; the zero digest for a file that cannot be read.
type digest [sha256.Size]byte

// newWatcher returns a watcher of no files. Close it when done.
func newWatcher(changed func(file string), log *slog.Logger) *watcher {
	w := &watcher{
		changed: changed, log: log, files: make(map[string]*watched),
		touched: make(chan struct{}, 1), kick: make(chan struct{}, 1),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	w.names.Store(&map[string]bool{})
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("changes of project files are noticed late", "err", err)
	} else {
		w.fs = fs
	}
	go w.run()
	return w
}

// close ends the watcher and waits for it. The caller holds nothing that changed waits for.
func (w *watcher) close() {
	w.once.Do(func() { close(w.stop) })
	<-w.done
}

// follow makes the given files those that are watched. A change after its return is told of.
func (w *watcher) follow(files []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.files
	w.files = make(map[string]*watched, len(files))
	for _, file := range files {
		w.files[file] = before[file]
	}
	w.look() // before the texts are read
	for file, f := range w.files {
		if f == nil {
			text := digestOf(file)
			w.files[file] = &watched{seen: text, pending: text}
		}
	}
	signal(w.kick)
}

// signal puts one into a channel that has room for one, if it is empty.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run is the watcher's goroutine.
func (w *watcher) run() {
	defer close(w.done)
	if w.fs != nil {
		var hearing sync.WaitGroup
		defer hearing.Wait()
		defer w.fs.Close() //nolint:errcheck // it has ended
		hearing.Go(w.hear)
	}
	var settle, poll <-chan time.Time
	for {
		if poll == nil && w.isBlind() {
			poll = time.After(pollTime)
		}
		select {
		case <-w.stop:
			return
		case <-w.kick:
		case <-w.touched:
			if settle == nil {
				settle = time.After(settleTime)
			}
		case <-settle:
			settle = w.check()
		case <-poll:
			poll, settle = nil, w.check()
		}
	}
}

func (w *watcher) isBlind() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.blind
}

// hear takes what the system tells until there is no more. It never waits: on some systems a folder can only be added
// while events are taken.
func (w *watcher) hear() {
	for {
		select {
		case e, more := <-w.fs.Events:
			if !more {
				return
			}
			if (*w.names.Load())[filepath.Clean(e.Name)] {
				signal(w.touched)
			}
		case err, more := <-w.fs.Errors:
			if !more {
				return
			}
			w.log.Debug("watching project files", "err", err)
			signal(w.touched) // events were lost
		}
	}
}

// check looks at every file and tells which have changed for good. It returns when to look again: soon, if one is
// being written, else nil.
func (w *watcher) check() (again <-chan time.Time) {
	w.mu.Lock()
	w.look()
	var changed []string
	for file, f := range w.files {
		text := digestOf(file)
		switch {
		case text != f.pending:
			f.pending, again = text, time.After(settleTime)
		case text != f.seen:
			f.seen = text
			changed = append(changed, file)
		}
	}
	w.mu.Unlock()
	for _, file := range changed {
		w.changed(file)
	}
	return again
}

// look watches the folders of the files and of what they are links to, and no others. w.mu is held.
func (w *watcher) look() {
	w.blind = false
	names, folders := make(map[string]bool), make(map[string]bool)
	for file := range w.files {
		for _, path := range []string{file, target(file)} {
			names[filepath.Clean(path)] = true
			folders[filepath.Dir(path)] = true
			names[filepath.Dir(path)] = true
		}
	}
	w.names.Store(&names)
	watching := make(map[string]bool)
	if w.fs != nil {
		for _, dir := range w.fs.WatchList() {
			watching[dir] = true
			if !folders[dir] {
				_ = w.fs.Remove(dir) // it may have gone
			}
		}
	}
	for dir := range folders {
		if !watching[dir] && (w.fs == nil || w.fs.Add(dir) != nil) {
			w.blind = true
		}
	}
}

// target returns the path of the file that a symbolic link leads to, or the path itself.
func target(file string) string {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		return real
	}
	return file
}

func digestOf(file string) (d digest) {
	f, err := os.Open(file)
	if err != nil {
		return d
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, watchedSize)); err != nil {
		return digest{}
	}
	h.Sum(d[:0])
	return d
}

// followFiles watches the files of the known projects, of the certificates that those bring which are on, and of the CAs.
// The lock of switching is held.
func (a *App) followFiles() {
	files := a.authorities.files()
	for _, e := range a.known.list() {
		if e.File != "" {
			files = append(files, e.File)
		}
		files = append(files, a.certificateFiles(e)...)
	}
	a.watch.follow(files)
}

// fileChanged serves the projects of a file with what it says now, or with the certificate that lies in it, or signs with
// the CA that does.
func (a *App) fileChanged(file string) {
	if a.isAuthority(file) {
		a.authorityChanged()
		return
	}
	if a.begun() != nil {
		return
	}
	defer a.switching.Unlock()
	defer a.notify()
	for _, e := range a.known.list() {
		switch {
		case !e.On:
		case e.File == file:
			a.reload(e)
		case slices.Contains(a.certificateFiles(e), file):
			a.certificateChanged(e)
		}
	}
}
