package tunnel

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/capture"
)

// folderOf writes files, "path: content", below a new folder, beside which lies a file "outside".
func folderOf(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range append(files, "../outside: secret") {
		name, content, _ := strings.Cut(f, ": ")
		name = filepath.Join(dir, "root", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "root"), 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "root")
}

func TestFilesAreServed(t *testing.T) {
	root := folderOf(t, "index.html: <p>home", "app.js: let a", "mod.mjs: export {}", "a.wasm: \x00asm", "site.webmanifest: {}",
		"style.css: a{}", "data.json: {}", "logo.SVG: <svg/>", "README: plain words", "page: <html><script>", "blob.bin2: \x00\x01\x02",
		"docs/index.html: <p>docs", "docs/a b+c.txt: spaced", "empty/file.txt: x", ".env: PASSWORD=1", ".git/config: [core]",
		"docs/.hidden/x.txt: x", ".well-known/security.txt: Contact", "zero.txt: ", "code.ts: let a: number")
	p := newSite(t, Config{}, "[[route]]\nroot = %q\n", root)
	for _, test := range []struct {
		path   string
		status int
		want   string // body, or Location; part of the words where it is refused
		kind   string // content type
	}{
		{"/", 200, "<p>home", "text/html; charset=utf-8"},
		{"/index.html", 200, "<p>home", "text/html; charset=utf-8"},
		{"/app.js", 200, "let a", "text/javascript; charset=utf-8"},
		{"/app.js?v=1", 200, "let a", "text/javascript; charset=utf-8"},
		{"/mod.mjs", 200, "export {}", "text/javascript; charset=utf-8"},
		{"/a.wasm", 200, "\x00asm", "application/wasm"},
		{"/site.webmanifest", 200, "{}", "application/manifest+json"},
		{"/style.css", 200, "a{}", "text/css; charset=utf-8"},
		{"/data.json", 200, "{}", "application/json"},
		{"/logo.SVG", 200, "<svg/>", "image/svg+xml"},
		{"/README", 200, "plain words", "text/plain; charset=utf-8"},
		{"/code.ts", 200, "let a: number", "text/plain; charset=utf-8"},
		{"/page", 200, "<html><script>", "application/octet-stream"}, // a page by its looks alone does not run
		{"/blob.bin2", 200, "\x00\x01\x02", "application/octet-stream"},
		{"/zero.txt", 200, "", "text/plain; charset=utf-8"},
		{"/docs/", 200, "<p>docs", "text/html; charset=utf-8"},
		{"/docs/a%20b+c.txt", 200, "spaced", "text/plain; charset=utf-8"},
		{"/docs%2fa%20b+c.txt", 200, "spaced", "text/plain; charset=utf-8"},
		{"//docs//a%20b+c.txt", 200, "spaced", "text/plain; charset=utf-8"},
		{"/.well-known/security.txt", 200, "Contact", "text/plain; charset=utf-8"},
		{"/docs", 307, "/docs/", ""},
		{"/docs?q=1&x=%zz", 307, "/docs/?q=1&x=%zz", ""},
		{"//docs", 307, "/docs/", ""},
		{"/x/../docs", 307, "/docs/", ""},
		{"/nothing", 404, `there is no file for "/nothing" below the root of route /`, ""},
		{"/index.html/", 404, "there is no file", ""},
		{"/index.html/x", 404, "there is no file", ""},
		{"/empty/", 404, "has no index.html, and folders are not listed", ""},
		{"/empty", 404, "has no index.html, and folders are not listed", ""},
		{"/.env", 404, "there is no file", ""},
		{"/%2eenv", 404, "there is no file", ""},
		{"/.git/config", 404, "there is no file", ""},
		{"/docs/.hidden/x.txt", 404, "there is no file", ""},
		{"/docs/.well-known/x", 404, "there is no file", ""},
		{"/../outside", 404, "there is no file", ""},
		{"/docs/../../outside", 404, "there is no file", ""},
		{"/%2e%2e/outside", 404, "there is no file", ""},
		{"/..%2foutside", 404, "there is no file", ""},
		{"/%2e%2e%2foutside", 404, "there is no file", ""},
		{"/..%5coutside", 404, "there is no file", ""},
		{"/docs%5c..%5c..%5coutside", 404, "there is no file", ""},
		{"/app.js%00.html", 404, "there is no file", ""},
		{"/" + strings.Repeat("x", 5000), 404, "there is no file", ""},
	} {
		t.Run(test.path[:min(len(test.path), 40)], func(t *testing.T) {
			resp, body := p.raw(t, "GET "+test.path+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
			got := body
			if test.status == 307 {
				got = resp.Header.Get("Location")
			}
			if resp.StatusCode != test.status || test.status != 404 && got != test.want || !strings.Contains(got, test.want) || strings.Contains(body, "secret") {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, got, test.status, test.want)
			}
			if kind := resp.Header.Get("Content-Type"); test.kind != "" && kind != test.kind {
				t.Errorf("it is %q, want %q", kind, test.kind)
			}
			if resp.Header.Get("X-Content-Type-Options") != "nosniff" || resp.Header.Get("Cache-Control") != "no-cache" {
				t.Errorf("the headers are %v", resp.Header)
			}
		})
	}
}

func TestAFileIsAskedForAgainAndInParts(t *testing.T) {
	root := folderOf(t, "a.txt: 0123456789")
	p := newSite(t, Config{}, "[[route]]\nroot = %q\n", root)
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		from := p.next(t)
		whole, body := p.ask(t, c, "GET", "/a.txt")
		tag, date := whole.Header.Get("Etag"), whole.Header.Get("Last-Modified")
		if body != "0123456789" || tag == "" || date == "" || whole.Header.Get("Accept-Ranges") != "bytes" || whole.ContentLength != 10 {
			t.Fatalf("%q, %v", body, whole.Header)
		}
		if x := p.exchange(t, from); x.Status != 200 || x.ResponseBytes != 10 || x.Upstream != root || x.Err != "" {
			t.Errorf("on record: %+v", x)
		}
		for _, test := range []struct {
			name, method, line string
			status             int
			body               string
		}{
			{"the same tag", "GET", "If-None-Match: " + tag, 304, ""},
			{"one of several tags", "GET", `If-None-Match: "x", W/` + tag, 304, ""},
			{"another tag", "GET", `If-None-Match: "x"`, 200, "0123456789"},
			{"the same date", "GET", "If-Modified-Since: " + date, 304, ""},
			{"an older date", "GET", "If-Modified-Since: Thu, 01 Jan 1998 00:00:00 GMT", 200, "0123456789"},
			{"a range", "GET", "Range: bytes=2-4", 206, "234"},
			{"the end", "GET", "Range: bytes=-3", 206, "789"},
			{"a range that is none", "GET", "Range: bytes=20-", 416, ""},
			{"another state before", "GET", `If-Match: "x"`, 412, ""},
			{"the head", "HEAD", "X: y", 200, ""},
		} {
			resp, body := p.ask(t, c, test.method, "/a.txt", test.line)
			if resp.StatusCode != test.status || test.status != 416 && body != test.body {
				t.Errorf("%s: %d %q, want %d %q", test.name, resp.StatusCode, body, test.status, test.body)
			}
			if test.status < 400 && resp.Header.Get("Etag") != tag {
				t.Errorf("%s: the tag is %s", test.name, resp.Header.Get("Etag"))
			}
		}
		if resp, body := p.ask(t, c, "GET", "/a.txt", "Range: bytes=0-0,9-9"); resp.StatusCode != 206 || !strings.Contains(body, "bytes 9-9/10") {
			t.Errorf("two ranges: %d %q", resp.StatusCode, body)
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
			if resp, body := p.ask(t, c, method, "/a.txt"); resp.StatusCode != 405 || resp.Header.Get("Allow") != "GET, HEAD" || !strings.Contains(body, method) {
				t.Errorf("%s: %d %q", method, resp.StatusCode, body)
			}
		}
	})
}

func TestAChangedFileIsAnother(t *testing.T) {
	root := folderOf(t, "a.txt: before")
	p := newSite(t, Config{}, "[[route]]\nroot = %q\n", root)
	c := p.client["HTTP/1.1"]
	before, _ := p.ask(t, c, "GET", "/a.txt")
	name := filepath.Join(root, "a.txt")
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("after!"), 0o644); err != nil { // as long, and in the same second
		t.Fatal(err)
	}
	if err := os.Chtimes(name, time.Time{}, info.ModTime().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if resp, body := p.ask(t, c, "GET", "/a.txt", "If-None-Match: "+before.Header.Get("Etag")); resp.StatusCode != 200 || body != "after!" {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
	if err := os.RemoveAll(root); err != nil { // a build replaces the folder
		t.Fatal(err)
	}
	resp, body := p.ask(t, c, "GET", "/a.txt")
	if resp.StatusCode != 404 || !strings.Contains(body, "the root of route / is not there: "+root) {
		t.Errorf("without the folder: %d %q", resp.StatusCode, body)
	}
	if s := p.house.status(t, "app"); s.State != On {
		t.Errorf("the project is %+v", s)
	}
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, body := p.ask(t, c, "GET", "/a.txt"); body != "new" {
		t.Errorf("from the new folder: %q", body)
	}
}

func TestADownloadThatIsGivenUpIsOnRecord(t *testing.T) {
	root := folderOf(t, "large.bin: ")
	if err := os.Truncate(filepath.Join(root, "large.bin"), 1<<32); err != nil {
		t.Skip(err)
	}
	p := newSite(t, Config{}, "[[route]]\nroot = %q\n", root)
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		for what, end := range map[string]func(body io.Closer){
			"the client went away":              func(body io.Closer) { body.Close() },
			"project app is being switched off": func(io.Closer) { p.house.engine.Off("app") }, //nolint:errcheck // it is on
		} {
			p.house.on(t, "name = \"app\"\nlisten = [%q]\n[[route]]\nroot = %q\n", strings.Replace(strings.TrimPrefix(p.url, "https://"), "localhost", "127.0.0.1", 1), root)
			c.CloseIdleConnections() // those of the project as it was before are closed, which the client may not have seen
			from := p.next(t)
			resp, err := c.Get(p.url + "/large.bin")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.CopyN(io.Discard, resp.Body, 1<<16); err != nil {
				t.Fatal(err)
			}
			end(resp.Body)
			if x := p.exchange(t, from); x.Err != what || x.Status != 200 {
				t.Errorf("on record: %+v, want %q", x, what)
			}
			resp.Body.Close()
		}
	})
}

func TestARootThatIsAFileIsSaid(t *testing.T) {
	p := newSite(t, Config{}, "[[route]]\nroot = %q\n", filepath.Join(folderOf(t, "a.txt: x"), "a.txt"))
	from := p.next(t)
	if resp, body := p.ask(t, p.client["HTTP/2.0"], "GET", "/"); resp.StatusCode != 500 || !strings.Contains(body, "a.txt: not a directory (correct root") {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
	if x := p.exchange(t, from); !strings.Contains(x.Err, "not a directory") {
		t.Errorf("on record: %+v", x)
	}
}

func TestLinksStayWithinTheFolder(t *testing.T) {
	root := folderOf(t, "real/a.txt: within", "secret.txt: s")
	for link, to := range map[string]string{
		"near.txt": "real/a.txt", "near": "real", "out.txt": "../outside", "out": "..", "absolute.txt": filepath.Join(root, "..", "outside"),
		"chain": "out", "loop": "loop",
	} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Skip(err)
		}
	}
	p := newSite(t, Config{}, "[[route]]\nroot = %q\nfallback = \"real/a.txt\"\n", root)
	for path, want := range map[string]int{
		"/near.txt": 200, "/near/a.txt": 200, "/out.txt": 404, "/out/outside": 404, "/absolute.txt": 404, "/chain/outside": 404, "/loop": 404,
	} {
		from := p.next(t)
		resp, body := p.ask(t, p.client["HTTP/1.1"], "GET", path, "Accept: text/html")
		if resp.StatusCode != want || want == 200 && body != "within" || want == 404 && !strings.HasPrefix(body, "culvert: there is no file") {
			t.Errorf("%s: %d %q, want %d", path, resp.StatusCode, body, want)
		}
		if x := p.exchange(t, from); want == 404 && path != "/loop" && !strings.Contains(x.Err, "escapes") {
			t.Errorf("%s on record: %+v", path, x)
		}
	}
}

func TestWhatIsNoFileIsNotOpened(t *testing.T) {
	root := folderOf(t, "a.txt: x", "closed.txt: x")
	makePipe(t, filepath.Join(root, "pipe"))
	if err := os.Chmod(filepath.Join(root, "closed.txt"), 0); err != nil {
		t.Fatal(err)
	}
	p := newSite(t, Config{}, "[[route]]\nroot = %q\n", root)
	if resp, body := p.ask(t, p.client["HTTP/1.1"], "GET", "/pipe"); resp.StatusCode != 404 {
		t.Errorf("a pipe: %d %q", resp.StatusCode, body)
	}
	if _, err := os.Open(filepath.Join(root, "closed.txt")); err == nil {
		return // root may read it
	}
	if resp, body := p.ask(t, p.client["HTTP/1.1"], "GET", "/closed.txt"); resp.StatusCode != 403 || !strings.Contains(body, "may not be read") {
		t.Errorf("a file that may not be read: %d %q", resp.StatusCode, body)
	}
}

func TestTheFallbackAnswersPagesAlone(t *testing.T) {
	root := folderOf(t, "index.html: <p>home", "app.js: let a", "assets/x.js: x")
	p := newSite(t, Config{}, "[[route]]\nroot = %q\nfallback = \"index.html\"\n"+
		"[[route]]\npath = \"/lost\"\nroot = %q\nfallback = \"gone.html\"\n", root, root)
	const page = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		for _, test := range []struct {
			method, path, line string
			status             int
			body               string
		}{
			{"GET", "/chat/room/7", page, 200, "<p>home"},
			{"GET", "/user/john.doe", page, 200, "<p>home"},
			{"GET", "/assets/", page, 200, "<p>home"}, // a folder without an index
			{"HEAD", "/chat/room/7", page, 200, ""},
			{"GET", "/app.js", page, 200, "let a"},
			{"GET", "/old-chunk.js", "Accept: */*", 404, "there is no file"}, // a script
			{"GET", "/api/things", "Accept: application/json", 404, "there is no file"},
			{"GET", "/pixel.png", "Accept: image/avif,image/webp,*/*;q=0.8", 404, "there is no file"},
			{"GET", "/chat", "X: no Accept at all", 404, "there is no file"},
			{"GET", "/.env", page, 200, "<p>home"}, // its content is nobody's
			{"POST", "/chat", page, 405, "GET and HEAD"},
			{"GET", "/lost/x", page, 404, "the fallback of route /lost is not there: gone.html below " + root},
		} {
			resp, body := p.ask(t, c, test.method, test.path, test.line)
			if resp.StatusCode != test.status || !strings.Contains(body, test.body) {
				t.Errorf("%s %s with %s: %d %q, want %d %q", test.method, test.path, test.line, resp.StatusCode, body, test.status, test.body)
			}
			if test.body == "<p>home" && (resp.Header.Get("Content-Type") != "text/html; charset=utf-8" || resp.Header.Get("Vary") != "Accept") {
				t.Errorf("%s: the headers are %v", test.path, resp.Header)
			}
		}
	})
}

func TestThePathBelowRoot(t *testing.T) {
	root := folderOf(t, "index.html: top", "img/index.html: images", "img/a.png: whole", "a.png: stripped", "one.html: exact")
	for _, test := range []struct{ name, keys, path, want string }{
		{"the whole path, as nginx's root", `path = "/img"`, "/img/a.png", "whole"},
		{"without the route's, as nginx's alias", "path = \"/img\"\nstrip_prefix = true", "/img/a.png", "stripped"},
		{"without the route's, which ends in a slash", "path = \"/img/\"\nstrip_prefix = true", "/img/a.png", "stripped"},
		{"nothing is left", "path = \"/img\"\nstrip_prefix = true", "/img/", "top"},
		{"a folder", `path = "/img"`, "/img/", "images"},
		{"an exact file", "path = \"/one.html\"\nexact = true", "/one.html", "exact"},
		{"an exact folder, which has no slash", "path = \"/img\"\nexact = true", "/img", "images"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newSite(t, Config{}, "[[route]]\nroot = %q\n%s\n", root, test.keys)
			if resp, body := p.ask(t, p.client["HTTP/1.1"], "GET", test.path); resp.StatusCode != 200 || body != test.want {
				t.Errorf("%d %q, want %q", resp.StatusCode, body, test.want)
			}
		})
	}
}

func TestASocketToFilesIsRefusedInWords(t *testing.T) {
	p := newSite(t, Config{}, "[[route]]\nroot = %q\n", folderOf(t, "ws: x"))
	resp, body, info := p.house.refused(t, p.house.address(t, "app"), ask, nil, nil)
	if resp.StatusCode != 404 || !strings.Contains(body, "route / serves files, not sockets") {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
	if info.End.By != capture.Tunnel || info.End.Cause != capture.ByRefusal || !strings.Contains(info.End.Detail, "not sockets") {
		t.Errorf("on record: %s", info.Ending())
	}
	if s := p.house.status(t, "app"); s.Down != "" || !strings.HasSuffix(filepath.ToSlash(s.Routes[0].To), "/root") {
		t.Errorf("the status is %+v", s)
	}
}

func TestMediaTypesAreWellFormed(t *testing.T) {
	for ending, kind := range mediaTypes {
		if ending != strings.ToLower(ending) || !strings.HasPrefix(ending, ".") || strings.Count(kind, "/") != 1 {
			t.Errorf("%s is %q", ending, kind)
		}
		if text := strings.HasPrefix(kind, "text/"); text != strings.HasSuffix(kind, "; charset=utf-8") {
			t.Errorf("%s is %q", ending, kind)
		}
	}
}

func TestNoOtherNameLeadsToAHiddenFile(t *testing.T) {
	for _, test := range []struct {
		name                     string
		everywhere, underWindows bool
	}{
		{".git", true, true},
		{".well-known", true, true}, // let through by who asks
		{"a.js", false, false},
		{"a b", false, false},
		{"GIT~1", false, true},
		{"closed.", false, true},
		{"closed ", false, true},
		{"closed::$DATA", false, true},
	} {
		if got, on := hidden(test.name, false), hidden(test.name, true); got != test.everywhere || on != test.underWindows {
			t.Errorf("%q is hidden: %v, and on Windows %v", test.name, got, on)
		}
	}
}
