package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"time"
)

const (
	// caLife is how long a CA is valid. Clients put no limit on a root's life; ten years outlive most machines.
	caLife = 10 * 365 * 24 * time.Hour

	// caBackdate lets clients whose clock is behind (a virtual machine after sleep) believe a CA made just now.
	caBackdate = 24 * time.Hour

	// organization groups our certificates in the lists that browsers show.
	organization = "Culvert"
)

// Root is the public half of a CA: the certificate that trust stores hold, and the file that it lies in.
// It does not change after it was read, and may be used by several goroutines at once.
type Root struct {
	home folder
	cert *x509.Certificate
}

// Certificate returns the CA's root certificate. The caller must not change it.
func (r *Root) Certificate() *x509.Certificate { return r.cert }

// PEM returns the CA's certificate, without its key, in the form that ca.pem holds.
func (r *Root) PEM() []byte { return EncodePEM(r.cert) }

// File returns the path of ca.pem, for programs that are told of a CA by file name. It is "" for a root that was
// handed over without its folder, see [ParseRoots].
func (r *Root) File() string {
	if r.home.dir == "" {
		return ""
	}
	return r.home.file(certFile)
}

// Names returns what the CA may sign, for people: each host name stands for the names below it too, and is in its ASCII
// form; addresses come last, a range as in "127.0.0.0/8".
func (r *Root) Names() []string { return permittedBy(r.cert).list() }

// Named reports whether it is the second CA, for names that the user listed.
func (r *Root) Named() bool { return r.home.named }

// Fingerprint returns the SHA-256 of the certificate in lower-case hexadecimal digits, as openssl and certutil
// compute it. It is what tells one CA from another; names can repeat.
func (r *Root) Fingerprint() string { return Fingerprint(r.cert) }

// CA is a certificate authority: its root, the issuer, which is the only thing that the root ever signed, and the
// issuer's private key, which signs leafs. The key never leaves it.
// It does not change after it was loaded, and may be used by several goroutines at once.
type CA struct {
	*Root
	issuer *x509.Certificate // nil, as the key is, where the root is of the former kind: such a CA signs nothing
	key    *ecdsa.PrivateKey
}

// Fingerprint returns the SHA-256 of a certificate in lower-case hexadecimal digits.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return hex.EncodeToString(sum[:])
}

// EncodePEM returns a certificate as one PEM block.
func EncodePEM(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}

// newCA makes the root and the issuer for a folder, valid from now on. Nothing is written.
func newCA(f folder, names permitted, now time.Time) (*CA, error) {
	// SECURITY: the root's key is known to this call alone. It signs the issuer, then nobody has it any more: Java does
	// not heed the constraints of a root that it trusts, so this key, if it could be stolen, would sign every name.
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template, err := authority(&rootKey.PublicKey, names, now)
	if err != nil {
		return nil, err
	}
	template.Subject = subject(commonName(template.SubjectKeyId, f.named))
	template.MaxPathLen = 1 // the issuer
	root, err := sign(template, template, &rootKey.PublicKey, rootKey)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template, err = authority(&key.PublicKey, names, now)
	if err != nil {
		return nil, err
	}
	template.Subject = subject(root.Subject.CommonName + issuerSuffix)
	template.MaxPathLenZero = true // it signs leafs, never another CA
	issuer, err := sign(template, root, &key.PublicKey, rootKey)
	if err != nil {
		return nil, err
	}
	return &CA{Root: &Root{home: f, cert: root}, issuer: issuer, key: key}, nil
}

// authority is what the certificates of root and issuer have in common.
func authority(key *ecdsa.PublicKey, names permitted, now time.Time) (*x509.Certificate, error) {
	id, err := keyID(key)
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		NotBefore:             now.Add(-caBackdate),
		NotAfter:              now.Add(caLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		SubjectKeyId:          id[:20],

		// SECURITY: critical, so that a client that does not know name constraints refuses the CA
		// instead of ignoring them (RFC 5280 §4.2.1.10).
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         names.domains,
		PermittedIPRanges:           names.ranges,
	}, nil
}

// sign makes the certificate of a public key, with a serial number of its own, and reads it back.
func sign(template, parent *x509.Certificate, key *ecdsa.PublicKey, signer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	var err error
	if template.SerialNumber, err = newSerial(); err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, signer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func subject(commonName string) pkix.Name {
	return pkix.Name{Organization: []string{organization}, CommonName: commonName}
}

// ownNamesSuffix ends the name of the second CA, so that a list of certificates tells what it is. It has no colon,
// which NSS would take for the end of a token's name.
const ownNamesSuffix = " for own names"

// issuerSuffix follows the root's name in the issuer's.
const issuerSuffix = " issuer"

// commonName names a CA after its root's key, so that two of them (two machines, or before and after a renewal) can be told
// apart in a browser's list. It holds neither user nor host name: certificates travel further than one expects.
func commonName(keyID []byte, named bool) string {
	name := fmt.Sprintf("Culvert CA %x", keyID[:4])
	if named {
		name += ownNamesSuffix
	}
	return name
}

// forOwnNames reports whether a certificate is called as the second CA is.
func forOwnNames(cert *x509.Certificate) bool {
	return strings.HasSuffix(cert.Subject.CommonName, ownNamesSuffix)
}

// keyID is the SHA-256 of a public key in its SubjectPublicKeyInfo form.
func keyID(pub *ecdsa.PublicKey) ([]byte, error) {
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(spki)
	return sum[:], nil
}

// newSerial returns a random number of 128 bits. A browser that meets the same issuer and serial number twice refuses
// the second certificate (SEC_ERROR_REUSED_ISSUER_AND_SERIAL), so counting is not an option across reinstallations.
func newSerial() (*big.Int, error) {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	b[0] |= 1 // never zero
	return new(big.Int).SetBytes(b), nil
}
