package migration

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/certs/trust/browsertest"
)

// serveShown serves the project file of a folder of testdata, which README shows. Addresses that it listens on have
// their roles in listen, and get ports of the test's own; real are the servers that stand for the upstreams in the file.
func serveShown(t *testing.T, folder string, listen, real map[string]string, env ...string) front {
	t.Helper()
	f := front{
		site: &site{t: t, folder: folder}, ports: make(map[string]string), engine: newMachine(t, env...),
	}
	text := read(t, filepath.Join("testdata", folder, "culvert.toml"))
	put := func(shown, address string) {
		if !strings.Contains(text, `"`+shown+`"`) && !strings.Contains(text, "//"+shown+`"`) {
			t.Fatalf("testdata/%s/culvert.toml has no %s", folder, shown)
		}
		text = strings.ReplaceAll(text, shown, address)
	}
	for shown, role := range listen {
		f.ports[role] = freePort(t)
		put(shown, f.address(role))
	}
	for shown, address := range real {
		put(shown, address)
	}
	if err := os.CopyFS(f.engine.home, os.DirFS(filepath.Join("testdata", folder))); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(f.engine.home, "culvert.toml")
	write(t, file, text)
	f.engine.run(file)
	f.tls = &tls.Config{RootCAs: f.engine.roots()}
	return f
}

// expect carries an exchange out and wants lines of what is seen, each among the others.
func (f front) expect(t *testing.T, e exchange, want ...string) {
	t.Helper()
	t.Run(e.name, func(t *testing.T) {
		got := e.run(t, f)
		if missing := without(want, got); len(missing) > 0 {
			t.Errorf("no line is %q in:\n%s", missing, strings.Join(got, "\n"))
		}
	})
}

func TestTheShownFileOfAReportingPlatform(t *testing.T) {
	t.Parallel()
	f := serveShown(t, "reporting", map[string]string{"127.0.0.1:8443": "https", "127.0.0.1:38889": "socket"},
		map[string]string{"127.0.0.1:8080": address(startBackend(t, "tomcat")), "127.0.0.1:38888": address(startBackend(t, "charts"))})
	f.expect(t, exchange{name: "a page", url: "https://localhost:{https}/webroot/decision"},
		"status 200", "X-Backend: tomcat", "backend: X-Forwarded-Proto: https")
	f.expect(t, exchange{name: "http goes to https", url: "http://reports.localhost:{https}/a?b=c"},
		"status 307", "Location: https://reports.localhost:{https}/a?b=c")
	f.expect(t, exchange{name: "a socket by Tomcat's own port", url: "wss://localhost:{https}/webroot/socket", frames: []string{"close 1000"}},
		"status 101", "X-Backend: tomcat")
	f.expect(t, exchange{name: "a socket without TLS by the same port", url: "ws://localhost:{https}/webroot/socket", frames: []string{"close 1000"}},
		"status 101", "X-Backend: tomcat")
	f.expect(t, exchange{name: "the charts' socket", url: "wss://localhost:{socket}/socket.io/", frames: conversation},
		"status 101", "X-Backend: charts", `frame: close 1000 "bye"`)
	f.expect(t, exchange{name: "a preflight", url: "https://localhost:{https}/", method: "OPTIONS", headers: []string{
		"Origin: https://portal.localhost:8443", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-requested-with",
	}}, "status 204", "Access-Control-Allow-Origin: https://portal.localhost:8443")
	t.Run("Firefox opens the socket on the other port without an exception", func(t *testing.T) {
		page := f.browse(t, browsertest.Firefox())
		if err := page.Open(f.fill("https://reports.localhost:{https}/?header=Content-Type:%20text/html")); err != nil {
			t.Fatal(err)
		}
		if said := openSocket(page, f.fill("wss://reports.localhost:{socket}/socket.io/")); said != "opened" {
			t.Errorf("the socket says %s", said)
		}
	})
}

func TestTheShownFilesOfTheProxies(t *testing.T) {
	t.Parallel()
	for folder, at := range map[string]struct {
		listen, to string
		hosts      []string // in one certificate
	}{
		"troubleshooting": {"127.0.0.1:8443", "127.0.0.1:19808", []string{"your.domain.test", "localhost", "127.0.0.1"}},
		"proxy":           {"127.0.0.1:5555", "127.0.0.1:5438", []string{"cjywss.localhost", "localhost", "127.0.0.1"}},
	} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			f := serveShown(t, folder, map[string]string{at.listen: "wss"}, map[string]string{at.to: address(startBackend(t, folder))})
			want := []string{"status 101", "X-Backend: " + folder, `frame: close 1000 "bye"`}
			for _, host := range at.hosts {
				f.expect(t, exchange{name: "wss by " + host, url: "wss://" + host + ":{wss}/any/path", frames: conversation}, want...)
				f.expect(t, exchange{name: "ws by " + host, url: "ws://" + host + ":{wss}/", frames: conversation}, want...)
			}
		})
	}
}
