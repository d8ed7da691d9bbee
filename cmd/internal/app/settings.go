package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"time"
)

// settingsDelay is how long a changed setting may be in memory alone: a window that is dragged changes many times.
const settingsDelay = 500 * time.Millisecond

// Settings are what a user has set that is no project's: JSON values by key, in one file. A change is on disk soon
// after. The methods may be called from any goroutine.
type Settings struct {
	file string

	mu        sync.Mutex
	values    map[string]json.RawMessage
	unwritten bool  // something has changed that is not in the file
	damaged   bool  // the file was, and was moved aside
	frozen    bool  // the file cannot be read: it must not be replaced
	problem   error // why the file could not be read or written

	dirty chan struct{} // holds one if there is something to be written
	stop  chan struct{}
	once  sync.Once
	done  chan struct{}
}

// OpenSettings reads the settings. A file that is damaged is moved aside, and [Settings.Problem] says so; the settings
// then are as for a new user. Close writes what has changed last.
func OpenSettings(f Folders) *Settings {
	s := &Settings{
		file: f.settings(), values: make(map[string]json.RawMessage),
		dirty: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	s.read()
	go s.run()
	return s
}

// Get puts the value of a key into what into points to. It is false, and into stays as it is, where there is no value
// or one of another shape.
func (s *Settings) Get(key string, into any) bool {
	s.mu.Lock()
	value := s.values[key]
	s.mu.Unlock()
	if value == nil {
		return false
	}
	fresh := reflect.New(reflect.TypeOf(into).Elem())
	if json.Unmarshal(value, fresh.Interface()) != nil {
		return false
	}
	reflect.ValueOf(into).Elem().Set(fresh.Elem())
	return true
}

// Set changes the value of a key; nil takes it out. A value that JSON has no form for is the mistake of the program, and
// panics.
func (s *Settings) Set(key string, value any) {
	var text json.RawMessage
	if value != nil {
		var err error
		if text, err = json.Marshal(value); err != nil {
			panic(fmt.Sprintf("setting %s: %v", key, err))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes.Equal(s.values[key], text) {
		return
	}
	if s.values[key] = text; text == nil {
		delete(s.values, key)
	}
	s.unwritten = true
	signal(s.dirty)
}

// Problem says why the file could not be read at the start or written since, nil if all is well.
func (s *Settings) Problem() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.problem
}

// Close writes what has not been written yet. The settings can still be read, but a change is lost.
func (s *Settings) Close() {
	s.once.Do(func() { close(s.stop) })
	<-s.done
}

// run writes the file some time after a change.
func (s *Settings) run() {
	defer close(s.done)
	var due <-chan time.Time
	for {
		select {
		case <-s.dirty:
			if due == nil {
				due = time.After(settingsDelay)
			}
		case <-due:
			due = nil
			s.write()
		case <-s.stop:
			s.write()
			return
		}
	}
}

// write replaces the file if something has changed.
func (s *Settings) write() {
	s.mu.Lock()
	if !s.unwritten || s.frozen {
		s.mu.Unlock()
		return
	}
	s.unwritten = false
	data, err := json.MarshalIndent(s.values, "", "  ")
	s.mu.Unlock()
	if err == nil {
		err = replaceFile(s.file, append(data, '\n'), 0o600)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil:
		s.unwritten = true
		s.problem = fmt.Errorf("settings cannot be kept: %w (check that the folder can be written and the disk is not full)", err)
	case !s.damaged:
		s.problem = nil
	}
}

// read reads the file, or moves it aside if it is damaged.
func (s *Settings) read() {
	data, err := os.ReadFile(s.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return
	case err != nil:
		s.frozen, s.problem = true, fmt.Errorf("settings: %w (what is changed now is not kept)", err)
		return
	}
	if err := json.Unmarshal(data, &s.values); err == nil && s.values != nil {
		return
	}
	s.values = make(map[string]json.RawMessage)
	aside, err := moveAside(s.file)
	if err != nil {
		s.frozen = true
		s.problem = fmt.Errorf("settings file %s is damaged, and stays so: %w (what is changed now is not kept)", s.file, err)
		return
	}
	s.damaged = true
	s.problem = fmt.Errorf("settings file %s was damaged; it is now %s, and the settings are as at first", s.file, aside)
}

// moveAside gives a file a name that no other has.
func moveAside(file string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".damaged-*")
	if err != nil {
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	return f.Name(), os.Rename(file, f.Name())
}
