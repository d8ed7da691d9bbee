package certs

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"strconv"
	"unicode/utf16"
)

// Object identifiers of PKCS#12 (RFC 7292) and of what protects it.
var (
	oidData         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidKeyBag       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidShroudedKey  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidFriendlyName = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}
	oidPBKDF2       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidPBMAC1       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 14}
	oidHMACSHA256   = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
)

// safe is a PKCS#12 file (RFC 7292 §4) as far as it can be read without its password: its keys have their names in the
// clear.
type safe struct {
	contents []content
	keys     []place
	names    []string // of the keys; one without a name has the number that Java calls it by
}

// content is a ContentInfo, and what is in it if that is not encrypted.
type content struct {
	Type  asn1.ObjectIdentifier
	Value asn1.RawValue `asn1:"tag:0,explicit,optional"`
}

// place is where a key is.
type place struct{ content, bag int }

// pfx is a PKCS#12 file.
type pfx struct {
	Version  int
	AuthSafe content
	MAC      asn1.RawValue `asn1:"optional"`
}

// bag is a SafeBag.
type bag struct {
	ID         asn1.ObjectIdentifier
	Value      asn1.RawValue `asn1:"tag:0,explicit"`
	Attributes []struct {
		ID     asn1.ObjectIdentifier
		Values asn1.RawValue `asn1:"set"`
	} `asn1:"set,optional"`
}

// parseSafe reads the structure of a PKCS#12 file.
func parseSafe(data []byte) (*safe, error) {
	var file pfx
	if _, err := asn1.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	octets, err := file.AuthSafe.octets()
	if err != nil {
		return nil, err
	}
	var s safe
	if _, err := asn1.Unmarshal(octets, &s.contents); err != nil {
		return nil, err
	}
	for i, c := range s.contents {
		for j, raw := range c.bags() {
			var b bag
			if _, err := asn1.Unmarshal(raw.FullBytes, &b); err != nil {
				return nil, err
			}
			if b.ID.Equal(oidKeyBag) || b.ID.Equal(oidShroudedKey) {
				s.keys = append(s.keys, place{i, j})
				s.names = append(s.names, b.name(len(s.keys)))
			}
		}
	}
	return &s, nil
}

// octets returns what is in a content of the type data.
func (c content) octets() (octets []byte, err error) {
	if !c.Type.Equal(oidData) {
		return nil, errors.New("it is protected by a key, not by a password")
	}
	_, err = asn1.Unmarshal(c.Value.Bytes, &octets)
	return octets, err
}

// bags returns the bags of a content, none if that is encrypted.
func (c content) bags() (bags []asn1.RawValue) {
	octets, err := c.octets()
	if err != nil {
		return nil
	}
	if _, err = asn1.Unmarshal(octets, &bags); err != nil {
		return nil // the library says what is wrong
	}
	return bags
}

// name returns the name of a bag, or the number.
func (b bag) name(number int) string {
	for _, a := range b.Attributes {
		var text asn1.RawValue
		if !a.ID.Equal(oidFriendlyName) {
			continue
		}
		if _, err := asn1.Unmarshal(a.Values.Bytes, &text); err == nil && text.Tag == asn1.TagBMPString && len(text.Bytes) > 0 {
			var units []uint16
			for i := 0; i+1 < len(text.Bytes); i += 2 {
				units = append(units, uint16(text.Bytes[i])<<8|uint16(text.Bytes[i+1]))
			}
			return string(utf16.Decode(units))
		}
	}
	return strconv.Itoa(number)
}

// with returns the file with one of its keys only, under the same password. What is encrypted stays so; the whole is
// authenticated anew, in the way of RFC 9579.
func (s *safe) with(key int, password string) ([]byte, error) {
	contents := make([]content, len(s.contents))
	for i, c := range s.contents {
		contents[i] = c
		var left []asn1.RawValue
		for j, b := range c.bags() {
			isKey := false
			for _, p := range s.keys {
				isKey = isKey || p == place{i, j}
			}
			if !isKey || s.keys[key] == (place{i, j}) {
				left = append(left, b)
			}
		}
		if left == nil {
			continue
		}
		bags, err := asn1.Marshal(left)
		if err == nil {
			contents[i], err = dataOf(bags)
		}
		if err != nil {
			return nil, err
		}
	}
	octets, err := asn1.Marshal(contents)
	if err != nil {
		return nil, err
	}
	authSafe, err := dataOf(octets)
	if err != nil {
		return nil, err
	}
	mac, err := authenticate(octets, password)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(pfx{Version: 3, AuthSafe: authSafe, MAC: asn1.RawValue{FullBytes: mac}})
}

// dataOf returns a content of the type data.
func dataOf(octets []byte) (content, error) {
	b, err := asn1.Marshal(octets)
	return content{oidData, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: b}}, err
}

// authenticate returns MacData for octets with PBMAC1 (RFC 9579 §3).
func authenticate(octets []byte, password string) ([]byte, error) {
	type kdfParams struct {
		Salt           []byte
		Rounds, Length int
		PRF            pkix.AlgorithmIdentifier
	}
	type macParams struct {
		KDF struct {
			ID     asn1.ObjectIdentifier
			Params kdfParams
		}
		MAC pkix.AlgorithmIdentifier
	}
	var mac struct {
		Digest struct {
			Algorithm struct {
				ID     asn1.ObjectIdentifier
				Params macParams
			}
			Digest []byte
		}
		Salt   []byte
		Rounds int
	}
	salt := make([]byte, 16)
	rand.Read(salt)  //nolint:errcheck // never fails
	const rounds = 1 // it lives for the moment, in memory
	sum := pkix.AlgorithmIdentifier{Algorithm: oidHMACSHA256, Parameters: asn1.NullRawValue}
	mac.Salt, mac.Rounds, mac.Digest.Algorithm.ID = salt, rounds, oidPBMAC1
	mac.Digest.Algorithm.Params.MAC, mac.Digest.Algorithm.Params.KDF.ID = sum, oidPBKDF2
	mac.Digest.Algorithm.Params.KDF.Params = kdfParams{salt, rounds, sha256.Size, sum}
	key, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, key)
	h.Write(octets)
	mac.Digest.Digest = h.Sum(nil)
	return asn1.Marshal(mac)
}
