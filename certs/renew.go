package certs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A renewal leaves no moment without a CA that browsers trust. The successor is made in a folder of its own, is added
// to the trust stores, and only then takes the place of the CA. A crash at any moment leaves one of these states:
//
//	next/ without its root             the making was interrupted: Stage makes another
//	next/ with all files               staged; the CA is the old one
//	  and old-FINGERPRINT/             promoting began; the CA still is the old one
//	the successor's key beside the     promoting was interrupted: the CA is the new one, whose
//	old issuer and root                issuer and root in next/ are moved by the next Load
//	the successor's key and issuer     the same, but for the issuer, which was moved
//	beside the old root
//	old-FINGERPRINT/ without next/     promoted
//
// The old key is gone as soon as the new one has its name. The old roots stay, for as long as a store may hold them.
const (
	nextDir   = "next"
	oldPrefix = "old-"
)

// WarnBefore is how long before its end a CA should be renewed.
const WarnBefore = 60 * 24 * time.Hour

// Expiring reports whether the CA should be renewed: it ends in [WarnBefore] or less, has ended, or is of the former kind
// (see [Root.Former]).
func (r *Root) Expiring(now time.Time) bool {
	return former(r.cert) || !now.Before(r.cert.NotAfter.Add(-WarnBefore))
}

// Stage makes the successor of the CA in dir, the first one or the second, with the same names; or finds it again. The
// successor is not in use yet: it is to be trusted, then promoted. The CA itself may have expired, or be of the former
// kind.
func Stage(dir string, now time.Time) (*CA, error) {
	ca, err := current(dir)
	if err != nil {
		return nil, err
	}
	return ca.home.stage(permittedBy(ca.cert), now)
}

// StageNamed is [Stage] for the second CA in dir, whose successor gets other names; [CreateNamed] says which.
func StageNamed(dir string, names []string, now time.Time) (*CA, error) {
	p, err := ownNames(names)
	if err != nil {
		return nil, err
	}
	ca, err := folder{dir: dir, named: true}.read()
	if err != nil {
		return nil, err
	}
	return ca.home.stage(p, now)
}

// Promote makes the staged successor the CA of dir. The key of the old CA is deleted; its certificate is kept in
// dir/old-FINGERPRINT, with the first eight digits, for [Roots]. After an error the CA is the old one or the new one,
// as [Load] says.
func Promote(dir string) (*CA, error) {
	old, err := current(dir)
	if err != nil {
		return nil, err
	}
	f := old.home
	next, err := f.next().read()
	if err == nil {
		err = next.Former()
	}
	if err != nil {
		return nil, fmt.Errorf("renewing the CA in %s: its successor is not ready, %w", dir, err)
	}
	if err := f.keep(old.Root); err != nil {
		return nil, err
	}
	// SECURITY: this deletes the old key: from now on nobody can sign with it.
	err = move(f.next().file(keyFile), f.file(keyFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // another process may have promoted it
		return nil, err
	}
	ca, err := f.read()
	if err == nil && ca.Fingerprint() != next.Fingerprint() {
		err = fmt.Errorf("renewing the CA in %s: it was changed meanwhile (try again)", dir)
	}
	if err != nil {
		return nil, err
	}
	os.Remove(f.next().dir) // fails where a crash left a temporary file in it, which does no harm
	return ca, nil
}

// Roots returns the certificates of all CAs that were made in dir and that a trust store may hold: first the CA itself,
// then its staged successor and those that were replaced. A folder without any is no error.
func Roots(dir string) ([]*Root, error) {
	dirs := []string{dir, filepath.Join(dir, nextDir)}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("CA folder %w (it must belong to the user who runs culvert)", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), oldPrefix) {
			dirs = append(dirs, filepath.Join(dir, e.Name()))
		}
	}
	var list []*Root
	for _, d := range dirs {
		root, err := ReadRoot(d)
		if err == nil {
			list = append(list, root)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	// Where promoting began, the CA is among the old ones too.
	return unique(list, (*Root).Fingerprint), nil
}

// Forget deletes the certificate of a CA that was replaced in dir, once no trust store holds it any more. It is no
// error if there is none.
func Forget(dir string, old *Root) error {
	// SECURITY: the name is made of hexadecimal digits, so nothing but such a folder is ever deleted.
	if err := os.RemoveAll((folder{dir: dir}).old(old).dir); err != nil {
		return fmt.Errorf("old CA certificate %w (its folder must belong to the user who runs culvert)", err)
	}
	return nil
}

// current reads the CA of dir, whichever of the two it is.
func current(dir string) (*CA, error) {
	f := folder{dir: dir}
	if root, err := ReadRoot(dir); err == nil {
		f = root.home
	}
	return f.read()
}

// next is where the successor is staged.
func (f folder) next() folder { return folder{filepath.Join(f.dir, nextDir), f.named} }

// old is where the certificate of a CA is kept that was replaced.
func (f folder) old(root *Root) folder {
	return folder{filepath.Join(f.dir, oldPrefix+root.Fingerprint()[:8]), f.named}
}

func (f folder) stage(names permitted, now time.Time) (*CA, error) {
	next := f.next()
	ca, err := next.load(now)
	if errors.Is(err, errKeyAlone) {
		ca, err = next.loadSoon(now)
	}
	if err == nil && permittedBy(ca.cert).equal(names) && !ca.Expiring(now) {
		return ca, nil
	}
	if !errors.Is(err, ErrNoCA) {
		if err := f.discard(next); err != nil {
			return nil, err
		}
	}
	return next.loadOrCreate(names, now)
}

// discard takes a successor away that will never be promoted. Its certificate is kept, if it can be read: a store may
// trust it already.
func (f folder) discard(next folder) error {
	if root, err := ReadRoot(next.dir); err == nil {
		if err := f.keep(root); err != nil {
			return err
		}
	}
	for _, name := range []string{keyFile, issuerFile, certFile} {
		if err := os.Remove(next.file(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("staged CA %w (its folder must belong to the user who runs culvert)", err)
		}
	}
	return nil
}

// keep writes a certificate to where those of replaced CAs lie.
func (f folder) keep(root *Root) error {
	old := f.old(root)
	if err := privateDir(old.dir); err != nil {
		return err
	}
	return replaceFile(old.file(certFile), root.PEM(), 0o644)
}

// settle completes a promotion that was interrupted after the key was moved. That it was is told by the issuer, which
// belongs to the key and was signed by the root in next/.
func (f folder) settle() error {
	next, err := ReadRoot(f.next().dir)
	if err != nil {
		return nil // nothing is staged, or nothing that could be promoted
	}
	issuer, err := f.next().readCertificate(issuerFile)
	if errors.Is(err, fs.ErrNotExist) {
		issuer, err = f.readCertificate(issuerFile) // it was moved
	}
	if err != nil || issuer.CheckSignatureFrom(next.cert) != nil {
		return nil
	}
	key, err := f.readKey()
	if err != nil || !key.PublicKey.Equal(issuer.PublicKey) {
		return nil // still the CA's own; what is wrong with it is for others to say
	}
	for _, name := range []string{issuerFile, certFile} { // the root last, which the app watches
		err := move(f.next().file(name), f.file(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // another process may have been faster
			return err
		}
	}
	return nil
}

// move gives a file the place of another. When it returns, no crash takes that back.
func move(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("CA file %w (its folder must belong to the user who runs culvert)", err)
	}
	for _, name := range []string{to, from} {
		if d, err := os.Open(filepath.Dir(name)); err == nil {
			d.Sync() // Windows cannot, and need not
			d.Close()
		}
	}
	return nil
}
