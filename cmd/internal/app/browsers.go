package app

import (
	"context"
	"os"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"culvert/certs/trust"
)

const (
	// browserDelay is how long after a change below the home folder it is looked for a browser: one that starts for the first
	// time makes many files.
	browserDelay = time.Second
	// browserPoll is how often it is looked where the system tells of no changes.
	browserPoll = 30 * time.Second
)

// WatchBrowsers calls changed after a browser or a profile of one has appeared or gone, until ctx ends.
func (a *Authorities) WatchBrowsers(ctx context.Context, changed func()) {
	events := make(chan fsnotify.Event)
	var add func()
	if w, err := fsnotify.NewWatcher(); err == nil {
		defer w.Close() //nolint:errcheck // it has ended
		events = w.Events
		go func() {
			for range w.Errors { // events were lost, more will come
			}
		}()
		add = func() {
			for _, dir := range trust.Places(a.system()) {
				_ = w.Add(dir) // gone again, or too many are watched: the poll remains
			}
		}
		add()
	}
	seen := a.browsers()
	var due <-chan time.Time
	poll := time.NewTicker(browserPoll)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
			if due == nil {
				due = time.After(browserDelay)
			}
			continue
		case <-due:
			due = nil
		case <-poll.C:
		}
		if now := a.browsers(); now != seen {
			seen = now
			if add != nil {
				add()
			}
			changed()
		}
	}
}

// browsers is another text when the stores of the machine are others, or one of them is there that was not.
func (a *Authorities) browsers() string {
	var text strings.Builder
	for _, s := range trust.Stores(a.system()) {
		_, err := os.Stat(s.Where())
		text.WriteString(s.Name())
		if err == nil {
			text.WriteString(" is there")
		}
		text.WriteByte('\n')
	}
	return text.String()
}
