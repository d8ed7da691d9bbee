package app

import (
	"fmt"
	"slices"
	"strings"

	"culvert/certs/trust"
)

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
		if slices.Contains(names, s.Name()) || slices.Contains(names, kind) {
			chosen = append(chosen, s)
			found[s.Name()], found[kind] = true, true
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
