package migration

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestATourOfNginx compares what single directives mean: nginx is the judge.
func TestATourOfNginx(t *testing.T) {
	t.Parallel()
	shared := map[string]string{"backend": address(startBackend(t, "backend"))}
	s := &site{t: t, folder: "tour", shared: shared, roles: []string{"http", "https"}, env: []string{"TOUR_TEST_PASSWORD=secret"}}
	nginx, culvert := s.nginx(), s.culvert()
	const to = "https://tour.test:{https}"
	exchanges := slices.Concat([]exchange{
		{name: "return 301 to https", url: "http://tour.test:{http}/a/b?c=d", differs: moved},
		{name: "return 301 of another name", url: "http://www.tour.test:{http}/", differs: moved},

		{name: "the index of the root", url: to + "/", differs: []difference{fresh, encoded}},
		{name: "a file of the root", url: to + "/files/style.css", differs: []difference{fresh, css}},
		{name: "HEAD of a file", url: to + "/files/style.css", method: "HEAD", differs: []difference{fresh, css}},
		{name: "a range of a file", url: to + "/files/style.css", headers: []string{"Range: bytes=5-9"}, differs: []difference{fresh, css, {
			culvert: []string{"Accept-Ranges: bytes"}, why: "a part of a file is a file of which parts are had",
		}}},
		{name: "POST to a file", url: to + "/files/style.css", method: "POST", differs: []difference{ownPage("405 Not Allowed"), uncached, {
			culvert: []string{"Allow: GET, HEAD"}, why: "RFC 9110 §15.5.6 wants it of a 405",
		}}},
		{name: "a folder without its slash", url: to + "/app", differs: []difference{redirected("301 Moved Permanently"), fresh, here("/app/")}},
		{name: "a folder without an index", url: to + "/files/", differs: []difference{ownPage("403 Forbidden"), uncached, {
			nginx: []string{"status 403"}, culvert: []string{"status 404"}, why: "both list nothing; a 403 tells that the folder is there",
		}}},
		{name: "a file that is not there", url: to + "/files/none.css", differs: notFound},
		{name: "a hidden file", url: to + "/files/.hidden", differs: []difference{{
			nginx:   []string{"status 200", "Accept-Ranges: bytes", "Content-Type: application/octet-stream", "Etag: …", "Last-Modified: …", "backend: Do not look"},
			culvert: noFile("/files/.hidden"),
			why:     ".git and .env lie in many a root and are for nobody",
		}, uncached}},
		{name: "try_files finds a file", url: to + "/app/app.js", differs: []difference{fresh, {
			nginx:   []string{"Content-Type: application/javascript"},
			culvert: []string{"Content-Type: text/javascript; charset=utf-8"},
			why:     "text/javascript is the type since RFC 9239",
		}}},
		{
			name: "try_files falls back on the application", url: to + "/app/deep/link",
			headers: []string{"Accept: text/html,*/*;q=0.8"}, differs: []difference{fresh, encoded, negotiated},
		},
		{name: "try_files falls back for a script that is not there", url: to + "/app/gone.js", headers: []string{"Accept: */*"}, differs: []difference{{
			nginx:   []string{"status 200", "Accept-Ranges: bytes", "Content-Type: text/html", "Etag: …", "Last-Modified: …", "backend: <h1>The application</h1>"},
			culvert: noFile("/app/gone.js"),
			why:     "a page in the place of a script is a syntax error in its first line",
		}, uncached, negotiated}},
		{name: "try_files with =404 finds", url: to + "/strict/here.txt", differs: []difference{fresh, {
			nginx: []string{"Content-Type: text/plain"}, culvert: []string{"Content-Type: text/plain; charset=utf-8"}, why: encoded.why,
		}}},
		{name: "try_files with =404 does not find", url: to + "/strict/gone.txt", differs: notFound},

		{name: "proxy_pass without a path", url: to + "/plain/a%20b?c=d%2Fe"},
		{name: "proxy_pass with /", url: to + "/stripped/a/b"},
		{name: "proxy_pass with a path", url: to + "/moved/a/b"},
		{name: "proxy_pass with a path and without slashes", url: to + "/glued/a"},
		{name: "what only begins like the location", url: to + "/gluedup", differs: []difference{{
			nginx: []string{"backend: GET /v2up"}, culvert: []string{"backend: GET /v2/up"}, why: "a path's parts are not glued into one",
		}}},
		{name: "an exact location", url: to + "/exact"},
		{name: "below an exact location", url: to + "/exact/below", differs: notFound},
		{name: "a location before expressions", url: to + "/first/a.cgi"},
		{name: "a regular expression", url: to + "/run/a.cgi", differs: []difference{{
			nginx: []string{
				"status 200", "Content-Type: text/plain", "X-Backend: backend", "backend: GET /run/a.cgi", "backend: HTTP/1.1",
				"backend: Host: tour.test:{https}", "backend: User-Agent: proof", "backend: X-Forwarded-For: 127.0.0.1",
				"backend: X-Forwarded-Host: tour.test:{https}", "backend: X-Forwarded-Proto: https", "backend: X-Real-Ip: 127.0.0.1",
			},
			culvert: noFile("/run/a.cgi"),
			why:     "a route is a path and no expression; the import says so",
		}, uncached}},
		{name: "the upstream's own name as Host", url: to + "/upstreams-name/"},
		{name: "a literal Host and a header", url: to + "/own-name/"},
		{name: "by the other name", url: "https://www.tour.test:{https}/plain/"},
		{name: "a body", url: to + "/plain/", method: "PUT", body: "hello"},
		{name: "a body of 2 MB", url: to + "/plain/", method: "POST", body: strings.Repeat("x", 2<<20), differs: []difference{{
			nginx: []string{"status 413", "Content-Type: text/html", "nginx's page: 413 Request Entity Too Large"},
			culvert: []string{
				"status 200", "Content-Type: text/plain", "X-Backend: backend", "backend: POST /plain/", "backend: HTTP/1.1",
				"backend: Host: tour.test:{https}", "backend: Content-Length: 2097152", "backend: User-Agent: proof", "backend: X-Real-Ip: 127.0.0.1",
				"backend: X-Forwarded-For: 127.0.0.1", "backend: X-Forwarded-Host: tour.test:{https}", "backend: X-Forwarded-Proto: https", "backend: 2097152 bytes",
			},
			why: "client_max_body_size is 1 MB unless it is set; how long an upload may be is the backend's to say",
		}}},
		{name: "forwarded before", url: to + "/plain/", headers: []string{"X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: ftp"}},

		{name: "return 301 of a location", url: to + "/old/page", differs: []difference{redirected("301 Moved Permanently"), here("/new/")}},
		{name: "return 302 to a URL", url: to + "/docs", differs: []difference{redirected("302 Found")}},
		{name: "rewrite to another site", url: to + "/gone/a?b=c", differs: moved},

		{name: "deny all", url: to + "/nobody/", differs: []difference{ownPage("403 Forbidden")}},
		{name: "allow this machine", url: to + "/loopback/"},
		{name: "deny this machine", url: to + "/others/", differs: []difference{ownPage("403 Forbidden")}},
		{name: "no password", url: to + "/secret/", differs: []difference{ownPage("401 Authorization Required"), realm}},
		{
			name: "a wrong password", url: to + "/secret/", headers: []string{"Authorization: Basic ZGV2Ondyb25n"},
			differs: []difference{ownPage("401 Authorization Required"), realm},
		},
		{name: "the password", url: to + "/secret/", headers: []string{"Authorization: Basic ZGV2OnNlY3JldA=="}, differs: []difference{{
			nginx: []string{"backend: Authorization: Basic ZGV2OnNlY3JldA=="}, why: "the password is for the tunnel, and the backend is not told it",
		}}},

		{name: "CORS from the origin", url: to + "/cors/", headers: []string{"Origin: https://page.test"}, differs: []difference{cors}},
		{name: "CORS from another origin", url: to + "/cors/", headers: []string{"Origin: https://other.test"}, differs: []difference{cors}},
		{name: "a preflight", url: to + "/cors/", method: "OPTIONS", headers: []string{
			"Origin: https://page.test", "Access-Control-Request-Method: DELETE", "Access-Control-Request-Headers: x-requested-with",
		}, differs: []difference{cors}},
		{name: "a page that asks for no upgrade where sockets are carried", url: to + "/ws", differs: []difference{kept}},
	}, sessions("wss://tour.test:{https}/ws"))
	compare(t, nginx, culvert, exchanges, slices.Concat([]difference{ownServer, spelling, kept}, forwarded))
	culvert.said(t, `location ~ \.cgi$`, "[cors] is in the file as a comment", "auth_basic Members", "which browsers do not remember",
		"a name that begins with a dot", "fallback answers who asks for a page")
}

// The differences of the tour alone.
var (
	moved    = []difference{redirected("301 Moved Permanently")}
	notFound = []difference{ownPage("404 Not Found"), uncached}
	css      = difference{nginx: []string{"Content-Type: text/css"}, culvert: []string{"Content-Type: text/css; charset=utf-8"}, why: encoded.why}

	negotiated = difference{culvert: []string{"Vary: Accept"}, why: "who asks for a page gets the application, who asks for something else gets a 404"}
	realm      = difference{
		nginx:   []string{`Www-Authenticate: Basic realm="Members"`},
		culvert: []string{`Www-Authenticate: Basic realm="tour.test", charset="UTF-8"`},
		why:     "the realm is the project's name; a password may have letters beyond ASCII (RFC 7617 §2.1)",
	}
	cors = difference{
		nginx: []string{
			"Access-Control-Allow-Headers: X-Requested-With", "Access-Control-Allow-Methods: GET, POST, DELETE", "Access-Control-Allow-Origin: https://page.test",
		},
		why: "[cors] is for a whole project, and nginx's for one location: the import leaves it to the user, as a comment",
	}
)

// noFile is what Culvert says where it serves no file.
func noFile(path string) []string {
	return []string{
		"status 404", "Content-Type: text/plain; charset=utf-8", "X-Content-Type-Options: nosniff",
		"Culvert's words: there is no file for " + strconv.Quote(path) + "…",
	}
}

// here is a redirect within the server: nginx makes a URL of the path.
func here(path string) difference {
	return difference{
		nginx:   []string{"Location: https://tour.test:{https}" + path},
		culvert: []string{"Location: " + path},
		why:     "a path is right by whatever name and port the browser came (RFC 9110 §10.2.2)",
	}
}
