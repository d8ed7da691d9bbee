package nginx

import (
	"bufio"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"culvert/tunnel/project"
)

// access says who may come in, as a project file says it: the narrowest range decides. No rule at all is nil.
type access struct {
	allow, deny []netip.Prefix
	from        *directive
}

// rule is one allow or deny.
type rule struct {
	allow bool
	netip.Prefix
}

var everybody = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// auth is a user who is asked for a password.
type auth struct {
	file  *directive // of the passwords
	users []string   // in it; none if it cannot be read
	from  *directive
}

// guard reads who may use a location.
func (sv *server) guard(r *route, s *scope) {
	r.cors = sv.crossOrigin(s)
	if r.free() { // nginx sends clients elsewhere before it asks who they are
		return
	}
	list := s.list("allow", "deny")
	if len(list) > 0 {
		var rules []rule
		for _, d := range list {
			rules = append(rules, sv.rule(d)...)
		}
		r.access = newAccess(rules)
		r.access.from = list[0]
		if !r.access.admits(netip.MustParseAddr("127.0.0.1")) && len(r.access.allow) > 0 {
			sv.notes.add(Different, list[0], "this machine itself is not let in, as in nginx: add 127.0.0.1 to allow to use it here")
		}
	}
	if d := s.get("satisfy"); d != nil && d.arg(0) == "any" && len(list) > 0 {
		sv.notes.add(NotCarried, d, "an address that allow has is asked for the password all the same")
	}
	sv.password(r, s)
}

// rule reads an allow or a deny.
func (sv *server) rule(d *directive) (list []rule) {
	allow, address := d.name == "allow", d.arg(0)
	if address == "all" {
		for _, p := range everybody {
			list = append(list, rule{allow, p})
		}
		return list
	}
	prefix, err := netip.ParsePrefix(address)
	if addr, single := netip.ParseAddr(address); single == nil {
		prefix, err = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()), nil
	}
	switch {
	case err == nil:
		return []rule{{allow, prefix.Masked()}}
	case allow:
		sv.notes.add(NotCarried, d, "it is no IP address or range; it lets nobody in")
	default:
		sv.notes.add(Careful, d, "it is no IP address or range, and keeps nobody out")
	}
	return nil
}

// newAccess turns rules, of which the first that holds an address decides and which let in whom none holds, into ranges
// of which the narrowest decides. Ranges lie inside of each other or apart: once those are gone that an earlier one
// covers, of any two the narrower one is the earlier.
func newAccess(rules []rule) *access {
	var kept []rule
	for _, p := range everybody {
		rules = append(rules[:len(rules):len(rules)], rule{true, p})
	}
	for _, r := range rules {
		if !slices.ContainsFunc(kept, func(k rule) bool { return k.covers(r) }) {
			kept = append(kept, r)
		}
	}
	a := &access{}
	for _, r := range kept {
		switch around := nearest(kept, r); {
		case around != nil && around.allow == r.allow, around == nil && !r.allow: // it says what is said already
		case r.allow:
			a.allow = append(a.allow, r.Prefix)
		default:
			a.deny = append(a.deny, r.Prefix)
		}
	}
	if len(a.allow) == 0 {
		a.deny = slices.Clone(everybody)
	}
	return a
}

// covers reports whether every address of o is one of r.
func (r rule) covers(o rule) bool { return r.Bits() <= o.Bits() && r.Contains(o.Addr()) }

// nearest returns the narrowest of the rules around r, or nil.
func nearest(rules []rule, r rule) (best *rule) {
	for i, o := range rules {
		if o.Prefix != r.Prefix && o.covers(r) && (best == nil || o.Bits() > best.Bits()) {
			best = &rules[i]
		}
	}
	return best
}

// admits reports whether an address may come in.
func (a *access) admits(addr netip.Addr) bool {
	allowed, _ := project.Narrowest(a.allow, addr)
	refused, _ := project.Narrowest(a.deny, addr)
	return allowed > refused
}

// password reads whether a location asks for a password.
func (sv *server) password(r *route, s *scope) {
	realm, file := s.get("auth_basic"), s.get("auth_basic_user_file")
	if realm == nil || realm.arg(0) == "off" {
		return
	}
	if file == nil {
		sv.notes.add(Different, realm, "without auth_basic_user_file nginx asks nobody, and neither does Culvert")
		return
	}
	r.auth = &auth{file: file, users: sv.users(file.arg(0)), from: realm}
}

// users returns the names in a file of htpasswd, none if it cannot be read.
func (sv *server) users(name string) (list []string) {
	switch {
	case filepath.IsAbs(name):
		name = filepath.Join(sv.im.root, name)
	default:
		name = filepath.Join(filepath.Dir(sv.im.topFile), name)
	}
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil // SECURITY: opening a pipe waits until somebody writes to it
	}
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() && len(list) < 100 {
		user, _, ok := strings.Cut(strings.TrimSpace(lines.Text()), ":")
		if ok && user != "" && !strings.HasPrefix(user, "#") && utf8.ValidString(user) && !strings.ContainsFunc(user, unicode.IsControl) {
			list = append(list, user)
		}
	}
	return list
}
