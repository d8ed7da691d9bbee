package welcome

import (
	"strings"

	"culvert/ui/ink"
	"culvert/ui/state"
	"culvert/ui/words"
)

// StoreTitle is how people call a store: "Firefox · default-esr".
func StoreTitle(name string) string {
	switch name {
	case "chromium-old":
		return words.T("welcome.store.chromiumOld")
	case "firefox-policies":
		return words.T("welcome.store.firefoxPolicies")
	case "macos-system":
		return words.T("welcome.store.macosSystem")
	}
	kind, rest, _ := strings.Cut(name, "/")
	title := kindTitle(kind, "welcome.store.")
	if rest == "" {
		return title
	}
	if i := strings.IndexByte(rest, '.'); kind == "firefox" && i >= 0 && i < len(rest)-1 { // random letters, then the profile's name
		rest = rest[i+1:]
	}
	return title + " · " + ink.Safe(rest)
}

// kindTitle is a kind of store in words, or as it is where there are none for it.
func kindTitle(kind, prefix string) string {
	switch kind {
	case "system", "chromium", "firefox", "java", "nss", "windows", "macos", "environment":
		return words.T(prefix + kind)
	}
	return ink.Safe(kind)
}

// looks are the colour of the dot and the word for each state of a store.
func looks(s state.StoreState) (ink.Ink, string) {
	switch s {
	case state.Trusted:
		return ink.Accent, words.T("welcome.state.trusted")
	case state.NotTrusted:
		return ink.Warning, words.T("welcome.state.notTrusted")
	case state.Cannot:
		return ink.Error, words.T("welcome.state.cannot")
	case state.Cancelled:
		return ink.Dim, words.T("welcome.state.cancelled")
	case state.ByEnvironment:
		return ink.Accent, words.T("welcome.state.environment")
	default:
		return ink.Faint, words.T("welcome.state.absent")
	}
}

// kindOf is what a store is one of: "firefox" of "firefox/4xkd1a2b.default" and of "firefox-policies".
func kindOf(name string) string {
	if i := strings.IndexAny(name, "/-"); i >= 0 {
		return name[:i]
	}
	return name
}

// kinds sums the stores up by kind, in their order: a kind is trusted if all stores of it that are there are. What is told
// by variables is none.
func kinds(stores []state.Store) (sum []state.Store) {
next:
	for _, s := range stores {
		if s.State == state.ByEnvironment {
			continue
		}
		kind := kindOf(s.Name)
		for i := range sum {
			if sum[i].Name == kind {
				if sum[i].State == state.Absent || s.State != state.Absent && s.State != state.Trusted {
					sum[i].State = s.State
				}
				continue next
			}
		}
		sum = append(sum, state.Store{Name: kind, State: s.State})
	}
	return sum
}

// merged returns stores with those in news in place of the ones of the same name.
func merged(stores, news []state.Store) []state.Store {
	all := append([]state.Store(nil), stores...)
next:
	for _, n := range news {
		for i := range all {
			if all[i].Name == n.Name {
				all[i] = n
				continue next
			}
		}
		all = append(all, n)
	}
	return all
}

// command returns the shell line of a fix; ok is false where the fix is for people only.
func command(fix string) (line string, ok bool) { return strings.CutPrefix(fix, "run: ") }
