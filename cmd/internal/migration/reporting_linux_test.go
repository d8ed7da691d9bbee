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
	return &site{t: t, folder: "reporting", shared: map[string]string{"tomcat": tomcat, "dead": deadAddress(t), "charts": charts}, roles: []string{"http", "https", "socket", "socket2"}}
}

// deadAddress is one that nobody listens on: it was bound, and only to this.
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
			{name: "http goes to https", url: "http://localhost:{http}/webroot/decision?op=a"},
			{name: "a page", url: "https://localhost:{https}/webroot/decision"},
			{name: "a form", url: "https://localhost:{https}/webroot/decision/login", method: "POST", body: "user=a", headers: []string{"Content-Type: application/x-www-form-urlencoded"}},
			{name: "an error", url: "https://localhost:{https}/?status=404"},
			{name: "a redirect of Tomcat's", url: "https://localhost:{https}/?status=302&header=Location:%20http://localhost/login"},
			{name: "a question of another origin", url: "https://localhost:{https}/", headers: []string{"Origin: https://portal.test"}},
			{name: "a preflight", url: "https://localhost:{https}/", method: "OPTIONS", headers: []string{
				"Origin: https://portal.test", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: X-Requested-With",
			}},
			{name: "a node that fails", url: "https://localhost:{https}/?status=503"},
			{name: "a socket on the port of the pages", url: "wss://localhost:{https}/webroot/socket", frames: []string{"text hello", "close 1000"}},
			{name: "http on the port of the socket", url: "http://localhost:{socket}/socket.io/?EIO=3"},
			{name: "polling on the port of the socket", url: "https://localhost:{socket}/socket.io/?EIO=3"},
			{name: "a socket on the second port of the service", url: "wss://localhost:{socket2}/socket.io/", frames: conversation},
		},
		sessions("wss://localhost:{socket}/socket.io/"),
	)
	compare(t, nginx, culvert, exchanges, []difference{ownServer})
}

func TestAReportingPlatformOnARealTomcat(t *testing.T) {
	t.Parallel()
	ports := tomcattest.Start(t, filepath.Join(newMachine(t).home, "tomcat"), tomcattest.Plain())
	tomcat := net.JoinHostPort("127.0.0.1", ports[0])
	s := reporting(t, tomcat, tomcat)
	compare(t, s.nginx(), s.culvert(), []exchange{
		{name: "Tomcat knows that it was https", url: "https://localhost:{https}/report"},
		{name: "a form", url: "https://localhost:{https}/report/a%20b?c=d", method: "POST", body: "数据"},
		{name: "a page that is not there", url: "https://localhost:{https}/nowhere"},
		{name: "a socket on the port of its own", url: "wss://localhost:{socket}/echo", frames: pieces},
		{name: "a socket on the port of the pages", url: "wss://localhost:{https}/echo", frames: pieces},
	}, []difference{ownServer})
}

// pieces is what a conversation with a program has that answers messages and not frames.
var pieces = []string{"text hello", "text+ in ", "continuation pieces", "ping", "close 1000 bye"}

func TestTomcatAndATunnelInFrontOfItShowOneKeystoresCertificate(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	jks := filepath.Join(m.home, "tomcat.jks")
	m.must("cert", "--host", "localhost", "--format", "jks", "--alias", "tomcat", "--out", jks)
	ports := tomcattest.Start(t, filepath.Join(m.home, "tomcat"), tomcattest.Plain(),
		tomcattest.Secure(`certificateKeystoreFile="`+jks+`" certificateKeyAlias="tomcat"`))
	m.env = append(m.env, "JKS_PASSWORD=changeit")
	tunnel := freePort(t)
	file := filepath.Join(m.home, "culvert.toml")
	write(t, file, `name   = "reports"
listen = ["127.0.0.1:`+tunnel+`"]

[certificate]
file  = "tomcat.jks"
alias = "tomcat"
password_env = "JKS_PASSWORD"

[[route]]
to = ["http://127.0.0.1:`+ports[0]+`"]
set_headers = { "X-Forwarded-Port" = "`+tunnel+`" } # Tomcat takes 443 for the port of https
`)
	m.run(file)
	direct := front{site: &site{}, ports: map[string]string{"https": ports[1]}, tls: &tls.Config{RootCAs: m.roots()}}
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
