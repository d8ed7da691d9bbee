package welcome

import (
	"strings"

	"culvert/ui/ink"
	"culvert/ui/state"
	"culvert/ui/words"
)

// storeTitle is how people call a store: "Firefox · default-esr".
func storeTitle(name string) string {
	kind, rest, _ := strings.Cut(name, "/")
	title := kindTitle(kind, "welcome.store.")
	if rest == "" {
		return title
	}
	if i := strings.IndexByte(rest, '.'); i >= 0 && i < len(rest)-1 { // Firefox: random letters, then the profile's name
		rest = rest[i+1:]
	}
	return title + " · " + ink.Safe(rest)
}

// kindTitle is a kind of store in words, or as it is where there are none for it.
func kindTitle(kind, prefix string) string {
	switch kind {
	case "system", "chromium", "firefox", "java", "nss", "windows", "macos":
		return words.T(prefix + kind)
	}
	return ink.Safe(kind)
}

// stateInk is the colour of a store's dot.
func stateInk(s state.StoreState) ink.Ink {
	switch s {
	case state.Trusted:
		return ink.Accent
	case state.NotTrusted:
		return ink.Warning
	case state.Cannot:
		return ink.Error
	default:
		return ink.Faint
	}
}

// stateWord is a store's state in words.
func stateWord(s state.StoreState) string {
	switch s {
	case state.Trusted:
		return words.T("welcome.state.trusted")
	case state.NotTrusted:
		return words.T("welcome.state.notTrusted")
	case state.Cannot:
		return words.T("welcome.state.cannot")
	default:
		return words.T("welcome.state.absent")
	}
}

// kinds sums the stores up by kind, in their order: a kind is trusted if all stores of it that are there are.
func kinds(stores []state.Store) (sum []state.Store) {
next:
	for _, s := range stores {
		kind, _, _ := strings.Cut(s.Name, "/")
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
