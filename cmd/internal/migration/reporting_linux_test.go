package migration

import (
	"bytes"
	"crypto/tls"
	"net"
	"path/filepath"
	"slices"
	"testing"

	"culvert/cmd/internal/tomcattest"
)

// reporting returns the site of a reporting platform, of whose two nodes one is down.
func reporting(t *testing.T, tomcat, charts string) *site {
	shared := map[string]string{"tomcat": tomcat, "dead": deadAddress(t), "charts": charts}
	return &site{t: t, folder: "reporting", shared: shared, roles: []string{"http", "https", "socket", "socket2"}}
}

// deadAddress is one that nobody listens on.
func deadAddress(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", freePort(t))
}

func TestAReportingPlatform(t *testing.T) {
	t.Parallel()
	s := reporting(t, address(startBackend(t, "tomcat")), address(startBackend(t, "charts")))
	nginx, culvert := s.nginx(), s.culvert()
	exchanges := slices.Concat(
		[]exchange{
			{name: "http goes to https", url: "http://localhost:{http}/webroot/decision?op=a", differs: []difference{redirected("301 Moved Permanently")}},
			{name: "a page", url: "https://localhost:{https}/webroot/decision"},
			{name: "a form", url: "https://localhost:{https}/webroot/decision/login", method: "POST", body: "user=a", headers: asForm},
			{name: "an error", url: "https://localhost:{https}/?status=404"},
			{name: "a redirect of Tomcat's", url: "https://localhost:{https}/?status=302&header=Location:%20http://localhost/login"},
			{name: "a question of another origin", url: "https://localhost:{https}/", headers: []string{"Origin: https://portal.test"}},
			{name: "a preflight", url: "https://localhost:{https}/", method: "OPTIONS", headers: []string{
				"Origin: https://portal.test", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: X-Requested-With",
			}},
			{
				name: "a socket on the port of the pages", url: "wss://localhost:{https}/webroot/socket", frames: []string{"text hello", "close 1000"},
				differs: []difference{{
					nginx: []string{"status 200", "Content-Type: text/plain"},
					culvert: append(slices.Clone(opened), "backend: Connection: Upgrade", "backend: Upgrade: websocket",
						`frame: text "hello"`, `frame: close 1000 ""`, "the end: closed"),
					why: noUpgrade,
				}},
			},
			{name: "http on the port of the socket", url: "http://localhost:{socket}/socket.io/?EIO=3", differs: []difference{plainOnTLSPort(
				"status 200", "Content-Type: text/plain", "X-Backend: charts", "backend: GET /socket.io/?EIO=3", "backend: HTTP/1.1",
				"backend: Host: WBS.com", "backend: User-Agent: proof",
			)}},
			{name: "polling on the port of the socket", url: "https://localhost:{socket}/socket.io/?EIO=3", differs: []difference{{
				nginx: []string{"backend: Connection: upgrade"}, why: unasked.why,
			}}},
			{name: "a socket on the second port of the service", url: "wss://localhost:{socket2}/socket.io/", frames: conversation},
		},
		sessions("wss://localhost:{socket}/socket.io/"),
		[]exchange{{name: "a node that is not ready", url: "https://localhost:{https}/?status=503", differs: []difference{{
			nginx: []string{"status 502", "Content-Type: text/html", "nginx's page: 502 Bad Gateway"},
			culvert: []string{
				"status 503", "Content-Type: text/plain", "X-Backend: tomcat", "backend: GET /?status=503", "backend: HTTP/1.1",
				"backend: Host: localhost:{https}", "backend: User-Agent: proof", "backend: X-Real-Ip: 127.0.0.1",
			},
			why: "with http_503 in proxy_next_upstream nginx looks for a better node, and throws the answer away where there is none",
		}}}, {name: "the request after it", url: "https://localhost:{https}/", differs: []difference{{
			nginx: []string{"status 502", "Content-Type: text/html", "nginx's page: 502 Bad Gateway"},
			culvert: []string{
				"status 200", "Content-Type: text/plain", "X-Backend: tomcat", "backend: GET /", "backend: HTTP/1.1",
				"backend: Host: localhost:{https}", "backend: User-Agent: proof", "backend: X-Real-Ip: 127.0.0.1",
			},
			why: "nginx asks no node for 10 s after its 503, be it the last; here one is tried before a client is turned away",
		}}}},
	)
	compare(t, nginx, culvert, exchanges, slices.Concat([]difference{
		ownServer, portOfHost("localhost", "https"), spelling, halfCORS,
	}, forwarded))
	culvert.said(t, "RC4, LOW, SSLv2, EXPORT", "without Access-Control-Allow-Origin browsers allow nothing", "proxy_next_upstream")
}

const noUpgrade = `proxy_set_header Connection "" takes the upgrade out of every request, and the socket gets a page`

// halfCORS is what the platform's configuration says to pages of other origins.
var halfCORS = difference{
	nginx: []string{"Access-Control-Allow-Headers: X-Requested-With", "Access-Control-Allow-Methods: GET,POST,OPTIONS"},
	why:   "without Access-Control-Allow-Origin they allow nothing; the import says so, and has [cors] as a comment",
}

func TestAReportingPlatformOnARealTomcat(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "JKS_PASSWORD=changeit")
	jks := filepath.Join(m.home, "tomcat.jks")
	m.must("cert", "--host", "localhost", "--format", "jks", "--alias", "tomcat", "--out", jks)
	ports := tomcattest.Start(t, filepath.Join(m.home, "tomcat"), tomcattest.Plain(),
		tomcattest.Secure(`certificateKeystoreFile="`+jks+`" certificateKeyAlias="tomcat"`))
	t.Run("that nginx does TLS for", func(t *testing.T) { tomcatBehindNginx(t, net.JoinHostPort("127.0.0.1", ports[0])) })
	t.Run("that does TLS itself", func(t *testing.T) { tomcatWithKeystore(t, m, ports[0], ports[1]) })
}

// tomcatBehindNginx compares what nginx and Culvert do for a Tomcat without TLS.
func tomcatBehindNginx(t *testing.T, tomcat string) {
	s := reporting(t, tomcat, tomcat)
	compare(t, s.nginx(), s.culvert(), []exchange{
		{name: "Tomcat knows that it was https", url: "https://localhost:{https}/report"},
		{name: "a form", url: "https://localhost:{https}/report/a%20b?c=d", method: "POST", body: "数据"},
		{name: "a page that is not there", url: "https://localhost:{https}/nowhere"},
		{name: "a socket on the port of its own", url: "wss://localhost:{socket}/echo", frames: pieces},
		{name: "a socket on the port of the pages", url: "wss://localhost:{https}/echo", frames: pieces, differs: []difference{{
			nginx: []string{"status 404", "Content-Language: en", "Content-Type: text/html;charset=utf-8", "backend: <!doctype html>…"},
			culvert: append(slices.Clone(opened), "backend: Tomcat says hello", `frame: text "Tomcat says in pieces"`,
				`frame: pong ""`, `frame: close 1000 "bye"`, "the end: closed"),
			why: noUpgrade,
		}}},
	}, []difference{ownServer, halfCORS})
}

// tomcatWithKeystore compares Tomcat's own TLS, by a keystore of culvert cert, with a tunnel that has the same keystore.
func tomcatWithKeystore(t *testing.T, m machine, plain, secure string) {
	tunnel := freePort(t)
	file := filepath.Join(m.home, "culvert.toml")
	write(t, file, `name   = "reports"
listen = ["127.0.0.1:`+tunnel+`"]

[certificate]
file  = "tomcat.jks"
alias = "tomcat"
password_env = "JKS_PASSWORD"

[[route]]
to = ["http://127.0.0.1:`+plain+`"]
set_headers = { "X-Forwarded-Port" = "`+tunnel+`" } # Tomcat takes 443 for the port of https
`)
	m.t = t
	m.run(file)
	direct := front{site: &site{}, ports: map[string]string{"https": secure}, tls: &tls.Config{RootCAs: m.roots()}}
	through := front{site: &site{}, ports: map[string]string{"https": tunnel}, tls: direct.tls}
	var shown [][]byte
	for _, f := range []front{direct, through} {
		conn, err := f.dial(t.Context(), f.fill("https://localhost:{https}/"))
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Raw)
		conn.Close()
	}
	if !bytes.Equal(shown[0], shown[1]) {
		t.Error("the tunnel shows another certificate than Tomcat")
	}
	compare(t, direct, through, []exchange{
		{name: "a page", url: "https://localhost:{https}/report/a?b=c"},
		{name: "a socket", url: "wss://localhost:{https}/echo", frames: pieces},
	}, nil)
}
