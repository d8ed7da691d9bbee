package certs

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// A CA's folder holds three files: the root, alone because programs are told of it by this file; the issuer, which the
// root signed; and the issuer's key. The key is written first, then the issuer and last the root, each of which appears
// whole by rename, so that a crash at any moment leaves one of these states:
//
//	no file               no CA yet: the only state in which LoadOrCreate makes one
//	the key alone         the making was interrupted, or the root was deleted: an error
//	  and the issuer      the same
//	all                   a CA, once they pass every check of Load
//	the key and the root  a CA of the former kind, if the key is the root's own: it can only be renewed. Else the issuer
//	                      was deleted, an error
//
// Without the key it was deleted, which is an error too. A CA that browsers trust is never replaced without the user's
// doing: the stores would keep trusting a key that nobody watches any more. What a renewal leaves is told in renew.go.
const (
	certFile   = "ca.pem"
	issuerFile = "issuer.pem"
	keyFile    = "ca-key.pem"
)

// ErrNoCA is the error, found with [errors.Is], of [Load] and [LoadNamed] for a folder in which no CA was made yet.
var ErrNoCA = errors.New("no CA was made yet")

// errKeyAlone is the state of a folder while a CA is being made in it, or after that was interrupted: there is no root.
var errKeyAlone = errors.New("missing, only its key is there")

// folder is where a CA lies, and which of the two it is.
type folder struct {
	dir   string
	named bool // the second CA, for names that the user listed
}

// Load reads the CA from its folder. It refuses one that is incomplete, damaged, expired, of the former kind, not ours, or
// whose key other users can read; each error is one line that says what to do. A folder without a CA is [ErrNoCA].
// A promotion that was interrupted (see [Promote]) is completed first.
func Load(dir string) (*CA, error) {
	return folder{dir: dir}.load(time.Now())
}

// LoadExpired is [Load] for a CA that may have expired, whose time has not come, or that is of the former kind (see
// [Root.Former]). It signs nothing a client would accept, but can be renewed.
func LoadExpired(dir string) (*CA, error) { return folder{dir: dir}.read() }

// File returns the path of the certificate of the CA in dir, for those who want to know when it becomes another.
func File(dir string) string { return folder{dir: dir}.file(certFile) }

// LoadOrCreate reads the CA from its folder, or makes it where none of its files is there yet.
// Several processes may call it at once; all get the same CA.
func LoadOrCreate(dir string) (*CA, error) {
	return folder{dir: dir}.loadOrCreate(loopbackNames(), time.Now())
}

// ReadRoot reads the CA's certificate alone and checks nothing but its form, so that a CA whose key was lost, or which
// has expired, can still be taken out of the trust stores. A folder without ca.pem is an [fs.ErrNotExist].
// It reads the first CA and the second one.
func ReadRoot(dir string) (*Root, error) {
	f := folder{dir: dir}
	cert, err := f.readCertificate(certFile)
	if err != nil {
		return nil, err
	}
	f.named = forOwnNames(cert)
	return &Root{home: f, cert: cert}, nil
}

func (f folder) file(name string) string { return filepath.Join(f.dir, name) }

func (f folder) loadOrCreate(names permitted, now time.Time) (*CA, error) {
	ca, err := f.load(now)
	if errors.Is(err, ErrNoCA) {
		ca, err = f.create(names, now)
	}
	if errors.Is(err, fs.ErrExist) || errors.Is(err, errKeyAlone) {
		return f.loadSoon(now)
	}
	return ca, err
}

func (f folder) load(now time.Time) (*CA, error) {
	ca, err := f.read()
	if err != nil {
		return nil, err
	}
	if err := ca.untimely(now); err != nil {
		return nil, err
	}
	return ca, nil
}

// read is load at whatever time it is.
func (f folder) read() (*CA, error) {
	if err := f.settle(); err != nil {
		return nil, err
	}
	if err := f.complete(); err != nil {
		return nil, err
	}
	key, err := f.readKey()
	if err != nil {
		return nil, err
	}
	root, err := ReadRoot(f.dir)
	if err != nil {
		return nil, err
	}
	if why := f.flaw(root.cert); why != "" {
		return nil, f.unfit(certFile, why)
	}
	if former(root.cert) {
		if !key.PublicKey.Equal(root.cert.PublicKey) {
			return nil, f.unfit(certFile, notOfTheKey)
		}
		return &CA{Root: root}, nil // SECURITY: nobody signs with the root's own key any more
	}
	issuer, err := f.readCertificate(issuerFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("CA certificate %s: missing (restore it, or %s)", f.file(issuerFile), f.anew())
	}
	if err != nil {
		return nil, err
	}
	if why := f.issuerFlaw(issuer, root.cert, &key.PublicKey); why != "" {
		return nil, f.unfit(issuerFile, why)
	}
	return &CA{Root: root, issuer: issuer, key: key}, nil
}

// unfit is the error for a certificate that cannot be used.
func (f folder) unfit(name, why string) error {
	return fmt.Errorf("CA certificate %s: %s (%s)", f.file(name), why, f.anew())
}

// complete checks that root and key are there. They are looked for in the order opposite to that in which they are
// written, so that a CA that is being made is never taken for one that lost its key.
func (f folder) complete() error {
	cert, err := exists(f.file(certFile))
	if err != nil {
		return err
	}
	issuer, err := exists(f.file(issuerFile))
	if err != nil {
		return err
	}
	key, err := exists(f.file(keyFile))
	if err != nil {
		return err
	}
	switch {
	case cert && key:
		return nil
	case cert, issuer && !key:
		return fmt.Errorf("CA key %s: missing, only its certificate is there (restore it, or %s)", f.file(keyFile), f.anew())
	case key:
		return fmt.Errorf("CA certificate %s: %w (restore it, or %s)", f.file(certFile), errKeyAlone, f.anew())
	}
	return fmt.Errorf("CA in %s: %w (%s makes it)", f.dir, ErrNoCA, f.maker())
}

func exists(file string) (bool, error) {
	switch _, err := os.Stat(file); {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	default:
		return false, fmt.Errorf("CA file %w (its folder must belong to the user who runs culvert)", err)
	}
}

// readKey reads the private key, after checking that it is private.
func (f folder) readKey() (*ecdsa.PrivateKey, error) {
	file := f.file(keyFile)
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("CA key %w (its folder must belong to the user who runs culvert)", err)
	}
	// SECURITY: a key that others can read may already be in their hands. Windows has no such bits; there the
	// folder inherits the access list of the user's profile.
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("CA key %s: other users can read it, mode %04o (run: chmod 600 '%s')", file, mode, file)
	}
	der, err := f.readPEM(file, "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("CA key %s: damaged, %w (%s)", file, err, f.anew())
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("CA key %s: not made by Culvert, it is no P-256 key (%s)", file, f.anew())
	}
	return key, nil
}

// readCertificate reads the certificate in a file, and checks nothing but its form.
func (f folder) readCertificate(name string) (*x509.Certificate, error) {
	file := f.file(name)
	der, err := f.readPEM(file, "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("CA certificate %s: damaged, %w (%s)", file, err, f.anew())
	}
	return cert, nil
}

// readPEM reads a file that holds exactly one PEM block of the kind.
func (f folder) readPEM(file, kind string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("CA file %w (its folder must belong to the user who runs culvert)", err)
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("CA file %s: damaged, it holds no PEM block %q (%s)", file, kind, f.anew())
	}
	return block.Bytes, nil
}

// notOfTheKey is the flaw of a certificate of another key.
const notOfTheKey = "it does not belong to the key in " + keyFile

// flaw says why a certificate is not the root of a CA of this folder, of today's kind or the former, or nothing.
func (f folder) flaw(root *x509.Certificate) string {
	key, ok := root.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return "not made by Culvert, its key is of another kind"
	}
	id, err := keyID(key)
	switch {
	case err != nil:
		return "its key is damaged, " + err.Error()
	case !signsCertificates(root):
		return "it is no CA certificate"
	// SECURITY: a CA without our constraints could sign for the whole Internet; it must not lie in this folder.
	case !root.PermittedDNSDomainsCritical || !f.may(permittedBy(root)):
		return "not made by Culvert, its name constraints are others"
	case !former(root) && root.MaxPathLen != 1:
		return "not made by Culvert, it may sign longer chains"
	case root.Subject.CommonName != commonName(id, f.named):
		return fmt.Sprintf("not made by Culvert, it is called %q", root.Subject.CommonName)
	case root.CheckSignatureFrom(root) != nil:
		return "damaged, it does not carry its own signature"
	}
	return ""
}

// issuerFlaw says why a certificate is not the issuer of a root without a flaw, with the key that signs leafs, or nothing.
func (f folder) issuerFlaw(issuer, root *x509.Certificate, key *ecdsa.PublicKey) string {
	switch {
	case !key.Equal(issuer.PublicKey):
		return notOfTheKey
	case !bytes.Equal(issuer.RawIssuer, root.RawSubject) || issuer.CheckSignatureFrom(root) != nil:
		return "it does not carry the signature of " + certFile
	case !signsCertificates(issuer):
		return "it is no CA certificate"
	// SECURITY: these are the constraints that every client heeds, also one that ignores those of the root.
	case !issuer.PermittedDNSDomainsCritical || !permittedBy(issuer).equal(permittedBy(root)):
		return "not made by Culvert, its name constraints are others"
	case !issuer.MaxPathLenZero:
		return "not made by Culvert, it may sign longer chains"
	case issuer.Subject.CommonName != root.Subject.CommonName+issuerSuffix:
		return fmt.Sprintf("not made by Culvert, it is called %q", issuer.Subject.CommonName)
	case !issuer.NotBefore.Equal(root.NotBefore) || !issuer.NotAfter.Equal(root.NotAfter):
		return "not made by Culvert, it is valid at other times than " + certFile
	}
	return ""
}

func signsCertificates(cert *x509.Certificate) bool {
	return cert.IsCA && cert.BasicConstraintsValid && cert.KeyUsage&x509.KeyUsageCertSign != 0
}

// former reports whether a root is one of the former kind: it may sign no issuer, but signed the leafs itself.
func former(root *x509.Certificate) bool { return root.MaxPathLenZero }

// may reports whether these are constraints that a CA of this folder has.
func (f folder) may(p permitted) bool {
	if f.named {
		return p.own()
	}
	return p.equal(loopbackNames())
}

// TimeError is the error, found with [errors.As], of a CA that is whole, but cannot sign at the time: it has expired, is
// not valid yet, or is of the former kind.
type TimeError struct{ why string }

func (e *TimeError) Error() string { return e.why + " (run: culvert trust --renew)" }

// Former returns a [TimeError] if the root is of the former kind, which signed the leafs itself, so that its key lies in
// the folder: such a CA signs nothing any more, and no store should begin to trust it.
func (r *Root) Former() error {
	if !former(r.cert) {
		return nil
	}
	return r.late("made by a former Culvert, its own key signs, and Java believes that key whatever it signs")
}

// untimely is a [TimeError] if the CA cannot sign at the time.
func (r *Root) untimely(now time.Time) error {
	switch {
	case former(r.cert):
		return r.Former()
	case now.After(r.cert.NotAfter):
		return r.late("expired on " + r.cert.NotAfter.Format(time.DateOnly))
	case now.Before(r.cert.NotBefore):
		return r.late("not valid before " + r.cert.NotBefore.Format(time.DateOnly) + ", is the clock right?")
	}
	return nil
}

func (r *Root) late(why string) error {
	return fmt.Errorf("CA certificate %s: %w", r.File(), &TimeError{why})
}

// maker is the command that makes a CA where there is none.
func (f folder) maker() string {
	if f.named {
		return "culvert trust --name NAME"
	}
	return "culvert trust"
}

// anew is the way out of a CA that cannot be repaired.
func (f folder) anew() string {
	return fmt.Sprintf("run culvert untrust, move %s away, then run %s for a new CA", f.dir, f.maker())
}

// create makes a CA and writes it. The error is [fs.ErrExist] where another process has begun to make one.
func (f folder) create(names permitted, now time.Time) (*CA, error) {
	ca, err := newCA(f, names, now)
	if err != nil {
		return nil, fmt.Errorf("CA: cannot be made: %w", err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(ca.key)
	if err != nil {
		return nil, fmt.Errorf("CA: cannot be made: %w", err)
	}
	if err := privateDir(f.dir); err != nil {
		return nil, err
	}
	if err := writeKey(f.file(keyFile), key); err != nil {
		return nil, err
	}
	err = replaceFile(f.file(issuerFile), EncodePEM(ca.issuer), 0o644)
	if err == nil {
		err = replaceFile(ca.File(), ca.PEM(), 0o644)
	}
	if err != nil {
		// Nobody was ever told of this CA: without these the folder is as it was.
		os.Remove(f.file(issuerFile))
		os.Remove(f.file(keyFile))
		return nil, err
	}
	return ca, nil
}

// privateDir makes the CA's folder, for its user alone.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("CA folder %w (make it writable, or set CULVERT_HOME)", err)
	}
	// SECURITY: the folder may have been there before, with the mode of the day.
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("CA folder %w (it must belong to the user who runs culvert)", err)
	}
	return nil
}

// writeKey writes the private key to a file that is not there yet.
func writeKey(file string, der []byte) error {
	// SECURITY: O_EXCL neither follows a planted link nor replaces a key, and the mode is right from the first byte.
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("CA key %w (make its folder writable)", err)
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err = cmp.Or(err, f.Sync(), f.Close()); err != nil {
		os.Remove(file)
		return fmt.Errorf("CA key %w (make room, then try again)", err)
	}
	return nil
}

// replaceFile puts data under the name at once: a reader finds the whole file or none.
func replaceFile(name string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("CA certificate %w (make its folder writable)", err)
	}
	_, err = f.Write(data)
	err = cmp.Or(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("CA certificate %w (make room, then try again)", err)
	}
	return nil
}

// loadSoon loads the CA that another process may be making at this moment.
func (f folder) loadSoon(now time.Time) (*CA, error) {
	const patience = time.Second // making takes milliseconds, a slow disk a little longer
	end := time.Now().Add(patience)
	for {
		ca, err := f.load(now)
		if !errors.Is(err, errKeyAlone) || time.Now().After(end) {
			return ca, err
		}
		time.Sleep(10 * time.Millisecond)
	}
}
