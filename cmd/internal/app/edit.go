package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"culvert/tunnel/project"
)

// ErrChangedOnDisk is within the error of [App.Save] where the file is no longer what the caller edited.
var ErrChangedOnDisk = errors.New("another program has changed the file meanwhile")

// errDemoFile is the error of editing the demo.
var errDemoFile = errors.New("the built-in demo has no file to edit or copy, its backend is another at each start " +
	"(add a project of your own)")

// Text returns the text of a project's file as it is on disk.
func (a *App) Text(name string) ([]byte, error) {
	e, err := a.fileEntry(name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(e.File)
	if err != nil {
		return nil, fmt.Errorf("cannot read the project file: %w", err)
	}
	return data, nil
}

// fileEntry returns a known project that has a file.
func (a *App) fileEntry(name string) (entry, error) {
	e, err := a.known.entry(name)
	if err == nil && e.Demo {
		err = errDemoFile
	}
	return e, err
}

// Save writes text to a project's file, whose mode stays, or to the file that it is a link to. was is the text that the
// caller began with. Nothing is written where text is no project file, which is [project.Errors], where the name in it
// is another project's, or where the file no longer holds was, which is [ErrChangedOnDisk]. A changed name becomes the
// project's: its switch, port and capture follow. A project that is on is then served with what was saved; if that
// fails it is the project's state.
func (a *App) Save(_ context.Context, name string, was, text []byte) error {
	if err := a.begun(); err != nil {
		return err
	}
	defer a.switching.Unlock()
	defer a.notify()
	e, err := a.fileEntry(name)
	if err != nil {
		return err
	}
	p, err := project.Parse(e.File, text)
	if err != nil {
		return err
	}
	if _, err := a.known.entry(p.Name); err == nil && p.Name != e.Name {
		return fmt.Errorf("project %s: already known (choose another name)", p.Name)
	}
	if err := rewrite(e.File, was, text); err != nil {
		return fmt.Errorf("project %s: %w", e.Name, err)
	}
	if p.Name != e.Name {
		if err := a.rename(e, p.Name); err != nil {
			return errors.Join(err, rewrite(e.File, text, was))
		}
		e.Name = p.Name
	}
	if e.On {
		a.reload(e)
	}
	return nil
}

// rewrite replaces a file's text, if that is was, and keeps its mode.
func rewrite(file string, was, text []byte) error {
	file = target(file)
	now, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !bytes.Equal(now, was) {
		return fmt.Errorf("%s: %w", file, ErrChangedOnDisk)
	}
	mode := fs.FileMode(0o600)
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	if err := replaceFile(file, text, mode); err != nil {
		return fmt.Errorf("cannot write the project file: %w", err)
	}
	return nil
}

// rename gives a project another name, by which it is not served yet.
func (a *App) rename(e entry, to string) error {
	if err := a.known.rename(e.Name, to); err != nil {
		return err
	}
	a.unserve(e.Name)
	a.engine.Rename(e.Name, to)
	a.change()
	return nil
}

// Create makes a project known out of the text of its file, which gets a place in the app's folder. It is off. Mistakes
// in the text are [project.Errors].
func (a *App) Create(_ context.Context, text []byte) (string, error) {
	if err := a.begun(); err != nil {
		return "", err
	}
	defer a.switching.Unlock()
	defer a.notify()
	p, err := project.Parse(filepath.Join(a.known.folders.Projects(), "new.toml"), text)
	if err != nil {
		return "", err
	}
	if _, err := a.known.entry(p.Name); err == nil {
		return "", fmt.Errorf("project %s: already known (choose another name)", p.Name)
	}
	// SECURITY: project.Parse has checked the name: it holds no separator, and with the suffix it is not "..".
	to := entry{Name: p.Name, File: filepath.Join(a.known.folders.Projects(), p.Name+".toml"), Made: true}
	if _, err := os.Lstat(to.File); err == nil {
		return "", fmt.Errorf("project %s: %s is there already (add that file, or move it away)", p.Name, to.File)
	}
	return to.Name, a.adopt(to, text)
}

// adopt writes the file of a new project and makes the project known, both or neither.
func (a *App) adopt(e entry, text []byte) error {
	if err := replaceFile(e.File, text, 0o600); err != nil {
		return fmt.Errorf("project %s: %w", e.Name, err)
	}
	if err := a.known.adopt(e); err != nil {
		return errors.Join(err, os.Remove(e.File))
	}
	a.followFiles()
	return nil
}

// Duplicate makes a project known that is a copy of another: with a file of its own in the app's folder, the next name
// that is free, and a free port. It is off.
func (a *App) Duplicate(_ context.Context, name string) (string, error) {
	if err := a.begun(); err != nil {
		return "", err
	}
	defer a.switching.Unlock()
	defer a.notify()
	e, err := a.fileEntry(name)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(e.File)
	if err != nil {
		return "", fmt.Errorf("cannot read the project file: %w", err)
	}
	p, err := project.Parse(e.File, data)
	if err != nil {
		return "", fmt.Errorf("project %s cannot be copied: %s", name, OneLine(err))
	}
	to := entry{Name: a.freeName(p.Name), Made: true}
	to.File = filepath.Join(a.known.folders.Projects(), to.Name+".toml")
	return to.Name, a.adopt(to, copied(p, data, to))
}

// freeName returns the first of name-2, name-3 and so on that no project and no file of the app has.
func (a *App) freeName(name string) string {
	base := name
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		if _, err := strconv.ParseUint(name[i+1:], 10, 32); err == nil {
			base = name[:i]
		}
	}
	for n := 2; ; n++ {
		end := "-" + strconv.Itoa(n)
		free := base[:min(len(base), maxName-len(end))] + end
		_, known := a.known.entry(free)
		_, there := os.Lstat(filepath.Join(a.known.folders.Projects(), free+".toml"))
		if known != nil && there != nil {
			return free
		}
	}
}

// maxName is the length of the longest file name that every system takes, without the suffix.
const maxName = 200

// copied returns p, whose text is data, as the text of a project that is otherwise the same. The comments stay, unless
// the text would mean something else in another folder.
func copied(p *project.Project, data []byte, to entry) []byte {
	want := *p
	want.Name, want.Listen = to.Name, []string{project.DefaultListen}
	want.Hosts = nil
	for _, host := range p.Hosts {
		if host == strings.ToLower(p.Name)+".localhost" {
			host = strings.ToLower(to.Name) + ".localhost"
		}
		want.Hosts = append(want.Hosts, host)
	}
	plain := want.Marshal()
	text, err := project.Renamed(data, to.Name, nil)
	if err != nil {
		return plain
	}
	if q, err := project.Parse(to.File, text); err != nil || !bytes.Equal(q.Marshal(), plain) {
		return plain
	}
	return text
}
