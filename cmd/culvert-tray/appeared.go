package main

import (
	"slices"

	"culvert/ui/state"
)

// storesKey remembers the trust stores that the user has seen when they last changed one: what comes later has appeared.
const storesKey = "trust.stores"

// appeared returns the stores that are there and were not. At the first look nothing has appeared.
func (s *session) appeared(list []state.Store) (names []string) {
	var before []string
	if !s.settings.Get(storesKey, &before) {
		s.settings.Set(storesKey, present(list))
		return nil
	}
	return slices.DeleteFunc(present(list), func(name string) bool { return slices.Contains(before, name) })
}

// seen has the stores that are shown count as those that were there.
func (s *session) seen() {
	if shown := s.trust.Load(); shown.Checked {
		s.settings.Set(storesKey, present(shown.Stores))
	}
}

// present returns the names of the stores that are there.
func present(list []state.Store) (names []string) {
	for _, store := range list {
		if store.State != state.Absent && store.State != state.ByEnvironment {
			names = append(names, store.Name)
		}
	}
	return names
}
