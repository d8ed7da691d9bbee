package trust

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// onlyInWine skips the test on a real Windows: there its user would be asked about every change of their own roots.
func onlyInWine(t *testing.T) {
	t.Helper()
	if windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() != nil {
		t.Skip("this changes the roots of the user who runs it; TestWindowsStore runs it in Wine")
	}
}

func TestRootsOfWindowsKeepThePromises(t *testing.T) {
	onlyInWine(t)
	before := allWindowsRoots(t)
	testStore(t, findStore(t, Host(nil), "windows"))
	if after := allWindowsRoots(t); !bytes.Equal(bytes.Join(before, nil), bytes.Join(after, nil)) {
		t.Errorf("there were %d certificates, and are %d", len(before), len(after))
	}
}

func TestCertificateWithTheSameSerialNumberStays(t *testing.T) {
	onlyInWine(t)
	root := newRoot(t)
	twin := newTwin(t, root.Certificate().SerialNumber)
	addTwin(t, twin)
	before := allWindowsRoots(t)
	store := findStore(t, Host(nil), "windows")
	want(t, store, root, NotTrusted)
	if r := Add(t.Context(), Host(nil), []Store{store}, root)[0]; !r.Changed || r.Status.State != Trusted {
		t.Fatalf("added: %+v", r)
	}
	if r := Remove(t.Context(), Host(nil), []Store{store}, root)[0]; !r.Changed || r.Status.State != NotTrusted {
		t.Fatalf("removed: %+v", r)
	}
	if after := allWindowsRoots(t); !bytes.Equal(bytes.Join(before, nil), bytes.Join(after, nil)) {
		t.Errorf("there were %d certificates, and are %d", len(before), len(after))
	}
}

// newTwin makes a certificate of somebody else that has the serial number.
func newTwin(t *testing.T, serial *big.Int) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Somebody Else"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func addTwin(t *testing.T, der []byte) {
	t.Helper()
	c, err := windows.CertCreateCertificateContext(windows.X509_ASN_ENCODING, &der[0], uint32(len(der)))
	if err != nil {
		t.Fatal(err)
	}
	defer windows.CertFreeCertificateContext(c)
	err = withRoots(own, func(store windows.Handle) error {
		return windows.CertAddCertificateContextToStore(store, c, windows.CERT_STORE_ADD_NEW, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// allWindowsRoots returns every certificate of the store, in its order.
func allWindowsRoots(t *testing.T) (all [][]byte) {
	t.Helper()
	err := withRoots(everybodys, func(store windows.Handle) error {
		return eachIn(store, func(c *windows.CertContext) { all = append(all, bytes.Clone(encoded(c))) })
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d certificates, %v", len(all), err)
	}
	return all
}
