package browser

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"culvert/certs/runtimes"
)

// Browser is a browser that is installed.
type Browser struct {
	Name   string // "chromium", "google-chrome", "firefox-esr", "org.mozilla.firefox"
	Family Family

	// Command starts it: a program, and what comes before its own arguments.
	Command []string

	// Confined is the only folder that a snap or a flatpak shares with other programs, "" where there is no such limit.
	Confined string
}

// Find returns the browsers of this machine for a user with the environment env, those of the Chromium family first. It
// only looks at files.
func Find(env []string) []Browser {
	return finder{goos: runtime.GOOS, env: env}.all()
}

// Choose returns the first browser of that name or family, or simply the first where the name is empty.
func Choose(all []Browser, name string) (Browser, error) {
	var there []string
	for _, b := range all {
		if name == "" || b.Name == name || string(b.Family) == name {
			return b, nil
		}
		there = append(there, b.Name)
	}
	if len(there) == 0 {
		return Browser{}, fmt.Errorf("browser: none was found (install Chromium or Firefox)")
	}
	return Browser{}, fmt.Errorf("browser %q: not found (found: %s)", name, strings.Join(there, ", "))
}

// finder looks for browsers on a kind of system.
type finder struct {
	goos string
	env  []string
	root string // the folder that stands for the file system's root, "" for the real one
}

func (f finder) all() []Browser {
	var found []Browser
	for _, family := range []Family{Chromium, Firefox} {
		switch f.goos {
		case "darwin":
			found = append(found, f.applications(family)...)
		case "windows":
			found = append(found, f.programs(family)...)
		default:
			found = append(found, f.commands(family)...)
			found = append(found, f.snaps(family)...)
			found = append(found, f.flatpaks(family)...)
		}
	}
	return found
}

// commands finds those in PATH, each program once, whatever the names that lead to it.
func (f finder) commands(family Family) (found []Browser) {
	var seen []string
	for _, name := range family.Commands() {
		path := runtimes.Look(f.env, name)
		file, err := filepath.EvalSymlinks(path)
		if path == "" || err != nil || slices.Contains(seen, file) || isSnap(file) {
			continue
		}
		seen = append(seen, file)
		found = append(found, Browser{Name: name, Family: family, Command: []string{path}})
	}
	return found
}

// isSnap reports whether a program only starts a snap: the links of snapd, and the scripts that Ubuntu has in /usr/bin.
func isSnap(file string) bool {
	if filepath.Base(file) == "snap" {
		return true
	}
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, _ := f.Read(head)
	return bytes.HasPrefix(head[:n], []byte("#!")) && bytes.Contains(head[:n], []byte("/snap/bin/"))
}

func (f finder) snaps(family Family) (found []Browser) {
	for _, name := range family.Snaps() {
		if path := filepath.Join(f.root, "/snap/bin", name); exists(path) {
			found = append(found, Browser{
				Name: name + "-snap", Family: family, Command: []string{path}, Confined: f.home("snap", name, "common"),
			})
		}
	}
	return found
}

func (f finder) flatpaks(family Family) (found []Browser) {
	flatpak := runtimes.Look(f.env, "flatpak")
	if flatpak == "" {
		return nil
	}
	for _, id := range family.Flatpaks() {
		if exists(filepath.Join(f.root, "/var/lib/flatpak/app", id)) || exists(f.home(".local", "share", "flatpak", "app", id)) {
			found = append(found, Browser{
				Name: id, Family: family, Command: []string{flatpak, "run", id}, Confined: f.home(".var", "app", id, "cache"),
			})
		}
	}
	return found
}

// applications finds those of macOS.
func (f finder) applications(family Family) (found []Browser) {
	for _, i := range family.installed() {
		for _, dir := range []string{filepath.Join(f.root, "/Applications"), f.home("Applications")} {
			if path := filepath.Join(dir, filepath.FromSlash(i.mac)); exists(path) {
				found = append(found, Browser{Name: i.name, Family: family, Command: []string{path}})
				break
			}
		}
	}
	return found
}

// programs finds those of Windows.
func (f finder) programs(family Family) (found []Browser) {
	for _, i := range family.installed() {
		for _, variable := range []string{"ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"} {
			dir := f.getenv(variable)
			if path := filepath.Join(dir, filepath.FromSlash(i.windows)); dir != "" && exists(path) {
				found = append(found, Browser{Name: i.name, Family: family, Command: []string{path}})
				break
			}
		}
	}
	return found
}

func (f finder) home(elem ...string) string {
	return filepath.Join(append([]string{f.getenv("HOME")}, elem...)...)
}

// getenv returns the last value of a variable. Windows does not tell its names apart by case.
func (f finder) getenv(name string) string {
	for _, kv := range slices.Backward(f.env) {
		n, v, _ := strings.Cut(kv, "=")
		if n == name || f.goos == "windows" && strings.EqualFold(n, name) {
			return v
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
