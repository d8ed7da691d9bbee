package certs

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"software.sslmate.com/src/go-pkcs12"
)

// isPKCS12 reports whether data begin as a PFX does: a sequence whose first element is the version 3 (RFC 7292 §4).
func isPKCS12(data []byte) bool {
	const head = "\x02\x01\x03" // after the tag of the sequence and its length
	return len(data) > 0 && data[0] == 0x30 && bytes.Contains(data[:min(len(data), 10)], []byte(head))
}

// decodePKCS12 reads a PKCS#12 file.
func (f ServerFiles) decodePKCS12(data []byte, password string) (*tls.Certificate, error) {
	if n := rounds(data, 0); n > maxRounds {
		return nil, fmt.Errorf("it asks for %d rounds to open it (export it anew)", n)
	}
	safe, err := parseSafe(data)
	if err != nil {
		return nil, unreadable(err)
	}
	key, first, others, err := pkcs12.DecodeChain(data, password)
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return nil, f.locked(password, "the keystore")
	}
	var entries []entry
	for i, name := range safe.names {
		entries = append(entries, entry{name, func() (*tls.Certificate, error) {
			if len(safe.names) > 1 { // which the library refuses
				if data, err = safe.with(i, password); err == nil {
					key, first, others, err = pkcs12.DecodeChain(data, password)
				}
			}
			if err != nil {
				return nil, unreadable(err)
			}
			return pairedOf(key, append([]*x509.Certificate{first}, others...))
		}})
	}
	if len(entries) == 0 && err == nil {
		return pairedOf(key, append([]*x509.Certificate{first}, others...)) // its name is encrypted too
	}
	e, err2 := f.choose(entries)
	if err2 != nil {
		return nil, err2
	}
	return e.open()
}

func unreadable(err error) error {
	return fmt.Errorf("it is PKCS#12 that cannot be read: %w (export it anew with openssl or keytool)", err)
}

// pairedOf is paired with the chain of the key's certificate out of all that a file has, in any order.
func pairedOf(key crypto.PrivateKey, all []*x509.Certificate) (*tls.Certificate, error) {
	cert, err := paired(key, all)
	if err != nil {
		return nil, err
	}
	cert.Certificate = nil
	for _, c := range chain(cert.Leaf, all) {
		cert.Certificate = append(cert.Certificate, c.Raw)
	}
	return cert, nil
}

// rounds returns the largest number of rounds that a DER structure asks for: in it, a number follows the octets of a salt
// (RFC 8018 §A.2, RFC 7292 §4 and §C). What is encrypted is not seen.
func rounds(der []byte, depth int) (most int64) {
	var before asn1.RawValue
	for len(der) > 0 && depth < 16 {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			return most
		}
		var n int64
		salted := before.Tag == asn1.TagOctetString && before.Class == asn1.ClassUniversal
		if salted && v.Tag == asn1.TagInteger && v.Class == asn1.ClassUniversal {
			if _, err := asn1.Unmarshal(v.FullBytes, &n); err != nil {
				n = maxRounds + 1 // it has no place in 64 bits
			}
		}
		if v.IsCompound || v.Tag == asn1.TagOctetString {
			n = max(n, rounds(v.Bytes, depth+1))
		}
		most, before, der = max(most, n), v, rest
	}
	return most
}
