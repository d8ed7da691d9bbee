package editor

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"culvert/tunnel/project"
	"culvert/ui/words"
)

// warn says below the addresses which of them other machines can reach, and whom allow lets in then. It reports whether
// that is not what was shown before.
func (f *form) warn() (again bool) {
	listen := f.field("listen")
	reached := exposed(items(listen))
	if len(reached) == 0 {
		return listen.warn("")
	}
	text := words.T("editor.exposed", "addresses", strings.Join(reached, ", "))
	switch guests, all := guests(f.allowed()); {
	case all:
		text += words.T("editor.exposed.all")
	case len(guests) > 0:
		text += words.T("editor.exposed.some", "ranges", strings.Join(guests, ", "))
	default:
		text += words.T("editor.exposed.none")
	}
	return listen.warn(text)
}

// items returns the items of a field that takes a list.
func items(f *field) []string {
	v, _, _ := f.control.value()
	list, _ := v.([]string)
	return list
}

// allowed returns what the project and its routes allow.
func (f *form) allowed() (ranges []string) {
	for _, g := range f.fields {
		if _, key := g.key.Route(); key == "allow" || key == project.Key("route.allow") {
			ranges = append(ranges, items(g)...)
		}
	}
	return ranges
}

// exposed returns those addresses that other machines can reach. What is no address yet is none of them.
func exposed(listen []string) (list []string) {
	for _, l := range listen {
		host, _, err := net.SplitHostPort(l)
		if err != nil {
			host = strings.Trim(l, "[]")
		}
		if addr, err := netip.ParseAddr(host); err == nil && !addr.Unmap().IsLoopback() {
			list = append(list, l)
		}
	}
	return list
}

// guests returns those ranges of clients that are of other machines, and whether one of them is everyone.
func guests(ranges []string) (list []string, all bool) {
	for _, r := range ranges {
		prefix, err := netip.ParsePrefix(r)
		if err != nil {
			addr, err := netip.ParseAddr(r)
			if err != nil {
				continue
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		if prefix.Bits() == 0 {
			all = true
		}
		if !prefix.Addr().Unmap().IsLoopback() && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	return list, all
}
