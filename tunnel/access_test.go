package tunnel

import (
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func prefixes(list string) []netip.Prefix {
	var ps []netip.Prefix
	for _, s := range strings.Fields(list) {
		ps = append(ps, netip.MustParsePrefix(s))
	}
	return ps
}

func TestTheNarrowestRangeDecides(t *testing.T) {
	for _, test := range []struct {
		name, allow, deny, addr string
		why                     string // part of the refusal, "" for none
	}{
		{"in allow", "127.0.0.0/8", "", "127.0.0.1", ""},
		{"in neither", "127.0.0.0/8", "10.0.0.0/8", "192.168.0.1", "its allow does not have it"},
		{"in deny alone", "127.0.0.0/8", "10.0.0.0/8", "10.1.2.3", "its deny has 10.0.0.0/8"},
		{"narrower in deny", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "its deny has 10.1.0.0/16"},
		{"narrower in allow", "10.1.0.0/16", "10.0.0.0/8", "10.1.2.3", ""},
		{"narrower in allow, of two", "10.0.0.0/8 10.1.2.3/32", "10.1.0.0/16", "10.1.2.3", ""},
		{"in both alike", "10.0.0.0/8", "10.0.0.0/8", "10.1.2.3", "its deny has 10.0.0.0/8"},
		{"the same address in both", "::1/128", "::1/128", "::1", "its deny has ::1/128"},
		{"allow by default", "0.0.0.0/0 ::/0", "192.168.1.0/24", "8.8.8.8", ""},
		{"allow by default, and denied", "0.0.0.0/0 ::/0", "192.168.1.0/24", "192.168.1.9", "its deny has 192.168.1.0/24"},
		{"allow by default, IPv6", "0.0.0.0/0 ::/0", "192.168.1.0/24", "2001:db8::1", ""},
		{"a range of all IPv6 has no IPv4", "::/0", "", "127.0.0.1", "its allow does not have it"},
		{"a mapped range in deny", "0.0.0.0/0", "::ffff:10.0.0.0/104", "10.1.2.3", "its deny has 10.0.0.0/8"},
		{"a mapped range in allow", "::ffff:10.0.0.0/104", "", "10.1.2.3", ""},
		{"nothing allowed", "", "10.0.0.0/8", "127.0.0.1", "its allow does not have it"},
		{"no address", "0.0.0.0/0 ::/0", "", "", "its allow does not have it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := &access{unmapped(prefixes(test.allow)), unmapped(prefixes(test.deny)), "project app"}
			addr, _ := netip.ParseAddr(test.addr)
			why := a.denied(addr)
			if (why == "") != (test.why == "") || !strings.Contains(why, test.why) {
				t.Errorf("%q, want %q", why, test.why)
			}
		})
	}
}

// FuzzAccess holds the rule against one that looks at every length of prefix in turn, longest first.
func FuzzAccess(f *testing.F) {
	f.Add([]byte{10, 8, 16, 9}, []byte{10, 16, 24}, uint32(0x0a010203))
	f.Add([]byte{0, 0}, []byte{}, uint32(0))
	f.Add([]byte{127, 32}, []byte{127, 32}, uint32(0x7f7f7f7f))
	list := func(p []byte) (ps []netip.Prefix) {
		for ; len(p) >= 2; p = p[2:] {
			addr := netip.AddrFrom4([4]byte{p[0], p[0], p[0], p[0]})
			ps = append(ps, netip.PrefixFrom(addr, int(p[1])%33).Masked())
		}
		return ps
	}
	f.Fuzz(func(t *testing.T, allow, deny []byte, client uint32) {
		var raw [4]byte
		binary.BigEndian.PutUint32(raw[:], client)
		addr := netip.AddrFrom4(raw)
		a := &access{allow: list(allow), deny: list(deny)}
		has := func(ps []netip.Prefix, bits int) bool {
			for _, p := range ps {
				if p.Bits() == bits && p == netip.PrefixFrom(addr, bits).Masked() {
					return true
				}
			}
			return false
		}
		want := false
		for bits := 32; bits >= 0; bits-- {
			if has(a.deny, bits) {
				break
			}
			if has(a.allow, bits) {
				want = true
				break
			}
		}
		if got := a.denied(addr) == ""; got != want {
			t.Errorf("allow %v, deny %v: %s is let in: %v, want %v", a.allow, a.deny, addr, got, want)
		}
	})
}

func TestARouteLetsInWhomItSays(t *testing.T) {
	h := newHouse(t)
	h.on(t, "name = \"app\"\ndeny = [\"127.0.0.3\"]\n[[route]]\nredirect = \"/common\"\n"+
		"[[route]]\npath = \"/mine\"\nredirect = \"/own\"\nallow = [\"127.0.0.2\", \"127.0.0.3\"]\n"+
		"[[route]]\npath = \"/others\"\nredirect = \"/own\"\nallow = [\"127.0.0.0/8\"]\ndeny = [\"127.0.0.2\"]\n")
	addr := h.address(t, "app")
	for _, test := range []struct {
		from, path string
		why        string // "" if it is let in
	}{
		{"127.0.0.1", "/", ""},
		{"127.0.0.2", "/", ""},
		{"127.0.0.3", "/", "127.0.0.3 may not connect to project app: its deny has 127.0.0.3/32"},
		{"127.0.0.3", "/mine", ""},
		{"127.0.0.1", "/mine", "127.0.0.1 may not connect to route /mine of project app: its allow does not have it"},
		{"127.0.0.1", "/x/../mine", "127.0.0.1 may not connect to route /mine of project app"},
		{"127.0.0.1", "//mine", "127.0.0.1 may not connect to route /mine of project app"},
		{"127.0.0.2", "/others", "127.0.0.2 may not connect to route /others of project app: its deny has 127.0.0.2/32"},
		{"127.0.0.3", "/others", ""},
		{"127.0.0.1", "/others/..;/mine", "may mean another"},
		{"127.0.0.1", "/a%5cmine", "may mean another"},
		{"127.0.0.1", "/;a/mine", "may mean another"},
		{"127.0.0.1", "/MINE", "may mean another"},
		{"127.0.0.1", "/a;b/c", ""},
		{"127.0.0.1", "/MIN", ""},
	} {
		for kind, request := range map[string]string{
			"socket": strings.Replace(ask, "/ws", test.path, 1),
			"page":   "GET " + test.path + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
		} {
			dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(test.from)}}
			conn, err := dialer.DialContext(context.Background(), "tcp", addr)
			if err != nil {
				t.Skip(err) // only Linux has all of 127.0.0.0/8
			}
			c := newPeer(t, conn)
			c.write(t, request)
			resp, body := c.readAnswer(t)
			if (resp.StatusCode == http.StatusTemporaryRedirect) != (test.why == "") || test.why != "" && !strings.Contains(body, test.why) {
				t.Errorf("%s %s from %s: %d %q, want %q", kind, test.path, test.from, resp.StatusCode, body, test.why)
			}
			c.Close()
		}
	}
}
