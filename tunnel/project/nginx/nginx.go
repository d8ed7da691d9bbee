// Package nginx turns a configuration of nginx into project files, one for each set of servers that belong together.
//
// Nothing is guessed silently: what cannot be carried over, was insecure, or is different from then on is a [Note] with
// its place. Nothing becomes more open than it was: a location that cannot be carried is shut where a wider route would
// take its requests, and where even that cannot be written the note is [Careful].
//
// What directives mean is from nginx's documentation (https://nginx.org/en/docs/), and from its source where that says
// less.
package nginx

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"culvert/tunnel/project"
)

// Kind is what a [Note] is about.
type Kind string

// The kinds of notes, the most urgent first.
const (
	Careful    Kind = "careful"     // it kept somebody out in nginx, and nothing in the project file does
	NotCarried Kind = "not carried" // it has no counterpart, or not one that would do the same
	Insecure   Kind = "insecure"    // it is dropped on purpose
	Different  Kind = "different"   // it is carried, and does something else from then on
	Needless   Kind = "needless"    // nothing has to be done for it here
)

// Kinds returns all kinds, the most urgent first.
func Kinds() []Kind { return []Kind{Careful, NotCarried, Insecure, Different, Needless} }

// Place is a line of a configuration file.
type Place struct {
	File string // as the caller named it; that of an include beside it, or its absolute path
	Line int    // from 1
}

func (p Place) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// Note says what became of directives.
type Note struct {
	Kind      Kind
	Places    []Place // never empty
	Directive string  // as it was written, without its block; of several that differ, the name
	Why       string
}

// File is one project file.
type File struct {
	Project *project.Project // what the text is read as
	Text    []byte
	Notes   []Note // about what is in this file, the most urgent first
}

// Import is what a configuration became.
type Import struct {
	Files []File
	Notes []Note // about what belongs to no file, the most urgent first
}

// Options are what the configuration does not say.
type Options struct {
	Out    string // the folder that the files are for; relative paths in them are relative to it
	Prefix string // nginx's -p, for relative paths of root and alias. Default: above a folder conf, else the file's folder
	root   string // where absolute includes are looked for, in tests
}

// Read reads the configuration in files, which are taken as if one included them all. They may be whole, or what stands
// in http, or in server. What is no configuration is an error that begins with file:line.
func Read(files []string, o Options) (*Import, error) {
	im := &importer{Options: o, upstreams: make(map[string]*upstream)}
	var err error
	if im.Out, err = filepath.Abs(cmp.Or(o.Out, ".")); err != nil {
		return nil, fmt.Errorf("cannot tell the folder %s: %w", o.Out, err)
	}
	tree, err := im.load(files)
	if err != nil {
		return nil, err
	}
	im.top(tree)
	if len(im.servers) == 0 && !im.found {
		return nil, fmt.Errorf("%s: there is no server in it (name nginx.conf, or a file with server { … })", files[0])
	}
	im.arrange()
	im.compose()
	im.result.Notes = im.notes.sorted()
	return &im.result, nil
}

// importer holds what was read so far.
type importer struct {
	Options
	topFile   string // the first file, as the caller named it
	upstreams map[string]*upstream
	servers   []*server
	sets      []*set
	notes     notebook
	found     bool // there was a server, though it may need nothing here
	result    Import
}

// notebook collects notes.
type notebook []Note

// add notes what became of a directive. Notes that say the same become one.
func (b *notebook) add(kind Kind, d *directive, why string) {
	b.merge(Note{kind, []Place{d.at}, d.String(), why})
}

func (b *notebook) merge(n Note) {
	name, _, _ := strings.Cut(n.Directive, " ")
	for i := range *b {
		old := &(*b)[i]
		oldName, _, _ := strings.Cut(old.Directive, " ")
		if old.Kind != n.Kind || old.Why != n.Why || oldName != name {
			continue
		}
		if old.Directive != n.Directive {
			old.Directive = name
		}
		for _, p := range n.Places {
			if !slices.Contains(old.Places, p) {
				old.Places = append(old.Places, p)
			}
		}
		return
	}
	n.Places = slices.Clone(n.Places)
	*b = append(*b, n)
}

// sorted returns the notes by kind, then as they were made.
func (b notebook) sorted() []Note {
	list := slices.Clone([]Note(b))
	slices.SortStableFunc(list, func(x, y Note) int {
		return cmp.Compare(slices.Index(Kinds(), x.Kind), slices.Index(Kinds(), y.Kind))
	})
	return list
}
