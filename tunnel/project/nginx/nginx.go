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

// Where writes places, each file once and as name has it: "chat.conf:3,7 im.conf:1".
func Where(places []Place, name func(file string) string) string {
	var b strings.Builder
	for i, p := range places {
		if i > 0 && p.File == places[i-1].File {
			fmt.Fprintf(&b, ",%d", p.Line)
			continue
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%s:%d", name(p.File), p.Line)
	}
	return b.String()
}

// Note says what became of directives.
type Note struct {
	Kind      Kind
	Places    []Place // never empty
	Directive string  // as it was written, without its block; of several that differ, the name
	Why       string
}

// name is the name of the directive.
func (n Note) name() string {
	name, _, _ := strings.Cut(n.Directive, " ")
	return name
}

// Same reports whether n says of other places what o says.
func (n Note) Same(o Note) bool { return n.Kind == o.Kind && n.Why == o.Why && n.name() == o.name() }

// Shared returns the notes of those kinds that keep nobody from anything, [Different] and [Needless], that are the same
// in several files, with the places in all of them.
func Shared(files []File) []Note {
	var all, shared notebook
	for _, f := range files {
		for _, n := range f.Notes {
			if n.Kind != Different && n.Kind != Needless {
				continue
			}
			if slices.ContainsFunc(all, n.Same) {
				shared.merge(n)
			}
			all.merge(n)
		}
	}
	for _, n := range all {
		if slices.ContainsFunc(shared, n.Same) {
			shared.merge(n)
		}
	}
	return shared.sorted()
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
	im := newImporter(o)
	var err error
	if im.Out, err = filepath.Abs(cmp.Or(o.Out, ".")); err != nil {
		return nil, fmt.Errorf("cannot tell the folder %s: %w", o.Out, err)
	}
	tree, err := im.load(files)
	if err != nil {
		return nil, err
	}
	im.finish(tree)
	if !im.found {
		return nil, fmt.Errorf("%s: there is no server in it (name nginx.conf, or a file with a server in it)", files[0])
	}
	return &im.result, nil
}

func newImporter(o Options) *importer {
	return &importer{Options: o, upstreams: make(map[string]*upstream), origins: make(map[string]*directive)}
}

// finish makes the result of what was read.
func (im *importer) finish(tree []*directive) {
	im.top(tree)
	im.arrange()
	im.compose()
	im.result.Notes = im.notes.sorted()
}

// importer holds what was read so far.
type importer struct {
	Options
	topFile   string // the first file, as the caller named it
	upstreams map[string]*upstream
	origins   map[string]*directive // maps of $http_origin, by the variable that they set
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

// shut notes a directive that cannot be carried, and in whose place a route serves nobody.
func (b *notebook) shut(d *directive, why string) {
	b.add(NotCarried, d, why+"; nobody is served there, so that no other route takes its requests")
}

func (b *notebook) merge(n Note) {
	for i := range *b {
		old := &(*b)[i]
		if !old.Same(n) {
			continue
		}
		if old.Directive != n.Directive {
			old.Directive = n.name()
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

// places are lines, by the names of their files as seen from the first one's folder.
func (im *importer) places(list []Place) string {
	var out []string
	last := ""
	for _, p := range list {
		file := p.File
		if rel, err := filepath.Rel(filepath.Dir(im.topFile), file); err == nil && filepath.IsLocal(rel) {
			file = filepath.ToSlash(rel)
		}
		if file == last {
			out = append(out, fmt.Sprintf(":%d", p.Line))
		} else {
			out = append(out, fmt.Sprintf("%s:%d", file, p.Line))
		}
		last = file
	}
	return strings.Join(out, ", ")
}

// at is where a directive stands, as texts name it.
func (im *importer) at(d *directive) string { return im.places([]Place{d.at}) }
