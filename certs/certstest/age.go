// Package certstest ages CAs for tests, as years would: what they are then lies in their folder.
package certstest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"culvert/certs"
)

// End replaces the CA in a folder by one that ends at a time, which may have passed.
func End(t testing.TB, dir string, end time.Time) {
	t.Helper()
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := replaceRoot(t, dir, rootKey, func(c *x509.Certificate) { c.NotAfter = end })
	issuer := *signer(t, dir).Leaf
	issuer.NotAfter, issuer.RawSubject, issuer.Subject.CommonName = end, nil, root.Subject.CommonName+" issuer"
	sign(t, filepath.Join(dir, "issuer.pem"), &issuer, root, rootKey)
}

// Former replaces the CA in a folder by one of the former kind: the key for leafs is the root's own.
func Former(t testing.TB, dir string) {
	t.Helper()
	key := signer(t, dir).PrivateKey.(*ecdsa.PrivateKey)
	replaceRoot(t, dir, key, func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true })
	if err := os.Remove(filepath.Join(dir, "issuer.pem")); err != nil {
		t.Fatal(err)
	}
}

// signer reads the issuer of the CA in a folder, and its key.
func signer(t testing.TB, dir string) tls.Certificate {
	t.Helper()
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, "issuer.pem"), filepath.Join(dir, "ca-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// replaceRoot replaces the root in a folder by one with another key, as Culvert makes it but for what change does.
func replaceRoot(t testing.TB, dir string, key *ecdsa.PrivateKey, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	before, err := certs.ReadRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	id := sha256.Sum256(spki)
	root := *before.Certificate()
	root.PublicKey, root.SubjectKeyId = &key.PublicKey, id[:20]
	root.RawSubject, root.Subject.CommonName = nil, fmt.Sprintf("Culvert CA %x", id[:4])
	change(&root)
	return sign(t, before.File(), &root, &root, key)
}

// sign writes a certificate to a file.
func sign(t testing.TB, file string, template, parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, template.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, certs.EncodePEM(cert), 0o600); err != nil {
		t.Fatal(err)
	}
	return cert
}
