package tunnel

import (
	"net"
	"net/http"
	"strings"
	"testing"
)

// heard is a listener that the project has under that address.
func heard(t *testing.T, addr string) *listener {
	t.Helper()
	n, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return &listener{net: n, addr: addr}
}

func TestTheRouteOfARequest(t *testing.T) {
	const two = "listen = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\n"
	one, other, both := heard(t, "127.0.0.1:1"), heard(t, "127.0.0.1:2"), heard(t, "[::1]:1")
	at := map[string][]*listener{"127.0.0.1:1": {one, both}, "127.0.0.1:2": {other}}
	for _, test := range []struct {
		name, routes string // path, then "exact" or addresses
		listener     *listener
		path         string
		want         string // the route as in routes, "" for none
	}{
		{"the longest path wins", "/|/a|/a/b", one, "/a/b/c", "/a/b"},
		{"whatever their order", "/a/b|/a|/", one, "/a/c", "/a"},
		{"a path is what it begins with", "/a", one, "/abc", "/a"},
		{"case counts", "/a", one, "/A", ""},
		{"no route", "/a", one, "/", ""},
		{"no path at all", "/", one, "*", ""},
		{"an exact route has its path", "/ exact|/a", one, "/", "/ exact"},
		{"and nothing below", "/ exact|/a", one, "/b", ""},
		{"nor its path with a slash", "/a exact|/", one, "/a/", "/"},
		{"an exact one wins over a longer-lived prefix", "/a|/a exact", one, "/a", "/a exact"},
		{"a route of one address serves there", "/ 127.0.0.1:1", one, "/", "/ 127.0.0.1:1"},
		{"and at the other socket of that address", "/ 127.0.0.1:1", both, "/", "/ 127.0.0.1:1"},
		{"and nowhere else", "/ 127.0.0.1:1", other, "/", ""},
		{"of one path, that of the address", "/a|/a 127.0.0.1:2", other, "/a", "/a 127.0.0.1:2"},
		{"of one path, the common one elsewhere", "/a 127.0.0.1:2|/a", one, "/a", "/a"},
		{"a longer path wins over an address", "/a 127.0.0.1:1|/a/b", one, "/a/b", "/a/b"},
		{"an exact one wins over an address", "/a 127.0.0.1:1|/a exact", one, "/a", "/a exact"},
		{"an exact one of the address wins over all", "/a exact|/a exact 127.0.0.1:1|/a", one, "/a", "/a exact 127.0.0.1:1"},
		{"one of both addresses", "/a 127.0.0.1:1 127.0.0.1:2", other, "/a", "/a 127.0.0.1:1 127.0.0.1:2"},
		{"dot-dot is resolved before", "/|/open|/closed", one, "/open/../closed", "/closed"},
		{"and at the end", "/|/open|/closed/", one, "/closed/x/..", "/closed/"},
		{"empty segments do not count", "/|/closed", one, "//closed", "/closed"},
		{"nor do dots", "/|/closed", one, "/./closed", "/closed"},
		{"a dot file is no dot", "/|/.git", one, "/.git/", "/.git"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var file strings.Builder
			file.WriteString("name = \"app\"\n" + two)
			for _, r := range strings.Split(test.routes, "|") {
				path, more, _ := strings.Cut(r, " ")
				file.WriteString("[[route]]\nto = [\"ws://127.0.0.1:9\"]\npath = \"" + path + "\"\nset_headers = { \"X-Route\" = \"" + r + "\" }\n")
				if rest, ok := strings.CutPrefix(more, "exact"); ok {
					file.WriteString("exact = true\n")
					more = strings.TrimPrefix(rest, " ")
				}
				if more != "" {
					file.WriteString("listen = [\"" + strings.ReplaceAll(more, " ", "\", \"") + "\"]\n")
				}
			}
			s := newService(parse(t, "%s", file.String()), nil, nil, nil, steady, nil)
			defer s.cancel()
			s.bind(at)
			got := ""
			if r := s.route(test.listener, test.path); r != nil {
				got = r.SetHeaders["X-Route"]
			}
			if got != test.want {
				t.Errorf("%s goes to %q, want %q", test.path, got, test.want)
			}
		})
	}
}

func TestANormalPathCostsNothing(t *testing.T) {
	s := newService(parse(t, "name = \"app\"\n[[route]]\npath = \"/a\"\nto = [\"ws://127.0.0.1:9\"]\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n"), nil, nil, nil, steady, nil)
	defer s.cancel()
	l := &listener{}
	if n := testing.AllocsPerRun(100, func() { s.route(l, "/b/c/") }); n != 0 {
		t.Errorf("finding a route allocates %v times", n)
	}
}

func TestRoutesOfOneAddressServeThereAlone(t *testing.T) {
	one, two := freeAddr(t), freeAddr(t)
	p := newSite(t, Config{}, "listen = [%q, %q, \"127.0.0.1:0\"]\n"+
		"[[route]]\nredirect = \"/one\"\nlisten = [%q]\n[[route]]\nredirect = \"/two\"\nlisten = [%q]\n"+
		"[[route]]\npath = \"/free\"\nredirect = \"/free\"\nlisten = [\"127.0.0.1:0\"]\n", one, two, one, two)
	listen := p.house.status(t, "app").Listen
	if len(listen) < 3 {
		t.Fatalf("it listens on %v", listen)
	}
	for _, test := range []struct{ addr, path, want string }{
		{one, "/", "/one"}, {two, "/free", "/two"}, {listen[2], "/free", "/free"}, {listen[len(listen)-1], "/free", "/free"},
	} {
		c := dial(t, test.addr, p.house.tls())
		c.write(t, "GET "+test.path+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if resp, _ := c.readAnswer(t); resp.StatusCode != http.StatusTemporaryRedirect || resp.Header.Get("Location") != test.want {
			t.Errorf("%s at %s: %d to %s, want %s", test.path, test.addr, resp.StatusCode, resp.Header.Get("Location"), test.want)
		}
		c.Close()
	}
	for _, request := range []string{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", ask} {
		c := dial(t, listen[2], p.house.tls())
		c.write(t, request)
		if resp, body := c.readAnswer(t); resp.StatusCode != http.StatusNotFound || !strings.Contains(body, "it has /free (add") {
			t.Errorf("at the address of neither: %d %q", resp.StatusCode, body)
		}
		c.Close()
	}
}

func TestAPrefixIsStrippedHoweverItIsSpelt(t *testing.T) {
	for path, want := range map[string]string{
		"/ws/a%20b":  "/a%20b",
		"/%77s/a":    "/a",
		"/x/../ws/a": "/a",
		"//ws//a":    "/a",
	} {
		rt := newRoute(&parse(t, "name = \"app\"\n[[route]]\npath = \"/ws\"\nstrip_prefix = true\nto = [\"ws://127.0.0.1:9\"]\n").Routes[0], newHealth(t.Context(), steady, nil))
		if got := rt.path(path, rt.pool.upstreams[0]); got != want {
			t.Errorf("%s goes to %s, want %s", path, got, want)
		}
	}
}

func TestNoPathLeadsOutOfTheOneOfTheUpstream(t *testing.T) {
	const stripped = "path = \"/ws\"\nstrip_prefix = true"
	for _, test := range []struct{ route, to, path, want string }{
		{"", "ws://127.0.0.1:9/app", "/../other", "/app/other"},
		{"", "ws://127.0.0.1:9/app/", "/a/%2e%2E/%2e./other%2Fb", "/app/other/b"},
		{"", "ws://127.0.0.1:9/app", "/a/..", "/app/"},
		{"", "ws://127.0.0.1:9/app", "/a//b/.c/..d/e..%2Ff", "/app/a//b/.c/..d/e..%2Ff"},
		{"", "ws://127.0.0.1:9", "/a/../b", "/a/../b"},
		{stripped, "ws://127.0.0.1:9/app", "/ws/../ws/a", "/app/a"},
		{stripped, "ws://127.0.0.1:9", "/ws/../ws/a", "/a"},
		{stripped, "ws://127.0.0.1:9/app", "/ws//a", "/app//a"},
	} {
		p := parse(t, "name = \"app\"\n[[route]]\n%s\nto = [%q]\n", test.route, test.to)
		rt := newRoute(&p.Routes[0], newHealth(t.Context(), steady, nil))
		if got := rt.path(test.path, rt.pool.upstreams[0]); got != test.want {
			t.Errorf("%s goes to %s below %s, want %s", test.path, got, test.to, test.want)
		}
	}
}
