package proof

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"culvert/certs/runtimes"
	"culvert/certs/trust"
	"culvert/certs/trust/browser"
)

// database are the files of an NSS database that hold certificates and their trust. The third, pkcs11.txt, is made anew:
// it names the folder that it was made for, which a copy must not lead to.
var database = []string{"cert9.db", "key4.db"}

// copyFiles copies those of the files that are there.
func copyFiles(from, to string, names ...string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), data, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// onNSS asks NSS itself, by its tool certutil, about each database that a browser reads by it. A Firefox that takes its
// roots from macOS or Windows is none of them.
func (r *run) onNSS(stores []trust.Store) []attempt {
	certutil := runtimes.Look(r.env, "certutil")
	var all []attempt
	for _, s := range stores {
		dir := s.Where()
		if _, ok := s.(reader); !ok || !isProgram(filepath.Join(dir, database[0])) {
			continue
		}
		all = append(all, attempt{
			store: s.Name(), program: "NSS", fix: "run: culvert trust --store " + s.Name(),
			try: func(ctx context.Context, site *site) (string, error) {
				if certutil == "" {
					return "", &obstacle{why: "certutil is not installed", fix: "install the package with it: libnss3-tools, nss-tools, nss or mozilla-nss-tools"}
				}
				return r.validate(ctx, certutil, dir, site)
			},
		})
	}
	return all
}

// validate has certutil validate the site's certificate for TLS servers with a copy of a database. It makes no handshake
// itself: the site is told what came of it.
func (r *run) validate(ctx context.Context, certutil, dir string, s *site) (string, error) {
	copied, err := os.MkdirTemp(r.temp, "nss-")
	if err == nil {
		err = copyFiles(dir, copied, database...)
	}
	if err != nil {
		return "", &obstacle{why: "the database cannot be read: " + err.Error()}
	}
	cert, err := r.GetCertificate(&tls.ClientHelloInfo{ServerName: "localhost"})
	if err != nil {
		return "", err
	}
	db := "sql:" + copied
	const nickname = "handshake "
	// The root, the last of the chain, is not added: it is trusted, or not, as the database has it.
	for i, der := range cert.Certificate[:max(1, len(cert.Certificate)-1)] {
		file := filepath.Join(copied, "certificate.pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			return "", err
		}
		words, err := browser.Run(ctx, r.env, "", certutil,
			"-A", "-d", db, "-n", nickname+strconv.Itoa(i), "-t", ",,", "-i", file, "-f", os.DevNull)
		if err != nil {
			return "", &obstacle{why: "the database does not open: " + browser.LastWords(words)}
		}
	}
	words, err := browser.Run(ctx, r.env, "", certutil, "-V", "-d", db, "-n", nickname+"0", "-u", "V", "-e", "-f", os.DevNull)
	s.met.Store(true)
	s.asked.Store(err == nil)
	return words, err
}

// reader is a store that one kind of program reads.
type reader interface{ Reader() string }

// readBy reports whether a store is one that a kind of browser reads.
func readBy(s trust.Store, program string) bool {
	r, ok := s.(reader)
	return ok && r.Reader() == program
}

// onChromium are the browsers of that family. On Linux each has a home folder in which the database lies that they take in
// the user's: the older place where it is there, else the one of today. Elsewhere they read the system's store.
func (r *run) onChromium(stores []trust.Store) []attempt {
	var all []attempt
	for _, b := range r.installed(browser.Chromium) {
		a := attempt{program: title(b), version: append(slices.Clone(b.Command), "--version")}
		if store := chromiumDatabase(stores); store != nil {
			a.store = store.Name()
			a.try = func(ctx context.Context, s *site) (string, error) {
				home, err := os.MkdirTemp(r.temp, "home-")
				if err == nil {
					err = copyFiles(store.Where(), filepath.Join(home, ".local", "share", "pki", "nssdb"), database...)
				}
				if err != nil {
					return "", &obstacle{why: "the database cannot be read: " + err.Error()}
				}
				return "", b.Visit(ctx, r.inHome(home), filepath.Join(home, "profile"), s.url())
			}
		} else if len(stores) > 0 {
			a.store = stores[0].Name()
			a.try = func(ctx context.Context, s *site) (string, error) {
				profile, err := os.MkdirTemp(r.temp, "profile-")
				if err != nil {
					return "", err
				}
				return "", b.Visit(ctx, r.env, profile, s.url())
			}
		}
		a.fix = "run: culvert trust --store " + a.store
		all = append(all, a)
	}
	return all
}

// chromiumDatabase is the store that Chromium reads on Linux, or nil.
func chromiumDatabase(stores []trust.Store) trust.Store {
	var store trust.Store
	for _, s := range stores {
		if readBy(s, "Chromium") && (store == nil || strings.HasSuffix(s.Where(), filepath.Join(".pki", "nssdb"))) {
			store = s
		}
	}
	return store
}

// onFirefox are the profiles, each tried as a fresh one that has its certificates.
func (r *run) onFirefox(stores []trust.Store) []attempt {
	browsers := r.installed(browser.Firefox)
	var all []attempt
	for _, s := range stores {
		if !readBy(s, "Firefox") && !strings.HasPrefix(s.Name(), "firefox/") {
			continue
		}
		a := attempt{store: s.Name(), program: "Firefox", fix: "run: culvert trust --store " + s.Name()}
		if len(browsers) == 0 || !strings.HasPrefix(s.Name(), "firefox/") && strings.Contains(s.Name(), "/") {
			a.try = func(context.Context, *site) (string, error) {
				return "", &obstacle{why: "no Firefox is installed that could be started with a copy of this profile"}
			}
			all = append(all, a)
			continue
		}
		b := browsers[0]
		a.program, a.version = title(b), append(slices.Clone(b.Command), "--version")
		a.try = func(ctx context.Context, site *site) (string, error) {
			home, err := os.MkdirTemp(r.temp, "home-")
			if err != nil {
				return "", err
			}
			profile := filepath.Join(home, "profile")
			if err := copyProfile(s.Where(), profile); err != nil {
				return "", &obstacle{why: "the profile cannot be read: " + err.Error()}
			}
			return "", b.Visit(ctx, r.inHome(home), profile, site.url())
		}
		all = append(all, a)
	}
	return all
}

// rootsPref is the preference by which Firefox takes, or does not take, the system's roots too.
var rootsPref = regexp.MustCompile(`(?m)^user_pref\("security\.enterprise_roots\.enabled".*$`)

// copyProfile makes a profile with what another has that decides about certificates. The other may also be a file, such
// as that of policies: those count for every profile.
func copyProfile(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	if info, err := os.Stat(from); err != nil || !info.IsDir() {
		return nil
	}
	if err := copyFiles(from, to, database...); err != nil {
		return err
	}
	var prefs [][]byte
	for _, name := range []string{"prefs.js", "user.js"} { // the second has the last word
		data, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			prefs = append(prefs, rootsPref.FindAll(data, -1)...)
		}
	}
	if len(prefs) == 0 {
		return nil
	}
	return os.WriteFile(filepath.Join(to, "user.js"), append(bytes.Join(prefs, []byte("\n")), '\n'), 0o600)
}

// installed are the browsers of the family that can be started with folders of ours.
func (r *run) installed(f browser.Family) (list []browser.Browser) {
	for _, b := range browser.Find(r.env) {
		if b.Family == f && b.Confined == "" {
			list = append(list, b)
		}
	}
	return list
}

// inHome is the environment with another home folder. Elsewhere than on Linux browsers have the user's certificates from
// the system, which finds them by the home folder.
func (r *run) inHome(home string) []string {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return r.env
	}
	return append(runtimes.Without(r.env, "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), "HOME="+home)
}

// title is a browser's name for people: "Chromium", "Firefox", or that of another of the family.
func title(b browser.Browser) string {
	switch b.Name {
	case "chromium", "chromium-browser":
		return "Chromium"
	case "firefox", "firefox-esr":
		return "Firefox"
	}
	return b.Name
}
