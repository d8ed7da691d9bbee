package tunnel

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"culvert/tunnel/project"
)

const (
	authTable = "[auth]\nuser = \"dev\"\npassword_env = \"CHAT_PASSWORD\"\n"
	secret    = "s3cret: pä55 wörd"
)

// environment is what Config.Getenv tells of.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// basic is the value of Authorization for a user and a password.
func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestAPasswordIsAskedForBeforeAnythingIsForwarded(t *testing.T) {
	var mu sync.Mutex
	var heard []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, r.URL.Path+" "+r.Header.Get("Authorization"))
	}))
	defer s.Close()
	p := newSite(t, Config{Getenv: environment("CHAT_PASSWORD", secret)},
		authTable+"[cors]\norigins = [\"https://a.example\"]\n[[route]]\nto = [%q]\n[[route]]\npath = \"/open\"\nauth = false\nto = [%q]\n"+
			"[[route]]\npath = \"/files\"\nroot = %q\n", s.URL, s.URL, folderOf(t, "files/a.txt: file"))
	for _, test := range []struct {
		name, path, line string
		admitted         bool
		want             string // Authorization at the backend
	}{
		{"nothing", "/", "X: y", false, ""},
		{"the right one", "/", "Authorization: " + basic("dev", secret), true, ""},
		{"the scheme in another case", "/", "Authorization: bAsIc " + strings.TrimPrefix(basic("dev", secret), "Basic "), true, ""},
		{"a wrong password", "/", "Authorization: " + basic("dev", secret+"x"), false, ""},
		{"no password", "/", "Authorization: " + basic("dev", ""), false, ""},
		{"a wrong user", "/", "Authorization: " + basic("Dev", secret), false, ""},
		{"user and password in one", "/", "Authorization: " + basic("dev"+secret, ""), false, ""},
		{"another scheme", "/", "Authorization: Bearer abc", false, ""},
		{"no base64", "/", "Authorization: Basic ***", false, ""},
		{"an open route", "/open", "X: y", true, ""},
		{"an open route that is sent the password", "/open", "Authorization: " + basic("dev", secret), true, ""},
		{"an open route whose backend has one", "/open", "Authorization: " + basic("other", "1"), true, basic("other", "1")},
		{"an open route's neighbour", "/open/../closed", "X: y", false, ""},
		{"an open route's neighbour to Tomcat", "/open/..;/closed", "X: y", false, ""},
		{"a path that has no file", "/files/none", "X: y", false, ""},
		{"a file", "/files/a.txt", "X: y", false, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, kind := range []string{"page", "socket"} {
				heard = nil
				request := "GET " + test.path + " HTTP/1.1\r\nHost: localhost\r\n" + test.line + "\r\n\r\n"
				if kind == "socket" {
					request = strings.Replace(strings.Replace(ask, "/ws", test.path, 1), "\r\n\r\n", "\r\n"+test.line+"\r\n\r\n", 1)
				}
				resp, body := p.raw(t, request)
				if test.admitted {
					if got := strings.Join(heard, "|"); resp.StatusCode != 200 || got != test.path+" "+test.want {
						t.Errorf("%s: %d %q, the backend heard %q", kind, resp.StatusCode, body, got)
					}
					continue
				}
				if len(heard) > 0 {
					t.Errorf("%s: the backend heard %q", kind, heard)
				}
				if strings.Contains(test.path, ";") {
					if resp.StatusCode != 400 {
						t.Errorf("%s: %d %q", kind, resp.StatusCode, body)
					}
					continue
				}
				if got := resp.Header.Get("WWW-Authenticate"); resp.StatusCode != 401 || got != `Basic realm="app", charset="UTF-8"` || !strings.Contains(body, "asks for a user and a password") {
					t.Errorf("%s: %d %q %v", kind, resp.StatusCode, body, resp.Header)
				}
			}
		})
	}
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		if resp, _ := p.ask(t, c, "GET", "/"); resp.StatusCode != 401 || resp.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
		if resp, body := p.ask(t, c, "GET", "/files/a.txt", "Authorization: "+basic("dev", secret)); resp.StatusCode != 200 || body != "file" {
			t.Errorf("%d %q", resp.StatusCode, body)
		}
		// Browsers send a preflight without a password, and let a page read why it was refused.
		if resp, _ := p.ask(t, c, "OPTIONS", "/", "Origin: https://a.example", "Access-Control-Request-Method: GET"); resp.StatusCode != 204 {
			t.Errorf("preflight: %d", resp.StatusCode)
		}
		if resp, _ := p.ask(t, c, "GET", "/", "Origin: https://a.example"); resp.StatusCode != 401 || resp.Header.Get("Access-Control-Allow-Origin") != "https://a.example" {
			t.Errorf("another origin: %d %v", resp.StatusCode, resp.Header)
		}
	})
}

func TestASocketOpensWithThePassword(t *testing.T) {
	h, b := houseWithPassword(t), newBackend(t)
	h.on(t, "name = \"app\"\n"+authTable+"[[route]]\nto = [\"ws://%s\"]\nset_headers = { \"X-From\" = \"culvert\" }\n", b.addr)
	addr := h.address(t, "app")
	request := strings.Replace(ask, "\r\n\r\n", "\r\nauthorization:  "+basic("dev", secret)+"\r\nX-Last: 1\r\n\r\n", 1)
	w := h.openWith(t, addr, h.tls(), b, request, switching)
	w.client.write(t, "hello")
	w.server.want(t, "hello")
	if strings.Contains(strings.ToLower(w.server.head), "authorization") {
		t.Errorf("the backend was asked\n%s", w.server.head)
	}
	info, _ := w.log.Conn(w.id)
	want := strings.Replace(request, "authorization:  "+basic("dev", secret), "authorization: Basic [redacted]", 1)
	if string(info.Request) != want || string(info.Forwarded) != w.server.head {
		t.Errorf("on record: request\n%s\nforwarded\n%s", info.Request, info.Forwarded)
	}
}

func houseWithPassword(t *testing.T) *house {
	t.Helper()
	m, err := newMover()
	if err != nil {
		t.Fatal(err)
	}
	return newHouseWith(t, Config{Getenv: environment("CHAT_PASSWORD", secret)}, m)
}

func TestNoPasswordIsOnRecord(t *testing.T) {
	h := houseWithPassword(t)
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	h.on(t, "name = \"app\"\n"+authTable+"[[route]]\nto = [%q]\n"+
		"[[route]]\npath = \"/open\"\nauth = false\nto = [%q]\n[[route]]\npath = \"/gone\"\nredirect = \"/\"\n", s.URL, s.URL)
	addr, asked := h.address(t, "app"), 0
	secrets := []string{secret, "wr0ng-pa55", "hunter2", "t0ken", "n0tBase64"}
	for _, value := range []string{
		basic("dev", secret), basic("dev", "wr0ng-pa55"), basic("n0body", "wr0ng-pa55"), "Bearer t0ken", "hunter2", "hunter2 t0ken",
		"Basic n0tBase64***", "basic\t" + strings.TrimPrefix(basic("dev", secret), "Basic "),
	} {
		if _, encoded, ok := strings.Cut(value, " "); ok {
			secrets = append(secrets, encoded)
		}
		for _, path := range []string{"/", "/open", "/gone"} {
			for _, request := range []string{"GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n", ask} {
				request = strings.Replace(request, "/ws", path, 1)
				request = strings.Replace(request, "\r\n\r\n", "\r\nAuthorization: "+value+"\r\nAUTHORIZATION:"+value+"\r\n\r\n", 1)
				c := dial(t, addr, h.tls())
				c.write(t, request)
				c.readAnswer(t)
				c.Close()
				asked++
			}
		}
	}
	log := h.log(t)
	await(t, log, "all requests", func() bool { s := log.Stats(); return int(s.Requests)+len(log.Conns()) == asked && s.Open == 0 })
	var all bytes.Buffer
	if err := log.WriteHAR(context.Background(), &all, nil, "test"); err != nil {
		t.Fatal(err)
	}
	if err := log.WriteNDJSON(context.Background(), &all, nil, "app"); err != nil {
		t.Fatal(err)
	}
	first, next := log.Range()
	for id := first; id < next; id++ {
		p, err := log.Payload(nil, id, -1)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(p)
	}
	for _, info := range log.Conns() {
		all.Write(info.Request)
		all.Write(info.Forwarded)
		all.WriteString(info.Ending())
	}
	if n := strings.Count(all.String(), "[redacted]"); n < 20 {
		t.Errorf("%d headers are redacted", n)
	}
	for _, s := range secrets {
		if strings.Contains(all.String(), s) {
			t.Errorf("%q is on record", s)
		}
	}
}

func TestAProjectWithoutItsPasswordIsNotServed(t *testing.T) {
	for name, getenv := range map[string]func(string) string{"not set": environment(), "empty": environment("CHAT_PASSWORD", "")} {
		m, err := newMover()
		if err != nil {
			t.Fatal(err)
		}
		h := newHouseWith(t, Config{Getenv: getenv}, m)
		err = h.engine.On(parse(t, "name = \"app\"\n"+authTable+"[[route]]\nto = [\"ws://127.0.0.1:1\"]\n"))
		if err == nil || !strings.Contains(err.Error(), "CHAT_PASSWORD") || !strings.Contains(err.Error(), "culvert run") {
			t.Errorf("%s: %v", name, err)
		}
		if s := h.status(t, "app"); s.State != Failed || s.Fault != OtherFault || s.Reason != err.Error() {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestThePasswordIsThatOfTheEnvironment(t *testing.T) {
	t.Setenv("CULVERT_TEST_PASSWORD", "of the process")
	h := newHouse(t)
	h.on(t, "name = \"app\"\n[auth]\nuser = \"dev\"\npassword_env = \"CULVERT_TEST_PASSWORD\"\n[[route]]\nredirect = \"/in\"\n")
	p := h.pagesAt(t, h.address(t, "app"))
	if resp, _ := p.ask(t, p.client["HTTP/2.0"], "GET", "/", "Authorization: "+basic("dev", "of the process")); resp.StatusCode != 307 {
		t.Errorf("%d", resp.StatusCode)
	}
}

func TestNoPasswordIsAskedForInPlainTextWherePagesGoToHTTPS(t *testing.T) {
	h := houseWithPassword(t)
	h.on(t, "name = \"app\"\nredirect_http = true\n"+authTable+"[[route]]\nredirect = \"/in\"\n")
	c := dial(t, h.address(t, "app"), nil)
	c.write(t, "GET / HTTP/1.1\r\nHost: localhost:1\r\n\r\n")
	if resp, _ := c.readAnswer(t); resp.StatusCode != 307 || resp.Header.Get("Location") != "https://localhost:1/" || resp.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
}

func TestRedaction(t *testing.T) {
	a, err := newBasicAuth(&project.Project{Auth: &project.Auth{User: "u", PasswordEnv: "P"}}, environment("P", "p"))
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		"Authorization: Basic dTpw":   "Authorization: Basic [redacted]",
		"authorization:Basic dTpw":    "authorization: Basic [redacted]",
		"AUTHORIZATION:   basic  x y": "AUTHORIZATION: basic [redacted]",
		"Authorization: Bearer x":     "Authorization: Bearer [redacted]",
		"Authorization: dTpw x":       "Authorization: [redacted]",
		"Authorization: dTpw":         "Authorization: [redacted]",
		"Authorization:":              "Authorization: [redacted]",
		"Authorization: Basic\tdTpw":  "Authorization: [redacted]",
		"X-Authorization:  Basic x":   "X-Authorization:  Basic x",
	} {
		head := func(line string) string { return "GET / HTTP/1.1\r\nhost:  a\r\n" + line + "\r\nX: y \r\n\r\n" }
		if got := string(a.redact([]byte(head(from)))); got != head(want) {
			t.Errorf("%q is recorded as %q", from, got)
		}
	}
	raw := []byte("GET / HTTP/1.1\r\nAuthorization: Basic x\r\n\r\n")
	var none *basicAuth
	if got := none.redact(raw); !bytes.Equal(got, raw) || &got[0] != &raw[0] {
		t.Error("a project that asks for nothing has its record changed")
	}
}
