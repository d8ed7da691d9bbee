package trust

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"culvert/certs"
)

// firefoxRootsProfile is a profile of a Firefox on macOS or Windows, where it reads the system's roots since version 120
// and needs no store of its own. All that can be wrong is that it was told not to, or that it is older.
type firefoxRootsProfile struct {
	sys    System
	dir    string
	system string // the store that it reads
}

// firefoxRootsStores returns every profile of this user's Firefox. It reads the store of the name system.
func firefoxRootsStores(sys System, system string) []Store {
	folder := sys.home("Library", "Application Support", "Firefox")
	if appData := sys.getenv("APPDATA"); sys.goos() == "windows" && filepath.IsAbs(appData) {
		folder = filepath.Join(appData, "Mozilla", "Firefox")
	}
	data, err := os.ReadFile(filepath.Join(folder, "profiles.ini"))
	if folder == "" || err != nil {
		return nil
	}
	var stores []Store
	for _, dir := range parseProfiles(string(data), folder) {
		if isDir(dir) {
			stores = append(stores, &firefoxRootsProfile{sys: sys, dir: dir, system: system})
		}
	}
	return stores
}

func (f *firefoxRootsProfile) Name() string  { return "firefox/" + filepath.Base(f.dir) }
func (f *firefoxRootsProfile) Where() string { return f.dir }

// Reader is the program that reads the system's roots, once, when it starts.
func (f *firefoxRootsProfile) Reader() string { return "Firefox" }

func (f *firefoxRootsProfile) Check(ctx context.Context, root *certs.Root) Status {
	if err := f.reads(); err != nil {
		return cannot(err)
	}
	switch status := f.roots(ctx, root); status.State {
	case Trusted:
		return Status{State: Trusted, Reason: "it reads the system's certificates"}
	default:
		return Status{State: NotTrusted, Reason: "it reads the system's certificates, which do not trust the CA"}
	}
}

// roots is the state of what it reads: trusted where one of the system's stores is.
func (f *firefoxRootsProfile) roots(ctx context.Context, root *certs.Root) Status {
	status := Status{State: NotTrusted}
	for _, s := range f.systemStores() {
		if status = s.Check(ctx, root); status.State == Trusted {
			break
		}
	}
	return status
}

func (f *firefoxRootsProfile) systemStores() []Store {
	if f.sys.goos() == "darwin" {
		return macosStores(f.sys)
	}
	return []Store{&windowsStore{}}
}

// Add has nothing to do: what it reads is another store, which comes before it.
func (f *firefoxRootsProfile) Add(ctx context.Context, root *certs.Root) error {
	if f.roots(ctx, root).State == Trusted {
		return nil
	}
	return f.elsewhere("trust")
}

// Remove has nothing to do, as Add.
func (f *firefoxRootsProfile) Remove(ctx context.Context, root *certs.Root) error {
	if f.roots(ctx, root).State != Trusted {
		return nil
	}
	return f.elsewhere("untrust")
}

func (f *firefoxRootsProfile) elsewhere(verb string) error {
	return &Problem{Reason: "it reads the system's certificates", Fix: "run: culvert " + verb + " --store " + f.system}
}

// reads reports, as an error, why this profile does not read the system's roots.
func (f *firefoxRootsProfile) reads() error {
	const since = 120
	set := enterpriseRoots(f.dir)
	version := firefoxVersion(f.dir)
	switch {
	case set == "false":
		return &Problem{
			Reason: "Firefox is told not to use the system's certificates",
			Fix:    "set security.enterprise_roots.enabled to true in about:config",
		}
	case set == "" && version != 0 && version < since:
		return &Problem{
			Reason: "Firefox " + strconv.Itoa(version) + " does not use the system's certificates by itself",
			Fix:    "update it, or set security.enterprise_roots.enabled to true in about:config",
		}
	}
	return nil
}

var enterpriseRootsPref = regexp.MustCompile(`(?m)^\s*user_pref\(\s*["']security\.enterprise_roots\.enabled["']\s*,\s*(true|false)\s*\)`)

// enterpriseRoots is what a profile says about the system's roots: "true", "false", or "" where it says nothing.
// What is in user.js overrides prefs.js when Firefox starts, and within a file the last line holds.
func enterpriseRoots(profile string) string {
	for _, name := range []string{"user.js", "prefs.js"} {
		data, err := os.ReadFile(filepath.Join(profile, name))
		if err != nil {
			continue
		}
		if found := enterpriseRootsPref.FindAllSubmatch(data, -1); len(found) > 0 {
			return string(found[len(found)-1][1])
		}
	}
	return ""
}

var lastVersion = regexp.MustCompile(`(?m)^LastVersion=(\d+)`)

// firefoxVersion is the major version of the Firefox that used a profile last, or 0.
func firefoxVersion(profile string) int {
	data, err := os.ReadFile(filepath.Join(profile, "compatibility.ini"))
	if err != nil {
		return 0
	}
	found := lastVersion.FindSubmatch(data)
	if found == nil {
		return 0
	}
	version, err := strconv.Atoi(string(found[1]))
	if err != nil {
		return 0
	}
	return version
}
