package trust

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// policyFile is the text of a policies.json, in which the policy Certificates.Install lists files with CAs
// (https://mozilla.github.io/policy-templates/#certificates--install).
type policyFile []byte

// installPath leads to the list.
var installPath = [...]string{"policies", "Certificates", "Install"}

// newPolicyFile is the text of a file with nothing but these CAs.
func newPolicyFile(files ...string) policyFile {
	list := ""
	for i, f := range files {
		if i > 0 {
			list += ","
		}
		list += "\n        " + quoteJSON(f)
	}
	return policyFile("{\n  \"policies\": {\n    \"Certificates\": {\n      \"Install\": [" + list + "\n      ]\n    }\n  }\n}\n")
}

// lookup returns the values on the way to the list, the whole document first; those that are not there are missing
// at the end. The error tells where the text is not what Firefox reads.
func (p policyFile) lookup() ([]*jsonValue, error) {
	document, err := parseJSON(p)
	if err != nil {
		return nil, err
	}
	values := []*jsonValue{&document}
	for i, name := range append(installPath[:], "") {
		v, want := values[i], json.Delim('{')
		if i == len(installPath) {
			want = '['
		}
		if v.token != want {
			line, column := position(p, v.start)
			return nil, fmt.Errorf("line %d, column %d: this should begin with %v", line, column, want)
		}
		next := v.member(name)
		if next == nil {
			break
		}
		values = append(values, next)
	}
	return values, nil
}

// install returns the files that the policy lists. An empty text, which stands for no file, lists none.
func (p policyFile) install() ([]string, error) {
	if len(p) == 0 {
		return nil, nil
	}
	values, err := p.lookup()
	if err != nil || len(values) <= len(installPath) {
		return nil, err
	}
	var files []string
	for _, e := range values[len(installPath)].elements {
		s, _ := e.token.(string)
		files = append(files, s)
	}
	return files, nil
}

// ours reports whether the text is all our own, with these files.
func (p policyFile) ours(files []string) bool { return bytes.Equal(p, newPolicyFile(files...)) }

// with returns the text with a file in the list. A text that is empty becomes one of our own.
func (p policyFile) with(file string) (policyFile, error) {
	if len(p) == 0 {
		return newPolicyFile(file), nil
	}
	files, err := p.install()
	switch {
	case err != nil || slices.Contains(files, file):
		return p, err
	case p.ours(files):
		return newPolicyFile(append(files, file)...), nil
	}
	values, err := p.lookup()
	if err != nil {
		return nil, err
	}
	item := quoteJSON(file)
	if len(values) <= len(installPath) {
		item = "[" + item + "]"
	}
	for i := len(installPath) - 1; i >= len(values)-1; i-- {
		if i < len(installPath)-1 {
			item = "{" + item + "}"
		}
		item = quoteJSON(installPath[i]) + ": " + item
	}
	return values[len(values)-1].appendItem(p, item), nil
}

// without returns the text without the files in the list that drop tells, and without the list and its policy where that
// was all of it. A text of our own in which no file is left becomes empty.
func (p policyFile) without(drop func(file string) bool) (policyFile, error) {
	files, err := p.install()
	if err != nil || !slices.ContainsFunc(files, drop) {
		return p, err
	}
	if p.ours(files) {
		if files = slices.DeleteFunc(files, drop); len(files) == 0 {
			return nil, nil
		}
		return newPolicyFile(files...), nil
	}
	for {
		values, err := p.lookup()
		if err != nil || len(values) <= len(installPath) {
			return p, err
		}
		list := values[len(installPath)]
		i := slices.IndexFunc(list.elements, func(e jsonValue) bool {
			file, ok := e.token.(string)
			return ok && drop(file)
		})
		switch {
		case i < 0:
			return p, nil
		case len(list.elements) > 1:
			p = list.removeItem(p, i)
		case len(values[2].members) > 1:
			return values[2].removeMember(p, installPath[2]), nil
		default:
			// The object of all policies stays: Firefox takes a file without it for a damaged one.
			return values[1].removeMember(p, installPath[1]), nil
		}
	}
}
