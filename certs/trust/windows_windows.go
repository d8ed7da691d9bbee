package trust

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unsafe"

	"github.com/smallstep/truststore"
	"golang.org/x/sys/windows"

	"culvert/certs"
)

// installing keeps two installations apart: truststore's options are variables of its package.
var installing sync.Mutex

// addWindowsRoot puts the root into the user's store. That truststore returns no error proves nothing; see Check.
func addWindowsRoot(root *certs.Root) (err error) {
	installing.Lock()
	defer installing.Unlock()
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("truststore: %v", v)
		}
	}()
	err = truststore.Install(root.Certificate())
	// Its errors keep the words of Windows, but not the number.
	if err != nil && strings.Contains(err.Error(), windows.ERROR_CANCELLED.Error()) {
		return errors.Join(errCancelled, err)
	}
	return err
}

// hasWindowsRoot reports whether the very certificate is among the roots that Windows has for this user.
func hasWindowsRoot(root *certs.Root) (found bool, err error) {
	err = withRoots(everybodys, func(store windows.Handle) error {
		return eachIn(store, func(c *windows.CertContext) {
			found = found || bytes.Equal(encoded(c), root.Certificate().Raw)
		})
	})
	return found, err
}

// deleteWindowsRoot takes every copy of the certificate out. truststore takes out all certificates with the same serial
// number, whoever made them, and so is not asked.
func deleteWindowsRoot(root *certs.Root) error {
	return withRoots(own, func(store windows.Handle) error {
		var copies []*windows.CertContext
		err := eachIn(store, func(c *windows.CertContext) {
			if bytes.Equal(encoded(c), root.Certificate().Raw) {
				copies = append(copies, windows.CertDuplicateCertificateContext(c))
			}
		})
		for _, c := range copies { // after the list, which deleting would cut off
			err = errors.Join(err, windows.CertDeleteCertificateFromStore(c)) // frees c
		}
		if errors.Is(err, windows.ERROR_CANCELLED) {
			return errors.Join(errCancelled, err)
		}
		return err
	})
}

// encoded is the certificate itself. It lives as long as c.
func encoded(c *windows.CertContext) []byte { return unsafe.Slice(c.EncodedCert, c.Length) }

// eachIn calls do with each certificate of a store.
func eachIn(store windows.Handle, do func(*windows.CertContext)) error {
	var c *windows.CertContext
	for {
		var err error
		c, err = windows.CertEnumCertificatesInStore(store, c) // frees the one before
		switch {
		case errors.Is(err, windows.Errno(windows.CRYPT_E_NOT_FOUND)), errors.Is(err, windows.ERROR_NO_MORE_FILES):
			return nil
		case err != nil:
			return err
		}
		do(c)
	}
}

// The stores of roots, as providers of CertOpenStore: that of the user, which programs read and in which Windows shows the
// machine's roots and those of the company as well; and the part of it that is the user's own to change.
const (
	everybodys = windows.CERT_STORE_PROV_SYSTEM_W
	own        = windows.CERT_STORE_PROV_SYSTEM_REGISTRY_W
)

// withRoots calls do with one of the stores of roots. What do changes is written when the store is closed.
func withRoots(provider uintptr, do func(windows.Handle) error) error {
	name, err := windows.UTF16PtrFromString("ROOT")
	if err != nil {
		return err
	}
	store, err := windows.CertOpenStore(provider, 0, 0, windows.CERT_SYSTEM_STORE_CURRENT_USER, uintptr(unsafe.Pointer(name)))
	if err != nil {
		return fmt.Errorf("the store of roots cannot be opened: %w", err)
	}
	return cmp.Or(do(store), windows.CertCloseStore(store, 0))
}
