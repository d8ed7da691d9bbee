package certs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
)

// The first bytes of Java's keystores; PKCS#12 has none of its own.
const (
	jksMagic   = "\xFE\xED\xFE\xED"
	jceksMagic = "\xCE\xCE\xCE\xCE"
)

// decodeJKS reads a keystore in Java's own format.
func (f ServerFiles) decodeJKS(data []byte, password string) (*tls.Certificate, error) {
	if !wholeJKS(data) {
		return nil, errors.New("it is a damaged JKS keystore (put a whole one there)")
	}
	store := keystore.New(keystore.WithCaseExactAliases(), keystore.WithOrderedAliases())
	if err := store.Load(bytes.NewReader(data), []byte(password)); err != nil {
		return nil, f.locked(password, "the keystore")
	}
	var entries []entry
	for _, alias := range store.Aliases() {
		if store.IsPrivateKeyEntry(alias) {
			entries = append(entries, entry{alias, func() (*tls.Certificate, error) { return f.openJKS(store, alias, password) }})
		}
	}
	e, err := f.choose(entries)
	if err != nil {
		return nil, err
	}
	return e.open()
}

func (f ServerFiles) openJKS(store keystore.KeyStore, alias, password string) (*tls.Certificate, error) {
	e, err := store.GetPrivateKeyEntry(alias, []byte(password))
	if err != nil {
		return nil, fmt.Errorf("the key of the alias %q has another password than the keystore "+
			"(give it the same: keytool -keypasswd -keystore %s -alias %s)", alias, f.File, alias)
	}
	key, err := x509.ParsePKCS8PrivateKey(e.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("the key of the alias %q: %w (use RSA or ECDSA)", alias, err)
	}
	var list []*x509.Certificate
	for _, c := range e.CertificateChain {
		cert, err := x509.ParseCertificate(c.Content)
		if err != nil {
			return nil, fmt.Errorf("the certificate of the alias %q: %w (put a whole one there)", alias, err)
		}
		list = append(list, cert)
	}
	return paired(key, list)
}

// wholeJKS reports whether all lengths that a JKS keystore declares are within it, and its keys long enough to be
// decrypted.
//
// SECURITY: the library allocates as much as is declared, and takes a key to have its salt and its digest.
func wholeJKS(data []byte) bool {
	const digest, salt = 20, 20
	if len(data) < 12+digest {
		return false
	}
	w := walk{data: data[:len(data)-digest], ok: true}
	w.skip(4)
	version := w.number(4)
	certificate := func() {
		if version == 2 {
			w.skip(w.number(2))
		}
		w.skip(w.number(4))
	}
	for n := w.number(4); n > 0 && w.ok; n-- {
		tag := w.number(4)
		w.skip(w.number(2)) // the alias
		w.skip(8)           // its time
		if tag != 1 {
			certificate()
			continue
		}
		var key struct {
			Algorithm asn1.RawValue
			Data      []byte
		}
		if _, err := asn1.Unmarshal(w.skip(w.number(4)), &key); err != nil || len(key.Data) < salt+digest {
			return false
		}
		for c := w.number(4); c > 0 && w.ok; c-- {
			certificate()
		}
	}
	return w.ok
}

// walk goes through bytes as long as there are some.
type walk struct {
	data []byte
	ok   bool
}

func (w *walk) skip(n uint64) []byte {
	if n > uint64(len(w.data)) {
		w.ok, w.data = false, nil
		return nil
	}
	part := w.data[:n]
	w.data = w.data[n:]
	return part
}

// number reads an unsigned number of so many bytes, 0 at the end.
func (w *walk) number(size uint64) uint64 {
	var b [8]byte
	copy(b[8-size:], w.skip(size))
	return binary.BigEndian.Uint64(b[:])
}
