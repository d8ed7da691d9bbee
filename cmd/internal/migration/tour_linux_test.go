package migration

import (
	"slices"
	"testing"
)

// TestATourOfNginx compares what single directives mean: nginx is the judge.
func TestATourOfNginx(t *testing.T) {
	t.Parallel()
	s := &site{t: t, folder: "tour", shared: map[string]string{"backend": address(startBackend(t, "backend"))}, roles: []string{"http", "https"}, env: []string{"TOUR_TEST_PASSWORD=secret"}}
	nginx, culvert := s.nginx(), s.culvert()
	const to = "https://tour.test:{https}"
	exchanges := slices.Concat([]exchange{
		{name: "return 301 to https", url: "http://tour.test:{http}/a/b?c=d"},
		{name: "return 301 of another name", url: "http://www.tour.test:{http}/"},

		{name: "the index of the root", url: to + "/"},
		{name: "a file of the root", url: to + "/files/style.css"},
		{name: "HEAD of a file", url: to + "/files/style.css", method: "HEAD"},
		{name: "a range of a file", url: to + "/files/style.css", headers: []string{"Range: bytes=5-9"}},
		{name: "POST to a file", url: to + "/files/style.css", method: "POST"},
		{name: "a folder without its slash", url: to + "/app"},
		{name: "a folder without an index", url: to + "/files/"},
		{name: "a file that is not there", url: to + "/files/none.css"},
		{name: "a hidden file", url: to + "/files/.hidden"},
		{name: "try_files finds a file", url: to + "/app/app.js"},
		{name: "try_files falls back on the application", url: to + "/app/deep/link"},
		{name: "try_files with =404 finds", url: to + "/strict/here.txt"},
		{name: "try_files with =404 does not find", url: to + "/strict/gone.txt"},

		{name: "proxy_pass without a path", url: to + "/plain/a%20b?c=d%2Fe"},
		{name: "proxy_pass with /", url: to + "/stripped/a/b"},
		{name: "proxy_pass with a path", url: to + "/moved/a/b"},
		{name: "proxy_pass with a path and without slashes", url: to + "/glued/a"},
		{name: "glued together", url: to + "/gluedup"},
		{name: "an exact location", url: to + "/exact"},
		{name: "below an exact location", url: to + "/exact/below"},
		{name: "a location before expressions", url: to + "/first/a.cgi"},
		{name: "a regular expression", url: to + "/run/a.cgi"},
		{name: "the upstream's own name as Host", url: to + "/upstreams-name/"},
		{name: "a literal Host and a header", url: to + "/own-name/"},
		{name: "by the other name", url: "https://www.tour.test:{https}/plain/"},
		{name: "a body", url: to + "/plain/", method: "PUT", body: "hello"},
		{name: "forwarded before", url: to + "/plain/", headers: []string{"X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: ftp"}},

		{name: "return 301 of a location", url: to + "/old/page"},
		{name: "return 302 to a URL", url: to + "/docs"},
		{name: "rewrite to another site", url: to + "/gone/a?b=c"},

		{name: "deny all", url: to + "/nobody/"},
		{name: "allow this machine", url: to + "/loopback/"},
		{name: "deny this machine", url: to + "/others/"},
		{name: "no password", url: to + "/secret/"},
		{name: "a wrong password", url: to + "/secret/", headers: []string{"Authorization: Basic ZGV2Ondyb25n"}},
		{name: "the password", url: to + "/secret/", headers: []string{"Authorization: Basic ZGV2OnNlY3JldA=="}},

		{name: "CORS from the origin", url: to + "/cors/", headers: []string{"Origin: https://page.test"}},
		{name: "CORS from another origin", url: to + "/cors/", headers: []string{"Origin: https://other.test"}},
		{name: "a preflight", url: to + "/cors/", method: "OPTIONS", headers: []string{
			"Origin: https://page.test", "Access-Control-Request-Method: DELETE", "Access-Control-Request-Headers: x-requested-with",
		}},
		{name: "a page that asks for no upgrade where sockets are carried", url: to + "/ws"},
	}, sessions("wss://tour.test:{https}/ws"))
	compare(t, nginx, culvert, exchanges, []difference{ownServer})
}
