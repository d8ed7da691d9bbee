package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile lets write fill a file, for its user alone, that takes its name only when it is whole.
func writeFile(verb, name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".*.tmp") // mode 0600
	if err != nil {
		return cannotWrite(verb, name, err)
	}
	defer os.Remove(f.Name()) // fails after the rename
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return cannotWrite(verb, name, err)
	}
	return nil
}

// writeNewFile is writeFile for a file that must not be there yet.
func writeNewFile(verb, name string, write func(io.Writer) error) error {
	// The name is taken first: nobody else can take it between a look and the rename.
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %s is there already (choose another name, or add --force)", verb, name)
	}
	if err != nil {
		return cannotWrite(verb, name, err)
	}
	err = f.Close()
	if err == nil {
		err = writeFile(verb, name, write)
	}
	if err != nil {
		os.Remove(name)
	}
	return err
}

func cannotWrite(verb, name string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("%s: %s cannot be written: %w (name a file in a folder that is yours)", verb, name, err)
}
