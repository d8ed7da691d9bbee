package certs

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// ParseRoots reads CA certificates that were handed over as PEM blocks, without the folders that they come from:
// [Root.File] of these is "". Expired ones, and those of the former kind, are taken, so that they can still be removed
// from where they are trusted. The error names the first that is no root of ours; an issuer is none.
func ParseRoots(data []byte) ([]*Root, error) {
	var roots []*Root
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if block.Type != "CERTIFICATE" || err != nil {
			return nil, errors.New("CA certificate: damaged, it cannot be read (hand over ca.pem as Culvert made it)")
		}
		if why := stranger(cert); why != "" {
			return nil, fmt.Errorf("certificate of %q: %s (hand over a CA that Culvert made)", cert.Subject.CommonName, why)
		}
		roots = append(roots, &Root{home: folder{named: forOwnNames(cert)}, cert: cert})
	}
	if len(roots) == 0 {
		return nil, errors.New("CA certificate: there is no PEM block (hand over ca.pem as Culvert made it)")
	}
	return roots, nil
}

// stranger says why a certificate is no CA of ours, or nothing.
//
// SECURITY: what is handed over may come from anybody. A CA that could sign for more than names of the user's own must
// reach no trust store by our hands, and none that we did not make may be taken out of one.
func stranger(cert *x509.Certificate) string {
	return folder{named: forOwnNames(cert)}.flaw(cert)
}
