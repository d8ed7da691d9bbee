package certs

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxServerFile bounds what is read of a file: a keystore with hundreds of entries has less than a megabyte.
const maxServerFile = 4 << 20

// ServerFiles are where a certificate that no CA of ours has signed lies with its key, and the words by which errors call
// its password.
type ServerFiles struct {
	File        string // PEM, PKCS#12 or JKS, told by its content
	Key         string // the private key of a PEM pair; "": it is in File
	Alias       string // the entry of a keystore that has several; "": its only one
	PasswordEnv string // the environment variable that holds the password; "": none does
}

// Read reads the certificate, its chain and its key. The password opens the keystore and the key in it, or the key of a
// PEM file; one that is not needed is not looked at. Each error says what to do, and none has the password. A certificate
// that has expired is read like any other.
func (f ServerFiles) Read(password string) (*tls.Certificate, error) {
	data, err := readServerFile(f.File)
	var cert *tls.Certificate
	if err == nil {
		cert, err = f.decode(data, password)
	}
	if err != nil {
		return nil, fmt.Errorf("certificate file %s: %w", f.File, err)
	}
	return cert, nil
}

// decode reads the content of File.
func (f ServerFiles) decode(data []byte, password string) (*tls.Certificate, error) {
	switch {
	case len(data) == 0:
		return nil, errors.New("it is empty (put the certificate there, or name its file)")
	case bytes.Contains(data, []byte("-----BEGIN ")):
		if f.Alias != "" {
			return nil, errors.New("it is PEM, which has no aliases (leave alias out)")
		}
		return f.decodePEM(data, password)
	case f.Key != "":
		return nil, errors.New("only PEM has its key in another file (leave key out)")
	case bytes.HasPrefix(data, []byte(jksMagic)):
		return f.decodeJKS(data, password)
	case bytes.HasPrefix(data, []byte(jceksMagic)):
		return nil, f.convert("it is a JCEKS keystore")
	case isPKCS12(data):
		return f.decodePKCS12(data, password)
	}
	if _, err := x509.ParseCertificate(data); err == nil {
		return nil, errors.New("it is a certificate in DER, which has no key " +
			"(write it as PEM, with openssl x509 -inform DER, and name the key's file as key)")
	}
	return nil, errors.New("it is neither PEM nor PKCS#12 nor JKS (name the file of the certificate, which may have its key in it)")
}

// convert says how Java's own tool makes a keystore that can be read.
func (f ServerFiles) convert(why string) error {
	return fmt.Errorf("%s (convert it: keytool -importkeystore -srckeystore %s -destkeystore new.p12 -deststoretype PKCS12)", why, f.File)
}

// readServerFile reads a file that the user named.
func readServerFile(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		// SECURITY: opening a pipe waits until somebody writes to it.
		return nil, errors.New("it is no file, but a folder or a device (name a file)")
	}
	r, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("there is no such file (correct its name in the project file, or put it there)")
	case errors.Is(err, fs.ErrPermission):
		return nil, errors.New("this user may not read it (give it to the user who runs culvert)")
	case err != nil:
		return nil, unread(err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxServerFile+1)) // SECURITY: it may be of any size
	if err != nil {
		return nil, unread(err)
	}
	if len(data) > maxServerFile {
		return nil, fmt.Errorf("it is larger than %d MiB, which no certificate is (name another file)", maxServerFile>>20)
	}
	return data, nil
}

// unread is the error of a file that is there and cannot be read. Whoever reads it names it.
func unread(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err
	}
	return fmt.Errorf("it cannot be read: %w (look whether the disk is well)", err)
}

// locked is the error of a password that does not open something, or that is missing.
func (f ServerFiles) locked(password, what string) error {
	switch {
	case f.PasswordEnv == "":
		return fmt.Errorf("%s needs a password (name the environment variable that holds it as password_env)", what)
	case password == "":
		return fmt.Errorf("%s needs a password, and the variable %s is not set (set it where culvert is started)", what, f.PasswordEnv)
	}
	return fmt.Errorf("the password in %s does not open %s (correct the variable where culvert is started)", f.PasswordEnv, what)
}

// entry is one key of a keystore with its certificate.
type entry struct {
	alias string
	open  func() (*tls.Certificate, error)
}

// choose returns the entry that is meant: that of the alias, which Java reads without regard to case, or the only one.
func (f ServerFiles) choose(entries []entry) (entry, error) {
	var names []string
	for _, e := range entries {
		names = append(names, fmt.Sprintf("%q", e.alias))
		if e.alias == f.Alias {
			return e, nil
		}
	}
	for _, e := range entries {
		if strings.EqualFold(e.alias, f.Alias) {
			return e, nil
		}
	}
	switch {
	case len(entries) == 0:
		return entry{}, errors.New("it has no private key (export the certificate together with its key)")
	case f.Alias != "":
		return entry{}, fmt.Errorf("it has no key of the alias %q; there is %s (correct alias)", f.Alias, strings.Join(names, ", "))
	case len(entries) > 1:
		return entry{}, fmt.Errorf("it has several keys: %s (name one as alias)", strings.Join(names, ", "))
	}
	return entries[0], nil
}

// paired puts a key and its certificate together with the other certificates of the chain, in the order in which they came.
func paired(key crypto.PrivateKey, certs []*x509.Certificate) (*tls.Certificate, error) {
	if len(certs) == 0 {
		return nil, errors.New("it has a key and no certificate (put the certificate there too)")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("its key is of a kind that TLS does not use, %T (use RSA or ECDSA)", key)
	}
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return nil, fmt.Errorf("its key is of a kind that TLS does not use, %T (use RSA or ECDSA)", key)
	}
	var leaf *x509.Certificate
	var rest [][]byte
	for _, c := range certs {
		if leaf == nil && public.Equal(c.PublicKey) {
			leaf = c
		} else {
			rest = append(rest, c.Raw)
		}
	}
	if leaf == nil {
		return nil, fmt.Errorf("its key is not that of the certificate of %q (name the two that belong together)", whose(certs[0]))
	}
	return &tls.Certificate{Certificate: append([][]byte{leaf.Raw}, rest...), PrivateKey: key, Leaf: leaf}, nil
}

// whose is what a certificate is of, for people.
func whose(c *x509.Certificate) string {
	if len(c.DNSNames) > 0 {
		return c.DNSNames[0]
	}
	return c.Subject.String()
}

// chain returns the certificates of all that sign for a leaf, beginning with it, as far as they are among others.
func chain(leaf *x509.Certificate, others []*x509.Certificate) []*x509.Certificate {
	list := []*x509.Certificate{leaf}
	for last := leaf; len(list) <= len(others)+1; {
		var next *x509.Certificate
		for _, c := range others {
			if c != last && bytes.Equal(c.RawSubject, last.RawIssuer) && !bytes.Equal(last.RawSubject, last.RawIssuer) && last.CheckSignatureFrom(c) == nil {
				next = c
				break
			}
		}
		if next == nil {
			break
		}
		list, last = append(list, next), next
	}
	return list
}
