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
	follow, events, end := a.followPlaces()
	defer end()
	follow()
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
		follow() // a folder that has come is to be watched, though there is no profile in it yet
		if now := a.browsers(); now != seen {
			seen = now
			changed()
		}
	}
}

// followPlaces returns what watches the folders in which a browser would appear, as they are when it is called, and the
// events there: none where the system tells of none.
func (a *Authorities) followPlaces() (follow func(), events <-chan fsnotify.Event, end func()) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return func() {}, nil, func() {}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range w.Errors { // events were lost; it is looked from time to time too
		}
	}()
	follow = func() {
		for _, dir := range trust.Places(a.system()) {
			_ = w.Add(dir) // it has gone again, or too many are watched
		}
	}
	return follow, w.Events, func() {
		_ = w.Close()
		<-done
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
