package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// state is what the state file holds.
type state struct {
	Version  int            `json:"version"` // stateVersion
	Projects []entry        `json:"projects"`
	Ports    map[string]int `json:"ports,omitempty"` // of projects that asked for a free one
	// DemoOffered: the demo is among the projects, or the user removed it.
	DemoOffered bool `json:"demo_offered,omitempty"`
}

// stateVersion is raised when an older program would misread the file.
const stateVersion = 1

// entry is a known project.
type entry struct {
	Name string `json:"name"`
	File string `json:"file,omitempty"` // absolute path
	Demo bool   `json:"demo,omitempty"` // the built-in one, which has no file
	Made bool   `json:"made,omitempty"` // the file was made by add and goes with the project
	On   bool   `json:"on"`
	// Paused: it is off only until all that was paused resumes.
	Paused bool `json:"paused,omitempty"`
}

// clone returns a copy that shares nothing with s.
func (s state) clone() state {
	s.Projects = slices.Clone(s.Projects)
	s.Ports = maps.Clone(s.Ports)
	if s.Ports == nil {
		s.Ports = make(map[string]int)
	}
	return s
}

// readState reads the state file. A damaged one is an error and stays as it is; a missing one is the zero state.
func readState(path string) (state, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return state{Version: stateVersion}, nil
	}
	if err != nil {
		return state{}, fmt.Errorf("state file: %w", err)
	}
	s, err := parseState(data)
	if err != nil {
		return state{}, fmt.Errorf("state file %s: %w", path, err)
	}
	return s, nil
}

func parseState(data []byte) (state, error) {
	var version struct{ Version int }
	if json.Unmarshal(data, &version) == nil && version.Version > stateVersion {
		return state{}, fmt.Errorf("written by a newer culvert, version %d of the format (use that one, or move the file away "+
			"to start with no projects)", version.Version)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var s state
	err := d.Decode(&s)
	if _, more := d.Token(); err == nil && !errors.Is(more, io.EOF) {
		err = errors.New("more follows after its end")
	}
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return state{}, fmt.Errorf("damaged: %w (correct it, or move it away to start with no projects; it was not changed)", err)
	}
	return s, nil
}

// check reports what no culvert writes.
func (s state) check() error {
	if s.Version != stateVersion {
		return fmt.Errorf("version is %d, not %d", s.Version, stateVersion)
	}
	seen := make(map[string]bool)
	for i, e := range s.Projects {
		switch {
		case e.Name == "":
			return fmt.Errorf("project %d has no name", i+1)
		case seen[e.Name]:
			return fmt.Errorf("project %s is there twice", e.Name)
		case e.Demo == (e.File != ""):
			return fmt.Errorf("project %s needs a file", e.Name)
		}
		seen[e.Name] = true
	}
	return nil
}

// write replaces the state file: after a kill or a crash at any moment it is the old one or the new one.
func (s state) write(path string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	if err := replaceFile(path, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("state file: %w (check that the folder can be written and the disk is not full)", err)
	}
	return nil
}

// replaceFile puts data in the place of a file, on disk before it takes the name.
func replaceFile(path string, data []byte, mode fs.FileMode) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename
	_, err = f.Write(data)
	if err == nil && mode != 0o600 {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // makes the name durable too; Windows cannot, and need not
		_ = d.Close()
	}
	return nil
}
