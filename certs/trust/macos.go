package trust

import (
	"context"
	"crypto/sha1"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"howett.net/plist"

	"culvert/certs"
)

// keychain is a keychain of macOS, with the trust settings of its domain: the login keychain with the user's, or the
// system keychain with the administrator's. Safari, Chrome, Firefox and curl read both.
//
// The user's domain is the one to change: macOS then asks once, and takes a fingerprint for a password. Since macOS 11 the
// administrator's domain asks even root (release notes of 11.0.1), and shows nothing where no window can be opened.
//
// A certificate that lies in a keychain is not yet trusted: a second list, the trust settings, says so.
type keychain struct {
	sys    System
	name   string
	file   string   // of the keychain
	domain []string // the flag of security(1) that chooses the domain of the trust settings
	admin  bool     // the administrator's
}

// macosStores returns the keychains of the machine.
func macosStores(sys System) []Store {
	system := &keychain{
		sys: sys, name: "macos-system", file: "/Library/Keychains/System.keychain", domain: []string{"-d"}, admin: true,
	}
	login := sys.home("Library", "Keychains", "login.keychain-db")
	if login == "" {
		return []Store{system}
	}
	return []Store{&keychain{sys: sys, name: "macos", file: login}, system}
}

func (k *keychain) Name() string  { return k.name }
func (k *keychain) Where() string { return k.file }

// NeedsRoot is so for the system keychain.
func (k *keychain) NeedsRoot() bool { return k.admin }

// StandsInFor is so for the system keychain, beside the login keychain.
func (k *keychain) StandsInFor(s Store) bool {
	login, ok := s.(*keychain)
	return ok && k.admin && !login.admin
}

// Instead says who does without the system keychain.
func (k *keychain) Instead() string { return "this user is served by the login keychain" }

func (k *keychain) Check(ctx context.Context, root *certs.Root) Status {
	trusted, err := k.trusts(ctx, root)
	if err != nil {
		return cannot(err)
	}
	present, err := k.has(ctx, root)
	switch {
	case err != nil:
		return cannot(err)
	case present && trusted:
		return Status{State: Trusted}
	case present:
		return Status{State: NotTrusted, Reason: "the certificate is there, but without trust"}
	case trusted:
		return Status{State: NotTrusted, Reason: "its trust is there, but not the certificate"}
	}
	return Status{State: NotTrusted}
}

func (k *keychain) Add(ctx context.Context, root *certs.Root) error {
	before, err := k.has(ctx, root)
	if err != nil {
		return err
	}
	err = withFile(root, func(file string) error {
		// Without policies named, some versions store the certificate with no settings, and Node wants "basic" besides.
		args := slices.Concat([]string{"add-trusted-cert"}, k.domain,
			[]string{"-r", "trustRoot", "-p", "ssl", "-p", "basic", "-k", k.file, file})
		return k.change(ctx, args...)
	})
	if err != nil && !before {
		// The certificate is put in before the user is asked about its trust.
		err = errors.Join(err, k.delete(ctx, root))
	}
	return err
}

func (k *keychain) Remove(ctx context.Context, root *certs.Root) error {
	settings, err := k.settings(ctx)
	if err != nil {
		return err
	}
	// Without settings the command fails.
	if _, found := settings[sha1Hex(root.Certificate())]; found {
		err := withFile(root, func(file string) error {
			return k.change(ctx, slices.Concat([]string{"remove-trusted-cert"}, k.domain, []string{file})...)
		})
		if err != nil {
			return err
		}
	}
	return k.delete(ctx, root)
}

// delete takes the certificate itself out of the keychain, where it is.
func (k *keychain) delete(ctx context.Context, root *certs.Root) error {
	present, err := k.has(ctx, root)
	if err != nil || !present {
		return err
	}
	// By hash: a name may stand for several certificates, which the command then refuses to choose from.
	return k.change(ctx, "delete-certificate", "-Z", sha1Hex(root.Certificate()), k.file)
}

// has reports whether the certificate lies in the keychain.
func (k *keychain) has(ctx context.Context, root *certs.Root) (bool, error) {
	out, err := k.security(ctx, "find-certificate", "-a", "-p", "-c", root.Certificate().Subject.CommonName, k.file)
	if said(err, "could not be found") {
		return false, nil
	}
	return holds(out, root), k.explain(err)
}

// trustSetting says what a certificate is trusted for. The keys are those of SecTrustSettings.h in Apple's Security
// framework; a setting without a policy is for all of them, one without a result means trusted.
type trustSetting struct {
	Policy string `plist:"kSecTrustSettingsPolicyName,omitempty"`
	Result *int   `plist:"kSecTrustSettingsResult,omitempty"`
}

// trustRoot is kSecTrustSettingsResultTrustRoot.
const trustRoot = 1

// trusts reports whether the domain's settings trust the root for TLS.
func (k *keychain) trusts(ctx context.Context, root *certs.Root) (bool, error) {
	all, err := k.settings(ctx)
	if err != nil {
		return false, err
	}
	settings, found := all[sha1Hex(root.Certificate())]
	if len(settings) == 0 {
		return found, nil // an empty list means trusted for everything
	}
	return slices.ContainsFunc(settings, func(s trustSetting) bool {
		return (s.Policy == "" || s.Policy == "sslServer") && (s.Result == nil || *s.Result == trustRoot)
	}), nil
}

// settings returns the domain's trust settings, by the SHA-1 of their certificate. The command that prints them leaves
// out which certificate it means; only a file of them says so.
func (k *keychain) settings(ctx context.Context) (map[string][]trustSetting, error) {
	dir, err := os.MkdirTemp("", "culvert-trust-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "settings.plist")
	_, err = k.security(ctx, slices.Concat([]string{"trust-settings-export"}, k.domain, []string{file})...)
	if said(err, "No Trust Settings were found") {
		return nil, nil
	}
	if err != nil {
		return nil, k.explain(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, k.explain(err)
	}
	return parseTrustSettings(data)
}

// parseTrustSettings reads what security trust-settings-export writes.
func parseTrustSettings(data []byte) (map[string][]trustSetting, error) {
	var exported struct {
		Version   int `plist:"trustVersion"`
		TrustList map[string]struct {
			Settings []trustSetting `plist:"trustSettings"`
		} `plist:"trustList"`
	}
	_, err := plist.Unmarshal(data, &exported)
	if err == nil && exported.Version != 1 {
		err = fmt.Errorf("their version is %d, not 1", exported.Version)
	}
	if err != nil {
		return nil, &Problem{Reason: "the trust settings cannot be read: " + err.Error(), Fix: "look at them in Keychain Access", Err: err}
	}
	settings := make(map[string][]trustSetting)
	for hash, entry := range exported.TrustList {
		settings[hash] = entry.Settings
	}
	return settings, nil
}

// change runs a command before which macOS may ask the user for a password or a fingerprint.
func (k *keychain) change(ctx context.Context, args ...string) error {
	_, err := k.run(ctx, 5*time.Minute, args)
	return k.explain(err)
}

// security runs a command that asks nothing.
func (k *keychain) security(ctx context.Context, args ...string) ([]byte, error) {
	return k.run(ctx, 30*time.Second, args)
}

const securityTool = "/usr/bin/security"

func (k *keychain) run(ctx context.Context, timeout time.Duration, args []string) ([]byte, error) {
	return k.sys.run(ctx, Command{Path: k.sys.path(securityTool), Args: args, Timeout: timeout})
}

// explain puts in words what security said.
func (k *keychain) explain(err error) error {
	problem := (*Problem)(nil)
	switch {
	case err == nil || errors.As(err, &problem):
		return err
	case said(err, "canceled") || said(err, "(-128)") || said(err, "(-60006)"):
		why := "you said no when macOS asked, nothing was changed"
		return cancelled(why, err)
	case said(err, "no user interaction was possible"):
		return &Problem{
			Reason: "macOS has to ask its user, and cannot open a window here",
			Fix:    "run culvert trust --store " + k.name + " in a terminal on the desktop",
			Err:    err,
		}
	}
	return &Problem{Reason: "the keychain could not be used: " + err.Error(), Fix: "open Keychain Access and unlock " + k.file, Err: err}
}

// sha1Hex names a certificate as macOS and Windows do. Nothing is trusted by it: what is read back is compared whole,
// or was put there by this user.
func sha1Hex(cert *x509.Certificate) string {
	return fmt.Sprintf("%X", sha1.Sum(cert.Raw))
}
