package certs

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" //nolint:gosec // OpenSSL 1 wrote it
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // likewise
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
)

// errPadding is the error of what a wrong password leaves.
var errPadding = errors.New("the password is wrong")

// maxRounds bounds how often a file may have a password hashed. OpenSSL does it 2048 times, Java 10,000 times.
//
// SECURITY: a damaged file may ask for billions, and a handshake would wait for them.
const maxRounds = 2_000_000

// encryptedKey is EncryptedPrivateKeyInfo (RFC 5958 §3) with the parameters of PBES2 (RFC 8018 §A.4), the one way in
// which OpenSSL encrypts keys since version 3.
type encryptedKey struct {
	Scheme struct {
		ID     asn1.ObjectIdentifier
		Params struct {
			KDF struct {
				ID     asn1.ObjectIdentifier
				Params struct {
					Salt   []byte
					Rounds int
					Length int                      `asn1:"optional"`
					PRF    pkix.AlgorithmIdentifier `asn1:"optional"`
				}
			}
			Cipher struct {
				ID asn1.ObjectIdentifier
				IV []byte
			}
		}
	}
	Data []byte
}

// blockCiphers are those of PBES2, by their object identifiers, with the lengths of their keys.
var blockCiphers = map[string]struct {
	length int
	block  func([]byte) (cipher.Block, error)
}{
	"2.16.840.1.101.3.4.1.2":  {16, aes.NewCipher},
	"2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
	"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher},
	"1.2.840.113549.3.7":      {24, des.NewTripleDESCipher},
}

// keyHashes are those of PBKDF2, by their object identifiers (RFC 8018 §B.1.2); the first where none is named.
var keyHashes = map[string]func() hash.Hash{
	"": sha1.New, "1.2.840.113549.2.7": sha1.New, "1.2.840.113549.2.8": sha256.New224, "1.2.840.113549.2.9": sha256.New,
	"1.2.840.113549.2.10": sha512.New384, "1.2.840.113549.2.11": sha512.New,
}

// decryptPKCS8 decrypts a private key, which is PKCS#8 then. The error is errPadding for a password that is wrong.
func decryptPKCS8(der []byte, password string) ([]byte, error) {
	const fix = "write it anew with openssl pkcs8 -topk8"
	var key encryptedKey
	if _, err := asn1.Unmarshal(der, &key); err != nil {
		return nil, errors.New("its private key is damaged, or encrypted in a way that is not known here (" + fix + ")")
	}
	kdf, params := key.Scheme.Params.KDF.Params, key.Scheme.Params
	kind, known := blockCiphers[params.Cipher.ID.String()]
	prf := keyHashes[kdf.PRF.Algorithm.String()]
	if key.Scheme.ID.String() != "1.2.840.113549.1.5.13" || params.KDF.ID.String() != "1.2.840.113549.1.5.12" || !known || prf == nil {
		return nil, errors.New("its private key is encrypted in a way that is not known here (" + fix + ")")
	}
	if kdf.Rounds < 1 || kdf.Rounds > maxRounds {
		return nil, fmt.Errorf("its private key asks for %d rounds ("+fix+")", kdf.Rounds)
	}
	secret, err := pbkdf2.Key(prf, password, kdf.Salt, kdf.Rounds, kind.length)
	if err != nil {
		return nil, err
	}
	block, err := kind.block(secret)
	if err != nil {
		return nil, err
	}
	size := block.BlockSize()
	if len(params.Cipher.IV) != size || len(key.Data) == 0 || len(key.Data)%size != 0 {
		return nil, errors.New("its private key is damaged (" + fix + ")")
	}
	plain := make([]byte, len(key.Data))
	cipher.NewCBCDecrypter(block, params.Cipher.IV).CryptBlocks(plain, key.Data)
	padding := int(plain[len(plain)-1]) // RFC 8018 §6.1.1
	if padding == 0 || padding > size {
		return nil, errPadding
	}
	return plain[:len(plain)-padding], nil
}
