package main

import (
	"slices"

	"culvert/ui/state"
)

// storesKey remembers the trust stores that were there when the user last changed one: what comes later has appeared.
const storesKey = "trust.stores"

// appeared returns the stores that are there and were not. At the first look nothing has appeared.
func (s *session) appeared(list []state.Store) (names []string) {
	var there, before []string
	for _, store := range list {
		if store.State != state.Absent && store.State != state.ByEnvironment {
			there = append(there, store.Name)
		}
	}
	if !s.settings.Get(storesKey, &before) {
		s.settings.Set(storesKey, there)
		return nil
	}
	for _, name := range there {
		if !slices.Contains(before, name) {
			names = append(names, name)
		}
	}
	return names
}

// forgetAppeared has the stores that are there count as those that were, from the next look on.
func (s *session) forgetAppeared() { s.settings.Set(storesKey, nil) }
