package tunnel

import (
	"net/http"
	"strings"
	"testing"

	"culvert/tunnel/capture"
)

func TestARedirectLeadsWhereItSays(t *testing.T) {
	for _, test := range []struct{ name, to, request, want string }{
		{"a path", "/new/place", "/old?q=1", "/new/place"},
		{"a path with a query", "/new?a=1", "/old?q=1", "/new?a=1"},
		{"a URL without a path", "https://localhost:8443", "/old/a%2Fb?q=%zz;1", "https://localhost:8443/old/a%2Fb?q=%zz;1"},
		{"a URL without a path, of a path like a host", "https://localhost:8443", "//elsewhere.example/", "https://localhost:8443//elsewhere.example/"},
		{"a URL with a path", "https://localhost:8443/", "/old?q=1", "https://localhost:8443/"},
		{"a port without a host", "https://:8443", "/old?q=1", "https://localhost:8443/old?q=1"},
		{"a scheme's own port without a host", "https://:443", "/old?q=1", "https://localhost/old?q=1"},
		{"a port without a host, and a path", "http://:80/new", "/old?q=1", "http://localhost/new"},
		{"a URL with a query alone", "https://localhost:8443?a=1", "/old?q=1", "https://localhost:8443?a=1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newSite(t, Config{}, "[[route]]\nredirect = %q\n", test.to)
			p.each(t, func(t *testing.T, c *http.Client, _ string) {
				from := p.next(t)
				for _, method := range []string{"GET", "HEAD", "POST"} {
					resp, body := p.ask(t, c, method, test.request)
					if resp.StatusCode != http.StatusTemporaryRedirect || resp.Header.Get("Location") != test.want || body != "" {
						t.Errorf("%s: %d to %q, want %q", method, resp.StatusCode, resp.Header.Get("Location"), test.want)
					}
				}
				if x := p.exchange(t, from); x.Status != 307 || x.Err != "" || x.Upstream != test.to {
					t.Errorf("on record: %+v", x)
				}
			})
			resp, body, info := p.house.refused(t, p.house.address(t, "app"), strings.Replace(ask, "/ws", test.request, 1), nil, nil)
			if resp.StatusCode != http.StatusTemporaryRedirect || resp.Header.Get("Location") != test.want || !strings.Contains(body, "browsers do not follow") {
				t.Errorf("socket: %d to %q, %q", resp.StatusCode, resp.Header.Get("Location"), body)
			}
			if info.End.By != capture.Tunnel || info.End.Cause != capture.ByRefusal || !strings.Contains(info.End.Detail, "307 Temporary Redirect") || info.Upstream != "" {
				t.Errorf("on record: %s", info.Ending())
			}
		})
	}
}

func TestATargetThatIsNoPathDoesNotGoOnWithTheHost(t *testing.T) {
	p := newSite(t, Config{}, "redirect_http = true\n[[route]]\nredirect = \"https://localhost:8443\"\n")
	for _, target := range []string{"a:.elsewhere.example", "a:@elsewhere.example"} {
		c := dial(t, "127.0.0.1:"+port(strings.TrimPrefix(p.url, "https://")), nil)
		c.write(t, "GET "+target+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if resp, _ := c.readAnswer(t); resp.Header.Get("Location") != "https://localhost/" {
			t.Errorf("%s goes to %q", target, resp.Header.Get("Location"))
		}
		c.Close()
		if resp, _ := p.raw(t, "GET "+target+" HTTP/1.1\r\nHost: localhost\r\n\r\n"); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s is served: %d, %q", target, resp.StatusCode, resp.Header.Get("Location"))
		}
	}
}

func TestARedirectTakesNoLineBreakFromTheRequest(t *testing.T) {
	p := newSite(t, Config{}, "[[route]]\nredirect = \"https://localhost:8443\"\n")
	for _, request := range []string{
		strings.Replace(ask, "/ws", "/ws\nSet-Cookie:a=1", 1), strings.Replace(ask, "/ws", "/ws\rSet-Cookie:a=1", 1),
		"GET /\nSet-Cookie:a=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
	} {
		if resp, _ := p.raw(t, request); resp.StatusCode != http.StatusBadRequest || resp.Header.Get("Set-Cookie") != "" {
			t.Errorf("%.40q: %d, %v", request, resp.StatusCode, resp.Header)
		}
	}
}

func TestPlainHTTPIsSentToTheHTTPSOfItsPort(t *testing.T) {
	for _, test := range []struct {
		name, asked string
		port        int
		on443       bool
		want        string
	}{
		{"a port of its own speaks both", "app.localhost:8443", 8443, false, "app.localhost:8443"},
		{"the port of http alone speaks both", "app.localhost", 80, false, "app.localhost"},
		{"the standard ports go together", "app.localhost", 80, true, "app.localhost"},
		{"the standard ports go together, named", "app.localhost:80", 80, true, "app.localhost"},
		{"the standard ports go together, by address", "[::1]:80", 80, true, "[::1]"},
		{"another port beside that of https speaks both", "localhost:8080", 8080, true, "localhost:8080"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := (&service{on443: test.on443}).secureHost(test.asked, test.port); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestARedirectLeadsToNoHostThatIsNone(t *testing.T) {
	p := newSite(t, Config{}, "redirect_http = true\n[[route]]\nredirect = \"https://:8443\"\n")
	for _, host := range []string{"localhost:1@elsewhere.example", "localhost:elsewhere.example", "localhost:1,elsewhere.example"} {
		c := dial(t, "127.0.0.1:"+port(strings.TrimPrefix(p.url, "https://")), nil)
		c.write(t, "GET / HTTP/1.1\r\nHost: "+host+"\r\n\r\n")
		if resp, body := c.readAnswer(t); resp.Header.Get("Location") != "" || resp.StatusCode < 400 {
			t.Errorf("%s: %d to %q, %q", host, resp.StatusCode, resp.Header.Get("Location"), body)
		}
		c.Close()
	}
	r, err := http.NewRequest(http.MethodGet, p.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "localhost:1@elsewhere.example"
	if resp, err := p.client["HTTP/2.0"].Do(r); err == nil {
		resp.Body.Close()
		if resp.Header.Get("Location") != "" || resp.StatusCode < 400 {
			t.Errorf("over HTTP/2: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
		}
	}
}
