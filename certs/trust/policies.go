package trust

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"culvert/certs"
)

// policiesName is the name of the store.
const policiesName = "firefox-policies"

// policiesFolder is where Firefox of every kind but the flatpak looks for policies first. The snap may read this folder
// and nothing beside it, so that the certificates lie in it too.
const policiesFolder = "/etc/firefox/policies"

// distributions are the folders of the installed Firefox in which it looks only if the file above is not there.
var distributions = []string{
	"/usr/lib/firefox-esr/distribution", "/usr/lib/firefox/distribution", "/usr/lib64/firefox/distribution",
	"/opt/firefox/distribution",
}

// madeNote is a file beside the policies that tells which folders were made for them.
const madeNote = ".made-by-culvert"

// firefoxPolicies is the file policies.json, by which an administrator lets each Firefox of the machine import CAs when
// it starts, into the profile that it opens. It needs no certutil, and Firefox then says in its settings that it is
// managed by an organization; so it stands in for profiles that certutil cannot change, and is otherwise used only
// when it is asked for by name.
//
// What Firefox imported stays in a profile when the policy goes. It is found there by the profile's store, see
// [nssDatabase.imported], which removes it where certutil is as new as Firefox and else tells how Firefox does.
// A Firefox with a primary password asks for it before it imports.
type firefoxPolicies struct {
	sys    System
	folder string // of policies.json and the certificates, as Firefox sees it
}

func newFirefoxPolicies(sys System) *firefoxPolicies {
	if !isFile(sys.path(filepath.Join(policiesFolder, "policies.json"))) {
		// A file there would hide this one from Firefox.
		for _, folder := range distributions {
			if isFile(sys.path(filepath.Join(folder, "policies.json"))) {
				return &firefoxPolicies{sys: sys, folder: folder}
			}
		}
	}
	return &firefoxPolicies{sys: sys, folder: policiesFolder}
}

// firefoxPoliciesStores returns the store where a Firefox is installed that reads it.
func firefoxPoliciesStores(sys System) []Store {
	if (&newFirefox{sys: sys}).command() == "" {
		return nil
	}
	return []Store{newFirefoxPolicies(sys)}
}

func (f *firefoxPolicies) Name() string  { return policiesName }
func (f *firefoxPolicies) Where() string { return f.sys.path(filepath.Join(f.folder, "policies.json")) }

// NeedsRoot is always so: the folder belongs to root.
func (f *firefoxPolicies) NeedsRoot() bool { return true }

// Kind tells the store in a receipt.
func (f *firefoxPolicies) Kind() string { return kindPolicies }

// Reader is the program that reads the file, when it starts.
func (f *firefoxPolicies) Reader() string { return "Firefox" }

// Instead says who does without the policies.
func (f *firefoxPolicies) Instead() string { return "Firefox is served by its profiles" }

// StandsInFor reports whether the store serves a browser that another store is of.
func (f *firefoxPolicies) StandsInFor(s Store) bool {
	switch s := s.(type) {
	case *newFirefox:
		return true
	case *nssDatabase:
		return s.firefox() && !strings.HasPrefix(s.name, "firefox-flatpak")
	}
	return false
}

func (f *firefoxPolicies) Check(_ context.Context, root *certs.Root) Status {
	policies, err := f.read()
	if err != nil {
		return cannot(err)
	}
	files, err := policies.install()
	if err != nil {
		return cannot(f.explain(err))
	}
	for _, file := range files {
		if f.holds(file, root) {
			return Status{State: Trusted}
		}
	}
	if slices.Contains(files, f.certificate(root)) {
		return Status{State: NotTrusted, Reason: "its certificate " + f.sys.path(f.certificate(root)) + " is missing or another"}
	}
	return Status{State: NotTrusted}
}

func (f *firefoxPolicies) Add(_ context.Context, root *certs.Root) error {
	policies, err := f.read()
	if err != nil {
		return err
	}
	file := f.certificate(root)
	next, err := policies.with(file)
	if err == nil {
		err = f.make()
	}
	if err == nil {
		err = writeForAll(f.sys.path(file), root.PEM())
	}
	if err == nil && !bytes.Equal(policies, next) {
		err = f.write(next)
	}
	return f.explain(err)
}

func (f *firefoxPolicies) Remove(_ context.Context, root *certs.Root) error {
	policies, err := f.read()
	if err != nil {
		return err
	}
	left, err := policies.without(func(file string) bool { return file == f.certificate(root) || f.holds(file, root) })
	switch {
	case err != nil || bytes.Equal(left, policies):
	case len(left) == 0:
		err = os.Remove(f.Where())
	default:
		err = f.write(left)
	}
	if err == nil {
		err = f.clean(root)
	}
	return f.explain(err)
}

// certificate is the path, as Firefox sees it, of the file with the root.
func (f *firefoxPolicies) certificate(root *certs.Root) string {
	return filepath.Join(f.folder, anchorName(root)+".crt")
}

// holds reports whether a file of the policy has the root and nothing else.
func (f *firefoxPolicies) holds(file string, root *certs.Root) bool {
	if !filepath.IsAbs(file) {
		return false // one of those that Firefox searches in folders of its own
	}
	data, err := os.ReadFile(f.sys.path(file))
	return err == nil && bytes.Count(data, []byte("-----BEGIN ")) == 1 && holds(data, root)
}

// read returns the file's text, which is empty where there is none.
func (f *firefoxPolicies) read() (policyFile, error) {
	data, err := os.ReadFile(f.Where())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, f.explain(err)
	}
	if _, err := policyFile(data).install(); err != nil {
		return nil, f.explain(err)
	}
	return data, nil
}

// make makes the folder, and notes which were not there before.
func (f *firefoxPolicies) make() error {
	var made []string
	for dir := f.folder; dir != "/" && !isDir(f.sys.path(dir)); dir = filepath.Dir(dir) {
		made = append(made, dir)
	}
	for i := len(made) - 1; i >= 0; i-- {
		if err := os.Mkdir(f.sys.path(made[i]), 0o755); err != nil {
			return err
		}
		if err := os.Chmod(f.sys.path(made[i]), 0o755); err != nil {
			return err
		}
	}
	if len(made) == 0 {
		return nil
	}
	return writeForAll(f.sys.path(filepath.Join(f.folder, madeNote)), []byte(strings.Join(made, "\n")+"\n"))
}

// write replaces the file at once: a Firefox that starts meanwhile finds the old text or the new one.
func (f *firefoxPolicies) write(policies policyFile) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(f.Where()); err == nil {
		mode = info.Mode().Perm()
	}
	return replaceFile(f.Where(), policies, mode)
}

// clean removes the root's file, and the folders that were made when nothing else is in them any more.
func (f *firefoxPolicies) clean(root *certs.Root) error {
	err := os.Remove(f.sys.path(f.certificate(root)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	note := f.sys.path(filepath.Join(f.folder, madeNote))
	made, err := os.ReadFile(note)
	if err != nil {
		return nil // none was made
	}
	entries, err := os.ReadDir(f.sys.path(f.folder))
	if err != nil || len(entries) > 1 {
		return err
	}
	if err := os.Remove(note); err != nil {
		return err
	}
	for dir := range strings.Lines(string(made)) {
		dir = strings.TrimSpace(dir)
		// SECURITY: only the folders of policies, and only empty ones, whatever the note says.
		if dir != f.folder && dir != filepath.Dir(f.folder) || os.Remove(f.sys.path(dir)) != nil {
			break
		}
	}
	return nil
}

// explain puts in words what the file system or the text said.
func (f *firefoxPolicies) explain(err error) error {
	problem, path := (*Problem)(nil), (*fs.PathError)(nil)
	switch {
	case err == nil || errors.As(err, &problem):
		return err
	case errors.Is(err, syscall.EROFS):
		return &Problem{
			Reason: filepath.Dir(f.Where()) + " is read-only on this system",
			Fix:    "set Firefox's policy Certificates in the system's own configuration, or use an isolated browser",
			Err:    err,
		}
	case errors.As(err, &path), errors.Is(err, fs.ErrPermission):
		return &Problem{Reason: "Firefox's policies could not be read or changed: " + err.Error(), Fix: "mend that, then try again", Err: err}
	}
	return &Problem{
		Reason: fmt.Sprintf("%s is not what Firefox can read, and was left alone: %v", f.Where(), err),
		Fix:    "correct it, then try again",
		Err:    err,
	}
}
