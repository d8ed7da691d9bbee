package certs

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// CreateNamed makes the second CA, for names beyond those that the first one may sign: host names (an internationalised
// one in either form) and addresses. Its critical name constraints are exactly these. A host name stands for the names
// below it too, since a subtree of RFC 5280 §4.2.1.10 has no other form; with host names alone no address is permitted,
// and with addresses alone no host name.
//
// It refuses names that the first CA signs, public suffixes, and names below which hosts of others are. The folder must
// hold no CA yet, else the error is an [fs.ErrExist]: [StageNamed] changes the names of one.
func CreateNamed(dir string, names []string) (*CA, error) {
	p, err := ownNames(names)
	if err != nil {
		return nil, err
	}
	f := folder{dir: dir, named: true}
	if err := f.complete(); err != nil && !errors.Is(err, ErrNoCA) {
		return nil, err
	} else if err == nil {
		return nil, fmt.Errorf("CA in %s: %w (%s adds a name to it)", dir, fs.ErrExist, f.maker())
	}
	return f.create(p, time.Now())
}

// LoadNamed reads the second CA from its folder, as strictly as [Load] reads the first, which it refuses.
func LoadNamed(dir string) (*CA, error) {
	return folder{dir: dir, named: true}.load(time.Now())
}
