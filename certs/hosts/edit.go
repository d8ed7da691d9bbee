package hosts

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Edit is a change of a hosts file.
type Edit struct {
	File   string   // "": the system's own, [Path]
	Add    []string // names to lead to 127.0.0.1 and ::1
	Remove []string // names whose lines of ours go, before anything is added
}

// Apply makes the change, and reports whether anything had to be written. Applied again it changes nothing. The error
// of a name is that of [Check], and then the file was not touched; of a file that may not be written, an
// [fs.ErrPermission].
func (e Edit) Apply() (changed bool, err error) {
	file := e.file()
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("hosts file %w (it must be readable)", err)
	}
	after, err := e.edit(before)
	if err != nil || bytes.Equal(before, after) {
		return false, err
	}
	if err := replace(file, after); err != nil {
		return false, fmt.Errorf("hosts file %w (changing it takes root)", err)
	}
	return true, nil
}

// Needed reports whether Apply would write anything.
func (e Edit) Needed() (bool, error) {
	before, err := os.ReadFile(e.file())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("hosts file %w (it must be readable)", err)
	}
	after, err := e.edit(before)
	return err == nil && !bytes.Equal(before, after), err
}

func (e Edit) file() string {
	if e.File == "" {
		return Path()
	}
	return e.File
}

// edit returns the data as the file should have it.
func (e Edit) edit(data []byte) ([]byte, error) {
	for _, name := range e.Add {
		if err := Check(name); err != nil {
			return nil, err
		}
	}
	return add(remove(data, e.Remove), e.Add), nil
}

// replace puts the data in the place of the file at once, with its mode and owner: a reader finds the old file or the
// new one. A file that cannot be renamed over is written to where it lies: containers have one of their own mounted
// there, and some folders take no new file.
func replace(file string, data []byte) error {
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target // a link stays one
	}
	err := renamed(file, data)
	// Not where the disk is full, or the like: the old content would be lost for nothing.
	if !errors.Is(err, syscall.EBUSY) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	if in := inPlace(file, data); in != nil {
		return errors.Join(err, in)
	}
	return nil
}

func renamed(file string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".hosts-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename
	mode := fs.FileMode(0o644)
	info, err := os.Stat(file)
	if err == nil {
		mode = info.Mode().Perm()
		err = keepOwner(f, info)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

func inPlace(file string, data []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
