package nginx

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxFiles bounds the files of one configuration.
const maxFiles = 2000

// quiet are the files that come with nginx and hold nothing to carry.
var quiet = []string{
	"mime.types", "fastcgi.conf", "fastcgi_params", "scgi_params", "uwsgi_params", "koi-utf", "koi-win", "win-utf",
}

// load reads files with all that they include, as one list.
func (im *importer) load(files []string) ([]*directive, error) {
	im.topFile = files[0]
	l := &loader{importer: im, dir: filepath.Dir(files[0])}
	var tree []*directive
	for _, f := range files {
		list, err := l.file(f, f)
		if err != nil {
			return nil, err
		}
		tree = append(tree, list...)
	}
	return tree, nil
}

// loader reads the files of a configuration.
type loader struct {
	*importer
	dir   string   // of the top file: nginx takes relative includes as relative to it
	open  []string // the files that are being read, each included by the one before
	count int
}

// file reads the file at path, which is called name in notes.
func (l *loader) file(path, name string) ([]*directive, error) {
	if l.count++; l.count > maxFiles {
		return nil, fmt.Errorf("%s: more than %d files (name a configuration of nginx)", name, maxFiles)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w (name a file that you may read)", name, reason(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file (name the file of a configuration)", name)
	case info.Size() > maxSize:
		return nil, fail(name, 1, "the file is larger than 1 MiB", "name a configuration of nginx")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w (name a file that you may read)", name, reason(err))
	}
	list, err := parse(name, data)
	if err != nil {
		return nil, err
	}
	l.open = append(l.open, identity(path))
	defer func() { l.open = l.open[:len(l.open)-1] }()
	return l.expand(list, filepath.Dir(path))
}

// expand puts what includes name in their place. dir is the folder of the file that the list is from.
func (l *loader) expand(list []*directive, dir string) ([]*directive, error) {
	var out []*directive
	for _, d := range list {
		if d.name == "include" {
			included, err := l.include(d, dir)
			if err != nil {
				return nil, err
			}
			out = append(out, included...)
			continue
		}
		var err error
		if d.block, err = l.expand(d.block, dir); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// include returns what the files of an include hold. One that is missing is a note.
func (l *loader) include(d *directive, dir string) (list []*directive, err error) {
	pattern := d.arg(0)
	if slices.Contains(quiet, filepath.Base(pattern)) {
		l.notes.add(Needless, d, "Culvert knows the types of files, and speaks neither FastCGI nor its kin")
		return nil, nil
	}
	paths := l.find(pattern, dir)
	if len(paths) == 0 {
		if strings.ContainsAny(pattern, "*?[") {
			l.notes.add(Needless, d, "it matches no file")
		} else {
			l.notes.add(NotCarried, d, "the file is not there")
		}
	}
	for _, p := range paths {
		if slices.Contains(l.open, identity(p)) {
			l.notes.add(NotCarried, d, "it includes itself")
			continue
		}
		more, err := l.file(p, l.shown(p))
		if err != nil {
			return nil, fmt.Errorf("%w, included in %s", err, d.at)
		}
		list = append(list, more...)
	}
	return list, nil
}

// find returns the files of an include: relative to the top file's folder, as nginx has it, else to its own file's.
func (l *loader) find(pattern, dir string) []string {
	tries := []string{filepath.Join(l.dir, pattern), filepath.Join(dir, pattern)}
	if filepath.IsAbs(pattern) {
		tries = []string{filepath.Join(l.root, pattern)}
	}
	for _, try := range tries {
		paths, err := filepath.Glob(try)
		if err != nil { // no pattern
			paths = nil
			if _, err := os.Stat(try); err == nil {
				paths = []string{try}
			}
		}
		paths = slices.DeleteFunc(paths, func(p string) bool { // glob(3) does not find hidden files by *
			return strings.HasPrefix(filepath.Base(p), ".") && !strings.HasPrefix(filepath.Base(pattern), ".")
		})
		if len(paths) > 0 {
			return paths
		}
	}
	return nil
}

// shown is how a file is called in notes: beside the top file as that was named, else by its absolute path.
func (l *loader) shown(path string) string {
	if rel, err := filepath.Rel(l.dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.Join(l.dir, rel)
	}
	return path
}

// identity is one name for a file that may be reached in several ways.
func identity(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path
}

// reason is an error of package os without the path, which is told already.
func reason(err error) error {
	if p, ok := err.(*os.PathError); ok {
		return p.Err
	}
	return err
}
