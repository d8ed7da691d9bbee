package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"culvert/cmd/internal/app"
	"culvert/tunnel/control"
	"culvert/tunnel/project/nginx"
	"culvert/ui/state"
)

// Import makes projects of an nginx configuration. Their files are written beside it, or where that folder is another's, in
// Culvert's own. They stay off: what kept somebody out in nginx may not do so here, which the notes tell.
func (c culvert) Import(path string) (state.Import, error) {
	im, err := c.imported(path, filepath.Dir(path))
	if errors.Is(err, fs.ErrPermission) {
		im, err = c.imported(path, c.s.folders.Projects())
	}
	if err != nil {
		return state.Import{}, errors.New(app.OneLine(err))
	}
	return im, nil
}

// imported is Import with the files in a folder.
func (c culvert) imported(path, folder string) (state.Import, error) {
	result, err := nginx.Read([]string{path}, nginx.Options{Out: folder})
	if err != nil {
		return state.Import{}, err
	}
	im := state.Import{From: path, Notes: notes(result.Notes)}
	var files []string
	for _, f := range result.Files {
		file := filepath.Join(folder, f.Project.Name+".toml")
		files = append(files, file)
		im.Projects = append(im.Projects, state.Imported{Name: f.Project.Name, File: file, Notes: notes(f.Notes)})
	}
	if len(files) == 0 {
		return im, nil
	}
	if err := writeProjects(files, result.Files); err != nil {
		return state.Import{}, err
	}
	if _, err := c.s.app.Add(c.s.ctx, control.AddRequest{Files: files}); err != nil {
		return state.Import{}, errors.Join(err, remove(files))
	}
	return im, nil
}

// writeProjects writes project files, all of them or none. It replaces no file.
func writeProjects(names []string, files []nginx.File) error {
	if err := os.MkdirAll(filepath.Dir(names[0]), 0o700); err != nil {
		return err
	}
	for i, name := range names {
		if err := writeNew(name, files[i].Text); err != nil {
			return errors.Join(err, remove(names[:i]))
		}
	}
	return nil
}

func writeNew(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already (add it as it is, or move it away and import again)", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

func remove(files []string) error {
	var failed []error
	for _, file := range files {
		failed = append(failed, os.Remove(file))
	}
	return errors.Join(failed...)
}

// notes returns what became of directives, as the window shows it.
func notes(list []nginx.Note) []state.ImportNote {
	var shown []state.ImportNote
	for _, n := range list {
		shown = append(shown, state.ImportNote{
			Kind: state.NoteKind(slices.Index(nginx.Kinds(), n.Kind)), Places: nginx.Where(n.Places, filepath.Base), Directive: n.Directive, Why: n.Why,
		})
	}
	return shown
}
