package tunnel

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// crossSite is a project whose backend has CORS headers of its own, which would contradict.
func crossSite(t *testing.T, cors string) (*pages, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "https://backend.example")
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Expose-Headers", "X-Total")
		h.Set("Vary", "Accept-Encoding")
		if r.URL.Path == "/hints" {
			h.Set("Link", "</a.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
		}
		io.WriteString(w, r.Method)
	}))
	t.Cleanup(s.Close)
	return newSite(t, Config{}, "%s\n[[route]]\nto = [%q]\n[[route]]\npath = \"/dead\"\nto = [\"http://127.0.0.1:1\"]\n"+
		"[[route]]\npath = \"/files\"\nroot = %q\n[[route]]\npath = \"/gone\"\nredirect = \"/\"\n", cors, s.URL, folderOf(t, "files/a.txt: file")), &asked
}

func TestPreflightsAreAnsweredHere(t *testing.T) {
	const named = "[cors]\norigins = [\"https://localhost:5173\", \"https://Shop.example:443\"]\nmethods = [\"PUT\"]\nheaders = [\"X-Requested-With\", \"Content-Type\"]\ncredentials = true\n"
	const anyone = "[cors]\norigins = [\"*\"]\nmethods = [\"*\"]\nheaders = [\"*\"]\n"
	for _, test := range []struct {
		name, cors, origin, method, headers string
		status                              int
		allowed                             string // Access-Control-Allow-Origin
		credentials                         string
		why                                 string // on record
	}{
		{"a named origin", named, "https://localhost:5173", "PUT", "content-type,x-requested-with", 204, "https://localhost:5173", "true", ""},
		{"its port is the scheme's", named, "https://shop.example", "PUT", "", 204, "https://shop.example", "true", ""},
		{"a method that needs no asking", named, "https://localhost:5173", "POST", "content-type", 204, "https://localhost:5173", "true", ""},
		{"another method", named, "https://localhost:5173", "DELETE", "", 204, "https://localhost:5173", "true", `the method "DELETE" (add it to methods`},
		{"a method in another case", named, "https://localhost:5173", "put", "", 204, "https://localhost:5173", "true", `the method "put"`},
		{"another header", named, "https://localhost:5173", "PUT", "content-type, x-other", 204, "https://localhost:5173", "true", `the header "x-other" (add it to headers`},
		{"another origin", named, "https://evil.example", "PUT", "", 403, "", "", "allows no pages of https://evil.example (add it to origins"},
		{"an origin that begins so", named, "https://localhost:51730", "PUT", "", 403, "", "", "allows no pages of"},
		{"another scheme", named, "http://localhost:5173", "PUT", "", 403, "", "", "allows no pages of"},
		{"no origin to name", named, "null", "PUT", "", 403, "", "", "allows no pages of null"},
		{"everyone", anyone, "https://evil.example", "DELETE", "x-any", 204, "*", "", ""},
		{"everyone, also null", anyone, "null", "PATCH", "", 204, "*", "", ""},
		{"everyone, but a wildcard holds no Authorization", anyone, "https://a.example", "GET", "authorization", 204, "*", "", `the header "authorization"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, asked := crossSite(t, test.cors)
			p.each(t, func(t *testing.T, c *http.Client, _ string) {
				from := p.next(t)
				lines := []string{"Origin: " + test.origin, "Access-Control-Request-Method: " + test.method, "Access-Control-Request-Private-Network: true"}
				if test.headers != "" {
					lines = append(lines, "Access-Control-Request-Headers: "+test.headers)
				}
				resp, body := p.ask(t, c, "OPTIONS", "/api", lines...)
				h := resp.Header
				if resp.StatusCode != test.status || h.Get("Access-Control-Allow-Origin") != test.allowed || h.Get("Access-Control-Allow-Credentials") != test.credentials {
					t.Errorf("%d %v", resp.StatusCode, h)
				}
				if test.status == 403 && !strings.Contains(body, test.why) {
					t.Errorf("the words are %q, want %q", body, test.why)
				}
				if got := h.Get("Access-Control-Allow-Methods"); test.allowed == "https://localhost:5173" && got != "PUT" {
					t.Errorf("the methods are %q", got)
				}
				if got := h.Get("Access-Control-Allow-Headers"); test.allowed == "https://localhost:5173" && got != "X-Requested-With, Content-Type" {
					t.Errorf("the headers are %q", got)
				}
				for _, name := range []string{"Access-Control-Max-Age", "Access-Control-Allow-Private-Network"} {
					if h.Get(name) != "" {
						t.Errorf("%s is %q", name, h.Get(name))
					}
				}
				if h.Get("Vary") != "Origin, Access-Control-Request-Method, Access-Control-Request-Headers" {
					t.Errorf("it varies with %q", h["Vary"])
				}
				if x := p.exchange(t, from); x.Status != test.status || !strings.Contains(x.Err, test.why) || (x.Err == "") != (test.why == "") {
					t.Errorf("on record: %+v, want %q", x, test.why)
				}
			})
			if asked.Load() != 0 {
				t.Error("the backend was asked")
			}
		})
	}
}

func TestAnswersToOtherOriginsHaveOneSetOfHeaders(t *testing.T) {
	p, _ := crossSite(t, "[cors]\norigins = [\"https://localhost:5173\"]\ncredentials = true\n")
	own := p.url
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		for _, test := range []struct {
			name, path, origin string
			status             int
			allowed            string
			exposed            string
		}{
			{"a backend's answer", "/", "https://localhost:5173", 200, "https://localhost:5173", "X-Total"},
			{"an answer after early hints", "/hints", "https://localhost:5173", 200, "https://localhost:5173", "X-Total"},
			{"for another origin", "/", "https://evil.example", 200, "", ""},
			{"a dead backend", "/dead", "https://localhost:5173", 502, "https://localhost:5173", ""},
			{"a file", "/files/a.txt", "https://localhost:5173", 200, "https://localhost:5173", ""},
			{"no file", "/files/b.txt", "https://localhost:5173", 404, "https://localhost:5173", ""},
			{"a redirect", "/gone", "https://localhost:5173", 307, "https://localhost:5173", ""},
			{"from no page", "/", "", 200, "https://backend.example", "X-Total"},
			{"from its own page", "/", own, 200, "https://backend.example", "X-Total"},
			{"from its own page, of no origin's file", "/files/a.txt", own, 200, "", ""},
		} {
			resp, body := p.ask(t, c, "GET", test.path, "Origin: "+test.origin)
			if test.origin == "" {
				resp, body = p.ask(t, c, "GET", test.path)
			}
			got := resp.Header["Access-Control-Allow-Origin"]
			if resp.StatusCode != test.status || len(got) > 1 || strings.Join(got, "") != test.allowed || resp.Header.Get("Access-Control-Expose-Headers") != test.exposed {
				t.Errorf("%s: %d %q %v", test.name, resp.StatusCode, body, resp.Header)
			}
			if credentials := len(resp.Header["Access-Control-Allow-Credentials"]); (credentials == 1) != (test.allowed != "") {
				t.Errorf("%s: %v", test.name, resp.Header)
			}
			if !varies(resp.Header, "Origin") || test.path == "/" && !varies(resp.Header, "Accept-Encoding") {
				t.Errorf("%s: it varies with %q", test.name, resp.Header["Vary"])
			}
		}
	})
}

func TestOptionsThatAreNoPreflightReachTheBackend(t *testing.T) {
	p, asked := crossSite(t, "[cors]\norigins = [\"*\"]\n")
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		for _, lines := range [][]string{
			{"Origin: https://a.example"}, {"Access-Control-Request-Method: PUT"}, {"Origin: " + p.url, "Access-Control-Request-Method: PUT"},
		} {
			before := asked.Load()
			if resp, body := p.ask(t, c, "OPTIONS", "/", lines...); resp.StatusCode != 200 || body != "OPTIONS" || asked.Load() != before+1 {
				t.Errorf("%v: %d %q", lines, resp.StatusCode, body)
			}
		}
	})
}

func TestWithoutCORSItIsTheBackends(t *testing.T) {
	p, asked := crossSite(t, "")
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		before := asked.Load()
		resp, body := p.ask(t, c, "OPTIONS", "/", "Origin: https://a.example", "Access-Control-Request-Method: PUT")
		if body != "OPTIONS" || resp.Header.Get("Access-Control-Allow-Origin") != "https://backend.example" || varies(resp.Header, "Origin") || asked.Load() != before+1 {
			t.Errorf("%d %q %v", resp.StatusCode, body, resp.Header)
		}
	})
}

func TestAnOriginAsBrowsersSendIt(t *testing.T) {
	for from, want := range map[string]string{
		"https://LOCALHOST:443": "https://localhost", "https://localhost:8443": "https://localhost:8443", "http://a.test:80": "http://a.test",
		"http://a.test:443": "http://a.test:443", "https://a.test:80": "https://a.test:80", "https://[::1]:443": "https://[::1]", "null": "null", "*": "*",
	} {
		if got := serialOrigin(from); got != want {
			t.Errorf("%s is %s, want %s", from, got, want)
		}
	}
}
