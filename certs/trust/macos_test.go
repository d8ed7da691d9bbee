package trust

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"howett.net/plist"

	"culvert/certs"
)

// keychains behaves as security(1) and what it changes: keychains hold certificates, and the two domains of trust settings
// say what for. It refuses what it does not know.
type keychains struct {
	t        testing.TB
	certs    map[string][]*x509.Certificate       // by the file of the keychain
	settings map[string]map[string][]trustSetting // by domain, "" or "-d", then by SHA-1
	refuse   string                               // what is said to a change of trust settings, "" allows it
	broken   string                               // what is said to everything
	asked    int                                  // how often the user was
}

// mac makes the machine one with macOS.
func (m *machine) mac() *keychains {
	k := &keychains{
		t: m.t, certs: map[string][]*x509.Certificate{},
		settings: map[string]map[string][]trustSetting{"": {}, "-d": {}},
	}
	m.sys.GOOS, m.sys.UID, m.sys.Run = "darwin", 501, k.run
	k.certs[m.login()] = []*x509.Certificate{newRoot(m.t).Certificate()}
	return k
}

func (m *machine) login() string { return filepath.Join(m.home, "Library/Keychains/login.keychain-db") }

const systemKeychain = "/Library/Keychains/System.keychain"

func (k *keychains) run(_ context.Context, c Command) ([]byte, error) {
	fail := func(words string) ([]byte, error) {
		return nil, &CommandError{Command: c, Output: words + "\n", Err: errors.New("exit status 1")}
	}
	if k.broken != "" {
		return fail(k.broken)
	}
	args := c.Args[1:]
	domain := ""
	if len(args) > 0 && args[0] == "-d" {
		domain, args = "-d", args[1:]
	}
	switch line := strings.Join(args, " "); {
	case !strings.HasSuffix(c.Path, "/usr/bin/security"):
	case c.Args[0] == "find-certificate" && strings.HasPrefix(line, "-a -p -c Culvert CA "):
		return k.find(args[3], args[4], fail)
	case c.Args[0] == "trust-settings-export" && len(args) == 1:
		return k.export(domain, args[0], fail)
	case c.Args[0] == "add-trusted-cert" && strings.HasPrefix(line, "-r trustRoot -p ssl -p basic -k "):
		return k.add(domain, args[7], readCert(k.t, args[8]), fail)
	case c.Args[0] == "remove-trusted-cert" && len(args) == 1:
		return k.untrust(domain, readCert(k.t, args[0]), fail)
	case c.Args[0] == "delete-certificate" && args[0] == "-Z" && len(args) == 3:
		return k.delete(args[2], args[1], fail)
	}
	k.t.Errorf("security knows no %v", c)
	return fail("Usage: security")
}

type failing func(words string) ([]byte, error)

func (k *keychains) find(name, file string, fail failing) ([]byte, error) {
	var out []byte
	for _, c := range k.certs[file] {
		if strings.Contains(c.Subject.CommonName, name) {
			out = append(out, certs.EncodePEM(c)...)
		}
	}
	if out == nil {
		return fail("security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.")
	}
	return out, nil
}

func (k *keychains) export(domain, file string, fail failing) ([]byte, error) {
	if len(k.settings[domain]) == 0 {
		return fail("SecTrustSettingsCreateExternalRepresentation: No Trust Settings were found.")
	}
	list := map[string]any{}
	for hash, settings := range k.settings[domain] {
		list[hash] = map[string]any{"issuerName": []byte{0x30, 0}, "trustSettings": settings}
	}
	data, err := plist.MarshalIndent(map[string]any{"trustVersion": 1, "trustList": list}, plist.XMLFormat, "\t")
	if err != nil {
		k.t.Fatal(err)
	}
	return nil, os.WriteFile(file, data, 0o600)
}

func (k *keychains) add(domain, file string, cert *x509.Certificate, fail failing) ([]byte, error) {
	if (file == systemKeychain) != (domain == "-d") {
		k.t.Errorf("the keychain %s has no domain %q", file, domain)
	}
	if !slices.ContainsFunc(k.certs[file], cert.Equal) {
		k.certs[file] = append(k.certs[file], cert)
	}
	k.asked++
	if k.refuse != "" {
		return fail("SecTrustSettingsSetTrustSettings: " + k.refuse)
	}
	one := trustRoot
	k.settings[domain][sha1Hex(cert)] = []trustSetting{{"sslServer", &one}, {"basicX509", &one}}
	return nil, nil
}

func (k *keychains) untrust(domain string, cert *x509.Certificate, fail failing) ([]byte, error) {
	if _, found := k.settings[domain][sha1Hex(cert)]; !found {
		return fail("SecTrustSettingsRemoveTrustSettings: The specified item could not be found in the keychain.")
	}
	k.asked++
	if k.refuse != "" {
		return fail("SecTrustSettingsRemoveTrustSettings: " + k.refuse)
	}
	delete(k.settings[domain], sha1Hex(cert))
	return nil, nil
}

func (k *keychains) delete(file, hash string, fail failing) ([]byte, error) {
	left := slices.DeleteFunc(slices.Clone(k.certs[file]), func(c *x509.Certificate) bool { return sha1Hex(c) == hash })
	if len(left) == len(k.certs[file]) {
		return fail("Unable to delete certificate matching \"" + hash + "\"")
	}
	k.certs[file] = left
	return nil, nil
}

func readCert(t testing.TB, file string) *x509.Certificate {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestPresenceInAKeychainIsNotTrust(t *testing.T) {
	t.Parallel()
	deny, unspecified, yes := 3, 4, trustRoot
	tests := []struct {
		name     string
		present  bool
		settings []trustSetting // nil: none
		state    State
		words    string
	}{
		{"neither", false, nil, NotTrusted, ""},
		{"the certificate alone", true, nil, NotTrusted, "without trust"},
		{"the settings alone", false, []trustSetting{{Result: &yes}}, NotTrusted, "not the certificate"},
		{"trusted for everything", true, []trustSetting{}, Trusted, ""},
		{"trusted for TLS", true, []trustSetting{{Policy: "sslServer", Result: &yes}}, Trusted, ""},
		{"trusted for TLS by the lack of a result", true, []trustSetting{{Policy: "sslServer"}}, Trusted, ""},
		{"trusted for mail", true, []trustSetting{{Policy: "SMIME", Result: &yes}}, NotTrusted, "without trust"},
		{"denied", true, []trustSetting{{Policy: "sslServer", Result: &deny}}, NotTrusted, "without trust"},
		{"left to the system", true, []trustSetting{{Result: &unspecified}}, NotTrusted, "without trust"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			k, root := m.mac(), newRoot(t)
			if tt.present {
				k.certs[m.login()] = append(k.certs[m.login()], root.Certificate())
			}
			if tt.settings != nil {
				k.settings[""][sha1Hex(root.Certificate())] = tt.settings
			}
			want(t, findStore(t, m.sys, "macos"), root, tt.state, tt.words)
		})
	}
}

func TestMacAsksOnceAndTakesNoForAnAnswer(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	k, root := m.mac(), newRoot(t)
	store := findStore(t, m.sys, "macos")
	k.refuse = "The authorization was canceled by the user."
	err := store.Add(t.Context(), root)
	if !errors.Is(err, errCancelled) || k.asked != 1 {
		t.Errorf("asked %d times, %v", k.asked, err)
	}
	wantStatus(t, "macos", cannot(err), Cancelled, "said no when macOS asked")
	want(t, store, root, NotTrusted)
	if len(k.certs[m.login()]) != 1 {
		t.Error("the certificate is left in the keychain")
	}
	k.refuse = ""
	if err := store.Add(t.Context(), root); err != nil || k.asked != 2 {
		t.Errorf("asked %d times, %v", k.asked, err)
	}
	k.refuse = "The authorization was canceled by the user."
	if err := store.Remove(t.Context(), root); !errors.Is(err, errCancelled) {
		t.Errorf("removed: %v", err)
	}
	want(t, store, root, Trusted)
}

func TestMacWithoutADesktop(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	k := m.mac()
	k.refuse = "The authorization was denied since no user interaction was possible."
	err := findStore(t, m.sys, "macos").Add(t.Context(), newRoot(t))
	wantStatus(t, "macos", cannot(err), Cannot, "cannot open a window here", "in a terminal on the desktop")
	k.broken = "security: SecKeychainOpen: The user name or passphrase you entered is not correct."
	want(t, findStore(t, m.sys, "macos"), newRoot(t), Cannot, "passphrase", "Keychain Access")
}

func TestSystemKeychainIsForThoseWhoAskForIt(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	k, root := m.mac(), newRoot(t)
	m.sys.UID = 0
	login, system := findStore(t, m.sys, "macos"), findStore(t, m.sys, "macos-system")
	if NeedsRoot(login) || !NeedsRoot(system) {
		t.Error("the system keychain alone takes root")
	}
	needless := Audit(t.Context(), []Store{login, system}, root)[1]
	wantStatus(t, "macos-system", needless.Status, Absent, "not needed", "login keychain", "culvert trust --store macos-system")
	alone := Add(t.Context(), m.sys, []Store{system}, root)[0]
	wantStatus(t, "macos-system", alone.Status, Trusted)
	if len(k.settings["-d"]) != 1 || len(k.settings[""]) != 0 || k.asked != 1 {
		t.Errorf("asked %d times, the settings are %v", k.asked, k.settings)
	}
	// Once it has the root, it is removed with the others.
	results := Remove(t.Context(), m.sys, []Store{login, system}, root)
	wantStatus(t, "macos-system", results[1].Status, NotTrusted)
	if len(k.settings["-d"]) != 0 {
		t.Errorf("the settings are %v", k.settings)
	}
}

func TestTrustSettingsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"", "<plist",
		"<plist version=\"1.0\"><dict><key>trustVersion</key><integer>2</integer></dict></plist>",
		"<plist version=\"1.0\"><dict><key>trustVersion</key><integer>1</integer><key>trustList</key><string>x</string></dict></plist>",
	} {
		_, err := parseTrustSettings([]byte(data))
		wantStatus(t, "macos", cannot(err), Cannot, "cannot be read", "Keychain Access")
	}
	got, err := parseTrustSettings([]byte("<plist version=\"1.0\"><dict><key>trustVersion</key><integer>1</integer></dict></plist>"))
	if err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func FuzzTrustSettings(f *testing.F) {
	f.Add([]byte("<plist version=\"1.0\"><dict><key>trustVersion</key><integer>1</integer><key>trustList</key><dict><key>AB</key><dict><key>trustSettings</key><array><dict><key>kSecTrustSettingsResult</key><integer>1</integer></dict></array></dict></dict></dict></plist>"))
	f.Add([]byte("bplist00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if settings, err := parseTrustSettings(data); err != nil && settings != nil {
			t.Errorf("both %v and %v from %q", settings, err, bytes.ToValidUTF8(data, nil))
		}
	})
}
