package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"culvert/certs/trust"
)

// Trust says which stores of the machine trust the CA.
type Trust struct {
	Authority   string // the CA's common name
	Fingerprint string // SHA-256 of its certificate, in hexadecimal digits
	File        string // path of its certificate, for programs that are told of it by file name
	Results     []trust.Result
	Receipt     error // what is wrong with the file that remembers what was changed, nil if nothing is
}

// System is this machine with its trust stores, as both commands change them: what takes root is done by the culvert
// command, and what was changed is remembered. prompt is the terminal where the user can answer sudo, or nil without one.
func System(f Folders, prompt io.Writer) trust.System {
	sys := trust.Host(prompt)
	sys.Culvert = commandPath()
	sys.Receipt = trust.NewReceipt(f.Receipt())
	return sys
}

// commandPath returns the path of the culvert command: this program, or the one beside it, or that in PATH; "" if there
// is none.
func commandPath() string {
	command := name
	if runtime.GOOS == "windows" {
		command += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		if filepath.Base(self) == command {
			return self
		}
		beside := filepath.Join(filepath.Dir(self), command)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return beside
		}
	}
	// SECURITY: only an absolute entry of PATH counts, since root will run it.
	if path, err := exec.LookPath(command); err == nil && filepath.IsAbs(path) {
		return path
	}
	return ""
}

// Trust looks at every trust store. It runs programs, and takes as long.
func (a *App) Trust(ctx context.Context) Trust {
	sys := a.system()
	results := trust.Audit(ctx, trust.Stores(sys), a.ca.Root)
	sys.Receipt.Adopt(ctx, results, a.ca.Root)
	return a.trust(sys, results)
}

// AddTrust makes the stores of those names trust the CA, or all without a name, and reads each back. What the user is to
// know of a store that cannot be changed is in its result.
func (a *App) AddTrust(ctx context.Context, stores ...string) (Trust, error) {
	a.trusting.Lock()
	defer a.trusting.Unlock()
	sys := a.system()
	chosen, err := ChooseStores(trust.Stores(sys), stores...)
	if err != nil {
		return Trust{}, err
	}
	return a.trust(sys, trust.Add(ctx, sys, chosen, a.ca.Root)), nil
}

// RemoveTrust takes the CA, and those that it has replaced, out of the stores of those names, or all without a name, and
// reads each back. All are also those that only the receipt knows of.
func (a *App) RemoveTrust(ctx context.Context, stores ...string) (Trust, error) {
	a.trusting.Lock()
	defer a.trusting.Unlock()
	sys := a.system()
	chosen, err := ChooseStores(append(trust.Stores(sys), trust.Recorded(sys)...), stores...)
	if err != nil {
		return Trust{}, err
	}
	return a.trust(sys, trust.Remove(ctx, sys, chosen, a.ca.Root)), nil
}

// Distrusting returns the names of the trust stores of this machine that could trust the CA and do not.
func (a *App) Distrusting(ctx context.Context) (names []string) {
	for _, r := range a.Trust(ctx).Results {
		if r.Status.State == trust.NotTrusted {
			names = append(names, r.Store.Name())
		}
	}
	return names
}

func (a *App) trust(sys trust.System, results []trust.Result) Trust {
	return Trust{
		Authority:   a.ca.Certificate().Subject.CommonName,
		Fingerprint: a.ca.Fingerprint(),
		File:        a.ca.File(),
		Results:     results,
		Receipt:     sys.Receipt.Problem(),
	}
}

// ChooseStores returns those stores that the names stand for, and all without a name. The part of a store's name before
// the slash stands for all that share it: "firefox" for all profiles.
func ChooseStores(all []trust.Store, names ...string) ([]trust.Store, error) {
	if len(names) == 0 {
		return all, nil
	}
	found := make(map[string]bool)
	var chosen []trust.Store
	for _, s := range all {
		kind, _, _ := strings.Cut(s.Name(), "/")
		wanted := false
		for _, name := range names {
			if name == s.Name() || name == kind {
				wanted, found[name] = true, true
			}
		}
		if wanted {
			chosen = append(chosen, s)
		}
	}
	for _, name := range names {
		if !found[name] {
			return nil, unknownStore(name, all)
		}
	}
	return chosen, nil
}

func unknownStore(name string, all []trust.Store) error {
	var there []string
	for _, s := range all {
		there = append(there, s.Name())
	}
	return fmt.Errorf("store %s: not found (found: %s)", Printable(name), strings.Join(there, ", "))
}
