package certs

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
)

// decodePEM reads PEM: certificates, and the key unless it has a file of its own.
func (f ServerFiles) decodePEM(data []byte, password string) (*tls.Certificate, error) {
	certs, keys, err := blocks(data)
	if err != nil {
		return nil, err
	}
	if len(certs) == 0 {
		return nil, errors.New("it is PEM without a certificate (put the certificate there, and name the key's file as key)")
	}
	var key crypto.PrivateKey
	if f.Key == "" {
		key, err = f.onlyKey(keys, password, "it is a certificate without its key (name the key's file as key, or put both into one file)")
	} else {
		key, err = f.readKey(password)
	}
	if err != nil {
		return nil, err
	}
	return paired(key, certs)
}

// blocks sorts the blocks of a PEM file. Others than certificates and keys, such as parameters, are passed over.
func blocks(data []byte) (certs []*x509.Certificate, keys []*pem.Block, _ error) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return certs, keys, nil
		}
		switch block.Type {
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, fmt.Errorf("certificate %d in it is damaged: %w (put a whole one there)", len(certs)+1, err)
			}
			certs = append(certs, c)
		case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY":
			keys = append(keys, block)
		}
	}
}

// readKey reads the key of a PEM pair.
func (f ServerFiles) readKey(password string) (crypto.PrivateKey, error) {
	data, err := readServerFile(f.Key)
	var keys []*pem.Block
	if err == nil {
		_, keys, err = blocks(data)
	}
	if err == nil {
		var key crypto.PrivateKey
		if key, err = f.onlyKey(keys, password, "it is no private key in PEM (name the key's file as key)"); err == nil {
			return key, nil
		}
	}
	return nil, fmt.Errorf("key file %s: %w", f.Key, err)
}

// onlyKey opens the one key among the blocks; none is the error without.
func (f ServerFiles) onlyKey(keys []*pem.Block, password, without string) (crypto.PrivateKey, error) {
	switch len(keys) {
	case 0:
		return nil, errors.New(without)
	case 1:
		return f.openKey(keys[0], password)
	}
	return nil, fmt.Errorf("it has %d private keys (leave one)", len(keys))
}

// openKey decrypts a key if it is encrypted: in the way of OpenSSL before version 3 (RFC 1421 §4.6.1.1), or in PKCS#8.
func (f ServerFiles) openKey(block *pem.Block, password string) (crypto.PrivateKey, error) {
	der := block.Bytes
	//lint:ignore SA1019 it is no defence against who can read the file, but such files are there
	legacy := x509.IsEncryptedPEMBlock(block)
	encrypted := legacy || block.Type == "ENCRYPTED PRIVATE KEY"
	switch {
	case encrypted && password == "":
		return nil, f.locked(password, "its private key")
	case legacy:
		var err error
		//lint:ignore SA1019 likewise
		if der, err = x509.DecryptPEMBlock(block, []byte(password)); err != nil {
			return nil, f.locked(password, "its private key")
		}
	case encrypted:
		var err error
		der, err = decryptPKCS8(der, password)
		if errors.Is(err, errPadding) {
			return nil, f.locked(password, "its private key")
		}
		if err != nil {
			return nil, err
		}
	}
	key, err := parseKey(der)
	if err != nil && encrypted {
		return nil, f.locked(password, "its private key") // one password in 256 leaves something that looks decrypted
	}
	if err != nil {
		return nil, fmt.Errorf("its private key is damaged: %w (put a whole one there)", err)
	}
	return key, nil
}

// parseKey reads a private key in whichever form it is, as [tls.X509KeyPair] does: files are labelled wrongly.
func parseKey(der []byte) (key crypto.PrivateKey, err error) {
	for _, parse := range []func([]byte) (crypto.PrivateKey, error){
		func(b []byte) (crypto.PrivateKey, error) { return x509.ParsePKCS1PrivateKey(b) },
		func(b []byte) (crypto.PrivateKey, error) { return x509.ParseECPrivateKey(b) },
		func(b []byte) (crypto.PrivateKey, error) { return x509.ParsePKCS8PrivateKey(b) },
	} {
		if key, err = parse(slices.Clone(der)); err == nil {
			return key, nil
		}
	}
	return nil, err
}
