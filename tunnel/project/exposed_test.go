package project

import (
	"fmt"
	"slices"
	"testing"
)

func TestAnAddressThatOtherMachinesReachIsExposed(t *testing.T) {
	for listen, exposed := range map[string]bool{
		"127.0.0.1:8443": false, "127.8.9.10:8443": false, "[::1]:8443": false, "localhost:8443": false,
		"0.0.0.0:8443": true, "[::]:8443": true, "192.168.1.20:8443": true, "[fe80::1]:8443": true, "203.0.113.7:443": true,
	} {
		p, err := Parse("culvert.toml", fmt.Appendf(nil, "name = \"a\"\nlisten = [%q, \"127.0.0.1:1\"]\n[[route]]\nto = [\"ws://127.0.0.1:80\"]\n", listen))
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		if exposed {
			want = []string{listen}
		}
		if got := p.Exposed(); !slices.Equal(got, want) {
			t.Errorf("of %s: %q, want %q", listen, got, want)
		}
	}
}

func TestAProjectIsGuardedWhereOnlyThisMachineIsLetIn(t *testing.T) {
	for keys, guarded := range map[string]bool{
		``:                             true,
		`allow = ["127.0.0.1", "::1"]`: true,
		`allow = ["127.0.0.0/16"]`:     true,
		`allow = ["0.0.0.0/0"]`:        false,
		`allow = ["126.0.0.0/7"]`:      false,
		`allow = ["::/0"]`:             false,
		`allow = ["192.168.1.0/24"]`:   false,
		"[[route]]\npath = \"/lan\"\nto = [\"ws://127.0.0.1:80\"]\nallow = [\"192.168.1.0/24\"]": false,
	} {
		p, err := Parse("culvert.toml", fmt.Appendf(nil, "name = \"a\"\n%s\n[[route]]\nto = [\"ws://127.0.0.1:80\"]\n", keys))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Guarded(); got != guarded {
			t.Errorf("with %q: guarded is %v", keys, got)
		}
	}
}
