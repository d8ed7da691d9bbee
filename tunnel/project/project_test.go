package project

import (
	"errors"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// whole uses every key.
const whole = `# a comment
name        = "web-chat"
description = "IM web client 网页聊天"
group       = "im"
listen      = ["127.0.0.1:8443", "[::1]:8443"]
hosts       = ["localhost", "web-chat.localhost"]
redirect_http   = true
idle_timeout    = "5m"
max_connections = 100
backlog         = 512
allow = ["127.0.0.0/8", "::1"]
deny  = ["127.0.0.66"]

[auth]
user = "dev"
password_env = "CHAT_PASSWORD"

[certificate]
file = "node1.jks"
alias = "node1"
password_env = "JKS_PASSWORD"

[cors]
origins = ["https://localhost:5173"]
methods = ["GET", "POST", "OPTIONS"]
headers = ["X-Requested-With"]
credentials = true

[[route]]
path     = "/ws"
to       = ["ws://127.0.0.1:8083", "ws://127.0.0.1:8093"]
strip_prefix = true
host     = "upstream"
connect_timeout = "4s"
read_timeout    = "60s"
send_timeout    = "12s"
set_headers     = { "X-From" = "culvert" }

[[route]]
path = "/"
exact = true
listen = ["[::1]:8443"]
root = "./dist"
fallback = "index.html"
auth = false
allow = ["127.0.0.1"]
deny = ["127.0.0.0/8"]

[[route]]
path = "/old"
redirect = "/new"
`

// head and foot make a whole file of one line of interest.
const (
	head = "name = \"a\"\n"
	foot = "[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n"
)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func address(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestLoadReadsEveryKey(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "culvert.toml")
	if err := os.WriteFile(file, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	want := &Project{
		File: file,
		Name: "web-chat", Description: "IM web client 网页聊天", Group: "im",
		Listen: []string{"127.0.0.1:8443", "[::1]:8443"}, Hosts: []string{"localhost", "web-chat.localhost"},
		RedirectHTTP: true, IdleTimeout: 5 * time.Minute, MaxConnections: 100, Backlog: 512,
		Allow: []netip.Prefix{prefix("127.0.0.0/8"), prefix("::1/128")}, Deny: []netip.Prefix{prefix("127.0.0.66/32")},
		Auth:        &Auth{User: "dev", PasswordEnv: "CHAT_PASSWORD"},
		Certificate: &Certificate{File: filepath.Join(dir, "node1.jks"), Alias: "node1", PasswordEnv: "JKS_PASSWORD"},
		CORS: &CORS{
			Origins: []string{"https://localhost:5173"},
			Methods: []string{"GET", "POST", "OPTIONS"},
			Headers: []string{"X-Requested-With"}, Credentials: true,
		},
		Routes: []Route{
			{
				Path: "/ws", To: []*url.URL{address(t, "ws://127.0.0.1:8083"), address(t, "ws://127.0.0.1:8093")},
				StripPrefix: true, Host: HostUpstream,
				ConnectTimeout: 4 * time.Second, ReadTimeout: time.Minute, SendTimeout: 12 * time.Second,
				SetHeaders: map[string]string{"X-From": "culvert"},
			},
			{
				Path: "/", Exact: true, Listen: []string{"[::1]:8443"}, Root: filepath.Join(dir, "dist"), Fallback: "index.html",
				Host: HostPreserve, ConnectTimeout: DefaultConnectTimeout, Open: true,
				Allow: []netip.Prefix{prefix("127.0.0.1/32")}, Deny: []netip.Prefix{prefix("127.0.0.0/8")},
			},
			{Path: "/old", Redirect: "/new", Host: HostPreserve, ConnectTimeout: DefaultConnectTimeout},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDefaults(t *testing.T) {
	p, err := Parse("culvert.toml", []byte(head+foot))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p.Listen, []string{"127.0.0.1:0"}) ||
		!reflect.DeepEqual(p.Hosts, []string{"localhost", "a.localhost"}) ||
		!reflect.DeepEqual(p.Allow, []netip.Prefix{prefix("127.0.0.0/8"), prefix("::1/128")}) || p.Deny != nil {
		t.Errorf("listen %v, hosts %v, allow %v, deny %v", p.Listen, p.Hosts, p.Allow, p.Deny)
	}
	r := p.Routes[0]
	if r.Path != "/" || r.Host != HostPreserve || r.ConnectTimeout != 10*time.Second || r.ReadTimeout != 0 {
		t.Errorf("route %+v", r)
	}
}

func TestLoadSaysWhichFileIsNotThere(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "absent.toml"))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "absent.toml") {
		t.Errorf("got %v", err)
	}
}

// TestValues holds what is right though it looks odd, and what it means.
func TestValues(t *testing.T) {
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, line string
		got        func(p *Project) any
		want       any
	}{
		{
			"a listen address without a port is a free port", `listen = ["127.0.0.1", "[::1]"]`,
			func(p *Project) any { return p.Listen },
			[]string{"127.0.0.1:0", "[::1]:0"},
		},
		{
			"localhost listens on IPv4's loopback", `listen = ["localhost:8443"]`,
			func(p *Project) any { return p.Listen },
			[]string{"127.0.0.1:8443"},
		},
		{
			"a privileged port is a port", `listen = ["0.0.0.0:443"]`,
			func(p *Project) any { return p.Listen },
			[]string{"0.0.0.0:443"},
		},
		{
			"an IPv6 address may have a zone", `listen = ["[fe80::1%eth0]:8443"]`,
			func(p *Project) any { return p.Listen },
			[]string{"[fe80::1%eth0]:8443"},
		},
		{
			"hosts are lower case, addresses without brackets", `hosts = ["App.LOCALHOST", "[::1]", "127.0.0.1"]`,
			func(p *Project) any { return p.Hosts },
			[]string{"app.localhost", "::1", "127.0.0.1"},
		},
		{
			"a time span of 0 needs no unit", `idle_timeout = "0"`,
			func(p *Project) any { return p.IdleTimeout }, time.Duration(0),
		},
		{
			"numbers may be grouped", `max_connections = 10_000`,
			func(p *Project) any { return p.MaxConnections }, 10000,
		},
		{
			"an address is a range of one", `allow = ["192.168.1.20", "::ffff:10.0.0.1"]`,
			func(p *Project) any { return p.Allow },
			[]netip.Prefix{prefix("192.168.1.20/32"), prefix("10.0.0.1/32")},
		},
		{
			"deny may be empty", `deny = []`,
			func(p *Project) any { return p.Deny }, []netip.Prefix(nil),
		},
		{
			"a dotted key is a table", "auth.user = \"u\"\nauth.password_env = \"P\"",
			func(p *Project) any { return *p.Auth },
			Auth{"u", "P"},
		},
		{
			"an inline table is a table", `certificate = { file = "/etc/a.pem", key = "b.pem" }`,
			func(p *Project) any { return *p.Certificate },
			Certificate{File: "/etc/a.pem", Key: filepath.Join(dir, "b.pem")},
		},
		{
			"an origin is lower case", `cors.origins = ["HTTPS://App.localhost:5173"]`,
			func(p *Project) any { return p.CORS.Origins },
			[]string{"https://app.localhost:5173"},
		},
		{
			"routes may be inline", `route = [{ path = "/ws/", to = ["wss://Example.com/app/"] }]`,
			func(p *Project) any { return p.Routes[0].To[0].String() }, "wss://example.com/app/",
		},
		{
			"a socket has one slash or three", "[[route]]\npath = \"/x\"\nto = [\"unix:/run/a.sock\"]\n[[route]]\npath = \"/y\"\nto = [\"unix:///run/a.sock\"]",
			func(p *Project) any { return []string{p.Routes[0].To[0].Path, p.Routes[1].To[0].Path} },
			[]string{"/run/a.sock", "/run/a.sock"},
		},
		{
			"a socket's path may be relative", "[[route]]\npath = \"/x\"\nto = [\"unix:a b.sock\"]",
			func(p *Project) any { return p.Routes[0].To[0].Path }, filepath.ToSlash(filepath.Join(dir, "a b.sock")),
		},
		{
			"a path may have any letters", "[[route]]\npath = \"/聊天 室\"\nto = [\"http://[::1]:80\"]",
			func(p *Project) any { return p.Routes[0].Path }, "/聊天 室",
		},
		{
			"a host may be a literal", "[[route]]\npath = \"/x\"\nhost = \"im.example:81\"\nto = [\"http://10.0.0.1\"]",
			func(p *Project) any { return p.Routes[0].Host }, "im.example:81",
		},
		{
			"header names come out canonical", "[[route]]\npath = \"/x\"\nto = [\"http://10.0.0.1\"]\nset_headers.x-from = \"\"",
			func(p *Project) any { return p.Routes[0].SetHeaders },
			map[string]string{"X-From": ""},
		},
		{
			"another port of the own address is another server", "listen = [\"127.0.0.1:1\"]\n[[route]]\npath = \"/x\"\nto = [\"ws://localhost:2\"]",
			func(p *Project) any { return p.Routes[0].To[0].Host }, "localhost:2",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := head + c.line + "\n"
			if !strings.Contains(c.line, "route") {
				text += foot
			}
			p, err := Parse("culvert.toml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.got(p); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestANameThatIsNoHostGetsNoHost(t *testing.T) {
	for name, want := range map[string]int{"Web_Chat.v2": 2, "-a": 1, "a..b": 1, strings.Repeat("a", 255): 1} {
		p, err := Parse("culvert.toml", []byte("name = \""+name+"\"\n"+foot))
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Hosts) != want {
			t.Errorf("%s: hosts %v", name, p.Hosts)
		}
	}
}

// TestTheExampleOfTheReadmeIsRight keeps the first thing that a newcomer copies right.
func TestTheExampleOfTheReadmeIsRight(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```toml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the README has no project file")
	}
	if _, err := Parse("culvert.toml", []byte(example)); err != nil {
		t.Error(err)
	}
}
