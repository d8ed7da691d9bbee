package tunnel

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestNoSpellingOfAPathLeadsPastAPassword asks for what is closed in ways in which servers find it that spell paths
// otherwise: Tomcat takes parameters out of segments, Node resolves what a URL resolves, others resolve nothing.
func TestNoSpellingOfAPathLeadsPastAPassword(t *testing.T) {
	var dialled atomic.Int64
	b := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	b.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			dialled.Add(1)
		}
	}
	b.Start()
	defer b.Close()
	p := newSite(t, Config{Getenv: environment("PASSWORD", "secret")}, "[auth]\nuser = \"dev\"\npassword_env = \"PASSWORD\"\n"+
		"[[route]]\nto = [%q]\nauth = false\n"+
		"[[route]]\npath = \"/open/\"\nto = [%q]\nauth = false\n"+
		"[[route]]\npath = \"/closed/\"\nto = [%q]\n"+
		"[[route]]\npath = \"/one\"\nexact = true\nto = [%q]\n", b.URL, b.URL, b.URL, b.URL)
	for name, path := range map[string]string{
		"a parameter behind the segment":         "/closed;a/x",
		"a parameter, and another case":          "/CLOSED;a/x",
		"a parameter of the exact path":          "/one;a=1",
		"an escaped parameter":                   "/closed%3Ba/x",
		"a letter that is one in another case":   "/clo%C5%BFed/x",
		"a way out that is not resolved":         "/closed/../open/x",
		"a way out that is not resolved, at all": "/closed/../x",
		"an escaped way out":                     "/closed/%2e%2e/x",
	} {
		for kind, request := range map[string]string{
			"page": "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n", "socket": strings.Replace(ask, "/ws", path, 1),
		} {
			if resp, body := p.raw(t, request); resp.StatusCode != http.StatusBadRequest || !strings.Contains(body, "may mean another") {
				t.Errorf("%s, a %s: %d %q", name, kind, resp.StatusCode, body)
			}
		}
	}
	for name, path := range map[string]string{
		"a fragment that is none":         "/closed/#/../../open/x",
		"an escape that is none":          "/open/%2e%2e/closed/%zz",
		"an escape that is none, at once": "/open/%zz",
	} {
		if resp, body := p.raw(t, strings.Replace(ask, "/ws", path, 1)); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %q", name, resp.StatusCode, body)
		}
	}
	if n := dialled.Load(); n != 0 {
		t.Fatalf("the backend was dialled %d times", n)
	}
	for _, path := range []string{"/x;a/y", "/open/x;a", "/open/../y", "/y/../open/x;a=1/"} {
		if resp, body := p.raw(t, fmt.Sprintf("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path)); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %q", path, resp.StatusCode, body)
		}
	}
}
