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
	err = eachWindowsRoot(func(c *windows.CertContext) error {
		found = found || bytes.Equal(encoded(c), root.Certificate().Raw)
		return nil
	})
	return found, err
}

// deleteWindowsRoot takes every copy of the certificate out. truststore takes out all certificates with the same serial
// number, whoever made them, and so is not asked.
func deleteWindowsRoot(root *certs.Root) error {
	return eachWindowsRoot(func(c *windows.CertContext) error {
		if !bytes.Equal(encoded(c), root.Certificate().Raw) {
			return nil
		}
		// The list goes on from c, which deleting would free.
		err := windows.CertDeleteCertificateFromStore(windows.CertDuplicateCertificateContext(c))
		if errors.Is(err, windows.ERROR_CANCELLED) {
			return errors.Join(errCancelled, err)
		}
		return err
	})
}

// encoded is the certificate itself. It lives as long as c.
func encoded(c *windows.CertContext) []byte { return unsafe.Slice(c.EncodedCert, c.Length) }

// eachWindowsRoot calls do with each certificate of the store, until it fails.
func eachWindowsRoot(do func(*windows.CertContext) error) error {
	return withWindowsRoots(func(store windows.Handle) error {
		var c *windows.CertContext
		for {
			var err error
			c, err = windows.CertEnumCertificatesInStore(store, c) // frees the one before
			switch {
			case errors.Is(err, windows.Errno(windows.CRYPT_E_NOT_FOUND)):
				return nil
			case err != nil:
				return err
			}
			if err := do(c); err != nil {
				windows.CertFreeCertificateContext(c)
				return err
			}
		}
	})
}

// withWindowsRoots calls do with the store of the user's roots, in which Windows shows the machine's as well.
func withWindowsRoots(do func(windows.Handle) error) error {
	name, err := windows.UTF16PtrFromString("ROOT")
	if err != nil {
		return err
	}
	store, err := windows.CertOpenSystemStore(0, name)
	if err != nil {
		return fmt.Errorf("the store of roots cannot be opened: %w", err)
	}
	return cmp.Or(do(store), windows.CertCloseStore(store, 0))
}
