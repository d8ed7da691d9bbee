package project

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Draft is the text of a project file under edit. A change to a key leaves every byte that does not belong to that key
// as it was: comments, order, blank lines, quotes and line breaks. The text need not be a right project file, but it
// is TOML at any time. A Draft belongs to one goroutine.
//
// A new key stands at its place in the order of [Keys], aligned as its neighbours are; its table is made where there
// is none. A key that is taken out takes along the comment in its line, and the comment lines directly above it unless
// they begin the file or another key follows in the next line, of which they may speak as well. With its last key goes
// the table.
type Draft struct {
	mark   string // byte order mark
	layout *layout
}

// NewDraft returns a draft of text. If that is no TOML, or too large for a project file, the error is [Errors].
func NewDraft(text []byte) (*Draft, error) {
	doc := read("", slices.Clone(text))
	if len(doc.problems) > 0 {
		doc.problems.sort()
		return nil, doc.problems
	}
	return &Draft{string(text[:len(text)-len(doc.data)]), newLayout(doc)}, nil
}

// Renamed returns text as the file of another project of that name that listens elsewhere: on a free port if listen is
// empty. Everything else stays. If text is no TOML the error is [Errors].
func Renamed(text []byte, name string, listen []string) ([]byte, error) {
	d, err := NewDraft(text)
	if err != nil {
		return nil, err
	}
	var addresses any
	if len(listen) > 0 {
		addresses = listen
	}
	if err := errors.Join(d.Set("name", name), d.Set("listen", addresses)); err != nil {
		return nil, err
	}
	return d.Text(), nil
}

// Text returns the text as it is now.
func (d *Draft) Text() []byte { return append([]byte(d.mark), d.layout.doc.data...) }

// Check is [Parse] of the text, as that of the file name.
func (d *Draft) Check(name string) (*Project, error) { return Parse(name, d.Text()) }

// Key returns the key that a problem of the text, as [Draft.Check] found it, belongs to: with the
// index of the route, and without the name of a header.
func (d *Draft) Key(p Problem) Key {
	rest, ok := strings.CutPrefix(p.Key, "route.")
	i := d.layout.routeAt(position{p.Line, p.Column})
	if !ok || i < 0 {
		return Key(p.Key)
	}
	name, _, _ := strings.Cut(rest, ".")
	return RouteKey(i, name)
}

// Value returns the value of a key as it is written, in the type that [Type] says; nil if it is another. ok
// tells whether the key is there at all.
func (d *Draft) Value(key Key) (v any, ok bool) {
	at, kind, err := d.place(key)
	if err != nil {
		return nil, false
	}
	if _, _, p := d.layout.find(at); p != nil {
		if v := p.value.plain(); kind.takes(v) {
			return v, true
		}
		return nil, true
	}
	if kind != TypeMap {
		return nil, false
	}
	return d.spread(at)
}

// plain returns v as a Go value, nil if no key takes it.
func (v *value) plain() any {
	switch v.kind {
	case kindText:
		return v.text
	case kindBoolean:
		return v.boolean
	case kindInteger:
		return v.integer
	case kindList:
		list := make([]string, 0, len(v.items))
		for _, item := range v.items {
			if item.kind != kindText {
				return nil
			}
			list = append(list, item.text)
		}
		return list
	case kindTable:
		m := make(map[string]string)
		for _, e := range v.table.entries {
			if e.value.kind != kindText {
				return nil
			}
			m[e.name] = e.value.text
		}
		return m
	}
	return nil
}

// spread returns the table at a place that has a line for each of its keys.
func (d *Draft) spread(at place) (v any, ok bool) {
	m := make(map[string]string)
	ok = d.layout.section(at) != nil
	whole := true
	d.layout.each(func(_ *section, _, p *pair) bool {
		if p.place.within(at) {
			ok = true
			whole = whole && p.value.kind == kindText && len(p.place.path) == len(at.path)+1
			m[p.place.path[len(at.path)]] = p.value.text
		}
		return true
	})
	if !ok || !whole {
		return nil, ok
	}
	return m, true
}

// place returns where a key belongs, and its type.
func (d *Draft) place(key Key) (place, Type, error) {
	i, listed := key.Route()
	known := Keys()
	at := slices.IndexFunc(known, func(k KeyInfo) bool { return k.Key == listed })
	name, inRoute := strings.CutPrefix(string(listed), "route.")
	switch {
	case at < 0 || inRoute != (i >= 0):
		return place{}, 0, fmt.Errorf("project files have no key %q", key)
	case i >= d.Routes():
		return place{}, 0, fmt.Errorf("%s: there are %d routes", key, d.Routes())
	}
	return place{i, strings.Split(name, ".")}, known[at].Type, nil
}

// Set gives a key a value of its [Type]; nil and an empty map take it out. Where the key has that value already the
// text stays as it is. It fails, and changes nothing, if the key or the type is wrong, or if the text has something
// else where the key would go.
func (d *Draft) Set(key Key, v any) error {
	at, kind, err := d.place(key)
	if err != nil {
		return err
	}
	if !kind.takes(v) {
		return fmt.Errorf("%s: takes no %T", key, v)
	}
	was, ok := d.Value(key)
	if v == nil && !ok || v != nil && equal(was, v) {
		return nil
	}
	if m, isMap := v.(map[string]string); isMap && len(m) == 0 {
		v = nil
	}
	before := d.layout
	if err = d.set(at, v); err == nil {
		if is, ok := d.Value(key); ok == (v == nil) || !equal(is, v) {
			err = errors.New("the value does not fit into the text")
		}
	}
	if err != nil {
		d.layout = before
		return fmt.Errorf("cannot set %s: %w", key, err)
	}
	return nil
}

// takes reports whether v is nil or a value of the type.
func (t Type) takes(v any) (ok bool) {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return t == TypeText || t == TypeDuration
	case bool:
		return t == TypeBool
	case int64:
		return t == TypeNumber && v >= 0
	case []string:
		return t == TypeList
	case map[string]string:
		return t == TypeMap
	}
	return false
}

// equal compares values; a nil list is an empty one.
func equal(a, b any) bool {
	x, ok := a.([]string)
	y, too := b.([]string)
	if ok && too {
		return slices.Equal(x, y)
	}
	return reflect.DeepEqual(a, b)
}

// set gives the key at a place a value, nil for none.
func (d *Draft) set(at place, v any) error {
	if v == nil {
		return d.remove(at)
	}
	if m, ok := v.(map[string]string); ok {
		return d.setMap(at, m)
	}
	_, _, p := d.layout.find(at)
	if p == nil {
		return d.insert(at, written(v))
	}
	if want, ok := v.([]string); ok {
		if was, ok := p.value.plain().([]string); ok {
			b, end := d.layout.bracket(p.from, p.items)
			b.assign(was, want)
			return d.splice(p.from, end, b.text())
		}
	}
	if s, ok := v.(string); ok {
		return d.splice(p.from, p.end, requote(string(d.layout.doc.data[p.from:p.end]), s))
	}
	return d.splice(p.from, p.end, written(v))
}

// setMap makes the table at a place hold m, which is not empty.
func (d *Draft) setMap(at place, m map[string]string) error {
	v, ok := any(nil), false
	if _, _, p := d.layout.find(at); p != nil {
		v, ok = p.value.plain(), true
	} else {
		v, ok = d.spread(at)
	}
	was, is := v.(map[string]string)
	if ok && !is {
		if err := d.remove(at); err != nil {
			return err
		}
	}
	var gone, fresh []string
	for name := range was {
		if _, ok := m[name]; !ok {
			gone = append(gone, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if old, ok := was[name]; !ok {
			fresh = append(fresh, name)
		} else if old != m[name] {
			if err := d.set(at.child(name), m[name]); err != nil {
				return err
			}
		}
	}
	if len(gone) == 1 && len(fresh) == 1 {
		if err := d.rename(at.child(gone[0]), fresh[0]); err != nil {
			return err
		}
		gone = nil
	}
	for _, name := range fresh {
		if err := d.set(at.child(name), m[name]); err != nil {
			return err
		}
	}
	for _, name := range gone {
		if err := d.remove(at.child(name)); err != nil {
			return err
		}
	}
	return nil
}

// rename gives the key at a place, which is there, another name.
func (d *Draft) rename(at place, to string) error {
	_, _, p := d.layout.find(at)
	return d.splice(p.key.start, p.key.end, d.likeQuoted(p, keyText([]string{to})))
}

// written returns a value as TOML.
func written(v any) string {
	switch v := v.(type) {
	case string:
		return Quote(v)
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = Quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	panic(fmt.Sprintf("project: %T is no value", v))
}

// splice replaces the bytes from start until before end. It fails if the text would be no TOML.
func (d *Draft) splice(start, end int, text string) error {
	data := d.layout.doc.data
	doc := read("", slices.Concat(data[:start], []byte(text), data[end:]))
	if len(doc.problems) > 0 {
		return doc.problems
	}
	d.layout = newLayout(doc)
	return nil
}
