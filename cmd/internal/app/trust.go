package app

import (
	"context"
	"fmt"
	"strings"

	"culvert/certs/trust"
)

// Trust says which stores of the machine trust the CA.
type Trust struct {
	Authority   string // the CA's common name
	Fingerprint string // SHA-256 of its certificate, in hexadecimal digits
	File        string // path of its certificate, for programs that are told of it by file name
	Results     []trust.Result
}

// Trust looks at every trust store. It runs programs, and takes as long.
func (a *App) Trust(ctx context.Context) Trust {
	return a.trust(trust.Audit(ctx, trust.Stores(a.system()), a.ca.Root))
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
	return a.trust(trust.Add(ctx, sys, chosen, a.ca.Root)), nil
}

// RemoveTrust takes the CA out of the stores of those names, or all without a name, and reads each back.
func (a *App) RemoveTrust(ctx context.Context, stores ...string) (Trust, error) {
	a.trusting.Lock()
	defer a.trusting.Unlock()
	sys := a.system()
	chosen, err := ChooseStores(trust.Stores(sys), stores...)
	if err != nil {
		return Trust{}, err
	}
	return a.trust(trust.Remove(ctx, sys, chosen, a.ca.Root)), nil
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

func (a *App) trust(results []trust.Result) Trust {
	return Trust{
		Authority:   a.ca.Certificate().Subject.CommonName,
		Fingerprint: a.ca.Fingerprint(),
		File:        a.ca.File(),
		Results:     results,
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
			chosen = append(chosen, trust.Asked(s))
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
