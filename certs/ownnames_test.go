package certs

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"
)

func TestNamesThatTheSecondCATakes(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, given, want string }{
		{"a host name", "web.example.cn", "web.example.cn"},
		{"capitals and a final dot", "Web.Example.CN.", "web.example.cn"},
		{"an internationalised name", "聊天.example.cn", "xn--rss932g.example.cn"},
		{"an internationalised name in ASCII form", "xn--rss932g.example.cn", "xn--rss932g.example.cn"},
		{"the full stop of an input method", "web。example。cn", "web.example.cn"},
		{"an underscore", "my_app.example.cn", "my_app.example.cn"},
		{"hyphens at any place", "r3---sn.example.cn", "r3---sn.example.cn"},
		{"a name of one label", "devbox", "devbox"},
		{"a name of mDNS", "devbox.local", "devbox.local"},
		{"a host below a public suffix of a company", "me.github.io", "me.github.io"},
		{"an exception to a wildcard of public suffixes", "city.kobe.jp", "city.kobe.jp"},
		{"an address", "192.168.1.5", "192.168.1.5"},
		{"an address of version 6", "FD00:0::5", "fd00::5"},
		{"an address in brackets", "[fd00::5]", "fd00::5"},
		{"an address in the other version's form", "::ffff:192.168.1.5", "192.168.1.5"},
		{"an address in wide letters", "１９２.168.1.5", "192.168.1.5"},

		{"nothing", "", "not a host name"},
		{"a dot", ".", "not a host name"},
		{"a space", "web example.cn", "not a host name"},
		{"a port", "web.example.cn:8443", "not a host name"},
		{"an empty label", "web..example.cn", "not a host name"},
		{"a leading dot", ".example.cn", "not a host name"},
		{"a hyphen at the end", "web-.example.cn", "not a host name"},
		{"damaged punycode", "xn--a.example.cn", "not a host name"},
		{"a label that is too long", strings.Repeat("a", 64) + ".cn", "not a host name"},
		{"a name of 64 KiB", strings.Repeat("例.", 16<<10), "not a host name"},
		{"what is no UTF-8", "\x8a0.cn", "not a host name"},
		{"a URL", "https://web.example.cn/", "without https://"},
		{"a range of addresses", "192.168.0.0/16", "list each"},
		{"a wildcard", "*.example.cn", "write example.cn; the names below it"},
		{"a bare star", "*", "not a host name"},
		{"a top-level domain", "com", "as in web.com"},
		{"a top-level domain with capitals", "COM.", "as in web.com"},
		{"a public suffix of two labels", "co.uk", "hosts of others"},
		{"a public suffix of a company", "github.io", "hosts of others"},
		{"an internationalised public suffix", "公司.cn", "hosts of others"},
		{"a wildcard public suffix", "kawasaki.jp", "hosts of others"},
		{"below a wildcard public suffix", "x.kawasaki.jp", "hosts of others"},
		{"a top-level domain that has only wildcards", "ck", "hosts of others"},
		{"all of mDNS", "local", "hosts of others"},
		{"what private networks use as their top", "lan", "hosts of others"},
		{"what stands for no name", "invalid", "hosts of others"},
		{"a name that the first CA signs", "app.localhost", "signs it already (run: culvert trust)"},
		{"a domain that the first CA signs", "home.arpa", "signs it already"},
		{"a loopback address", "127.0.0.1", "signs it already"},
		{"the loopback address of version 6", "::1", "signs it already"},
		{"half an address", "192.168.1", "all four numbers"},
		{"a number", "3232235781", "all four numbers"},
		{"a hexadecimal number", "0xc0a80105", "all four numbers"},
		{"no address at all", "0.0.0.0", "no machine has this address"},
		{"an address of a group", "224.0.0.1", "no machine has this address"},
		{"what stands for no address", "192.0.2.0", "no machine has this address"},
		{"an address with its interface", "fe80::1%eth0", "without %eth0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ownName(tt.given)
			switch {
			case err == nil && got != tt.want:
				t.Errorf("%q is taken as %q, want %q", tt.given, got, tt.want)
			case err != nil && !strings.Contains(err.Error(), tt.want):
				t.Errorf("%q does not say %q", err, tt.want)
			case err != nil && (strings.Contains(err.Error(), "\n") || !strings.HasSuffix(err.Error(), ")")):
				t.Errorf("%q is not one line with a fix", err)
			}
		})
	}
}

func TestConstraintsAreExactlyTheListedNames(t *testing.T) {
	t.Parallel()
	const noName, noAddr = " 192.0.2.0/32", "invalid "
	tests := []struct {
		name  string
		given []string
		want  string // the permitted subtrees
		list  string // for people
	}{
		{"a name", []string{"web.example.cn"}, "web.example.cn" + noName, "web.example.cn"},
		{"an address", []string{"192.168.1.5"}, noAddr + "192.168.1.5/32", "192.168.1.5"},
		{"an address of version 6", []string{"fd00::5"}, noAddr + "fd00::5/128", "fd00::5"},
		{
			"both forms, in their order, twice",
			[]string{"b.example.cn", "fd00::5", "A.example.cn", "b.example.cn", "192.168.1.5", "fd00::0:5"},
			"b.example.cn a.example.cn fd00::5/128 192.168.1.5/32", "b.example.cn a.example.cn fd00::5 192.168.1.5",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ca, err := CreateNamed(t.TempDir(), tt.given)
			if err != nil {
				t.Fatal(err)
			}
			cert := ca.Certificate()
			got := strings.Join(cert.PermittedDNSDomains, " ")
			for _, r := range cert.PermittedIPRanges {
				got += " " + r.String()
			}
			if got != tt.want || !cert.PermittedDNSDomainsCritical {
				t.Errorf("permitted %q (critical: %v), want %q", got, cert.PermittedDNSDomainsCritical, tt.want)
			}
			if list := strings.Join(ca.Names(), " "); list != tt.list {
				t.Errorf("Names gives %q, want %q", list, tt.list)
			}
		})
	}
}

// FuzzOwnName checks that whatever is taken is in canonical form, gives a CA that its own check accepts, and that
// clients believe a leaf of it.
func FuzzOwnName(f *testing.F) {
	for _, seed := range []string{
		"web.example.cn", "聊天.example.cn", "*.example.cn", "co.uk", "[fd00::5]", "192.168.1.5", "xn--a.cn", "a_b.local", "0x1", "\x8a0",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := ownName(s)
		if err != nil {
			return
		}
		if again, err := ownName(name); again != name || err != nil {
			t.Fatalf("%q becomes %q, then %q (%v)", s, name, again, err)
		}
		p, err := ownNames([]string{name})
		if err != nil || !p.own() {
			t.Fatalf("%q is taken, but not its list: %v", name, err)
		}
		ca, err := newCA(folder{named: true}, p, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if why := ca.home.flaw(ca.cert) + ca.home.issuerFlaw(ca.issuer, ca.cert, &ca.key.PublicKey); why != "" {
			t.Fatalf("the CA for %q is refused: %s", name, why)
		}
		leaf, err := ca.Leaf([]string{name}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		roots, issuers := x509.NewCertPool(), x509.NewCertPool()
		roots.AddCert(ca.Certificate())
		issuers.AddCert(ca.issuer)
		if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: issuers, DNSName: name}); err != nil {
			t.Fatalf("no client believes %q: %v", name, err)
		}
	})
}
