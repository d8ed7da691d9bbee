package nginx

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// TestTheNarrowestRangeDecidesAsTheFirstRuleDid compares what becomes of random lists of rules with nginx's own way: the
// first rule that holds an address decides, and one that none holds comes in.
func TestTheNarrowestRangeDecidesAsTheFirstRuleDid(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	// Few bits vary, so that ranges lie inside of each other and addresses inside of them.
	address := func() netip.Addr {
		if random.IntN(4) == 0 {
			return netip.AddrFrom16([16]byte{0x20, 1, 15: byte(random.IntN(8))})
		}
		return netip.AddrFrom4([4]byte{10, byte(random.IntN(2)), 0, byte(random.IntN(8))})
	}
	for range 3000 {
		var rules []rule
		for range random.IntN(7) {
			addr := address()
			bits := addr.BitLen() - random.IntN(5)*random.IntN(9)
			prefix, err := addr.Prefix(max(bits, 0))
			if err != nil {
				t.Fatal(err)
			}
			rules = append(rules, rule{random.IntN(2) == 0, prefix})
		}
		a := newAccess(rules)
		for range 20 {
			addr, want := address(), true
			for _, r := range rules {
				if r.Contains(addr) {
					want = r.allow
					break
				}
			}
			if got := a.admits(addr); got != want {
				t.Fatalf("%v: %s may come in: %v, got %v with allow %v deny %v", rules, addr, want, got, a.allow, a.deny)
			}
		}
	}
}
