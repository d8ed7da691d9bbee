package certs

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"
)

// MinPassword is the length of the shortest password that a keystore may have: keytool takes no shorter one.
const MinPassword = 6

// EncodePair returns a leaf with its chain as PEM certificates, the leaf first, and its key as a PEM block in
// PKCS#8 form (RFC 7468 §10), not encrypted. Servers take the two in one file or in two.
func EncodePair(leaf *tls.Certificate) (chain, key []byte, err error) {
	e, err := newExport(leaf)
	if err != nil {
		return nil, nil, err
	}
	for _, cert := range e.chain {
		chain = append(chain, EncodePEM(cert)...)
	}
	return chain, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: e.pkcs8}), nil
}

// EncodePKCS12 returns a leaf with its chain and key as a PKCS#12 file (RFC 7292) in the encryption of today, AES-256
// and SHA-256: for OpenSSL 1.1.1, Windows Server 2019, Java 12, 11.0.12 and 8u301 (JDK-8267701), and what came after
// them. Java finds the key under the alias "1".
func EncodePKCS12(leaf *tls.Certificate, password string) ([]byte, error) {
	return encodePKCS12(leaf, pkcs12.Modern2023, password)
}

// EncodeLegacyPKCS12 is [EncodePKCS12] in the encryption that everything older reads, 3DES and SHA-1. It protects the
// key little better than none.
func EncodeLegacyPKCS12(leaf *tls.Certificate, password string) ([]byte, error) {
	return encodePKCS12(leaf, pkcs12.LegacyDES, password)
}

func encodePKCS12(leaf *tls.Certificate, encoder *pkcs12.Encoder, password string) ([]byte, error) {
	e, err := newExport(leaf)
	if err != nil {
		return nil, err
	}
	if err := checkPassword(password); err != nil {
		return nil, err
	}
	return encoder.Encode(e.key, e.chain[0], e.chain[1:], password)
}

// EncodeJKS returns a leaf with its chain and key as a keystore in Java's own format, under the alias, which Java
// reads without regard to case. The keystore and the key have the same password, as Java's servers expect.
func EncodeJKS(leaf *tls.Certificate, alias, password string) ([]byte, error) {
	e, err := newExport(leaf)
	if err != nil {
		return nil, err
	}
	if err := checkPassword(password); err != nil {
		return nil, err
	}
	if alias == "" {
		return nil, errors.New("keystore: its alias is empty (give one, as in tomcat)")
	}
	entry := keystore.PrivateKeyEntry{CreationTime: e.chain[0].NotBefore, PrivateKey: e.pkcs8}
	for _, cert := range e.chain {
		entry.CertificateChain = append(entry.CertificateChain, keystore.Certificate{Type: "X509", Content: cert.Raw})
	}
	store := keystore.New()
	if err := store.SetPrivateKeyEntry(alias, entry, []byte(password)); err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	var b bytes.Buffer
	if err := store.Store(&b, []byte(password)); err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return b.Bytes(), nil
}

// TrustStore returns a PKCS#12 file of certificates that Java trusts when it is named in
// javax.net.ssl.trustStore. Its contents are public, so the encryption is the one that every Java 8 reads.
func TrustStore(roots []*x509.Certificate, password string) ([]byte, error) {
	if len(roots) == 0 {
		return nil, errors.New("trust store: no certificate is given (Java refuses an empty one)")
	}
	if err := checkPassword(password); err != nil {
		return nil, err
	}
	var entries []pkcs12.TrustStoreEntry
	for _, root := range roots {
		// Java takes two entries of one name for the same, and names repeat.
		name := root.Subject.CommonName + " " + Fingerprint(root)
		entries = append(entries, pkcs12.TrustStoreEntry{Cert: root, FriendlyName: name})
	}
	return pkcs12.LegacyDES.EncodeTrustStoreEntries(entries, password)
}

// export is a leaf taken apart for the formats of other servers.
type export struct {
	chain []*x509.Certificate // the leaf first
	key   *ecdsa.PrivateKey
	pkcs8 []byte
}

func newExport(leaf *tls.Certificate) (*export, error) {
	var e export
	for _, der := range leaf.Certificate {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("certificate to export: %w", err)
		}
		e.chain = append(e.chain, cert)
	}
	// SECURITY: a CA's key leaves its folder in no form.
	if len(e.chain) == 0 || e.chain[0].IsCA {
		return nil, errors.New("certificate to export: it is no leaf")
	}
	var ok bool
	if e.key, ok = leaf.PrivateKey.(*ecdsa.PrivateKey); !ok || !e.key.PublicKey.Equal(e.chain[0].PublicKey) {
		return nil, errors.New("certificate to export: its key is missing")
	}
	var err error
	e.pkcs8, err = x509.MarshalPKCS8PrivateKey(e.key)
	return &e, err
}

// checkPassword refuses passwords with which a keystore would be made that Java cannot open: it takes none that are
// short, and reads letters beyond ASCII in another way in each format and release.
func checkPassword(password string) error {
	if len(password) < MinPassword {
		return fmt.Errorf("keystore password: it has %d characters (Java needs at least %d)", len(password), MinPassword)
	}
	for _, c := range []byte(password) {
		if c < ' ' || c > '~' {
			return errors.New("keystore password: it has characters that Java versions read differently " +
				"(use letters, digits and signs of ASCII)")
		}
	}
	return nil
}
