package words

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // RFC 6455 §4.2.2 has no other
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"culvert/certs"
	"culvert/tunnel/capture"
	"culvert/tunnel/doctor"
	"culvert/tunnel/project"
)

// The machine and the projects that are examined here have nearly everything that the doctor knows of.
func TestWhatTheDoctorFindsIsTranslated(t *testing.T) {
	if err := use(Chinese); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{} // What of each check, in Chinese
	for _, f := range examineSick(t) {
		found[f.Check] += Sentence(f.What) + "\n"
		checkTranslated(t, f.What)
		checkTranslated(t, f.Why)
		if english.MatchString(Sentence(f.Evidence)) {
			t.Errorf("%s: the evidence %q is not translated: %q", f.Check, f.Evidence, Sentence(f.Evidence))
		}
		for _, fix := range f.Fixes {
			checkTranslated(t, fix.What)
		}
	}
	for check, want := range map[string]string{
		"clock-wrong":               "本机的时钟有误：时间落后。",
		"ca-missing":                "还没有本地 CA。",
		"ca-expired":                "Culvert CA 2 已到期。",
		"ca-expiring":               "Culvert CA 3 将在 9 天后到期。",
		"store-untrusted":           "证书库 firefox/a.default 不信任 CA。",
		"not-served":                "项目未开启。",
		"port-taken":                "端口 8443 已被其他程序占用。",
		"privileged-port":           "当前用户无权监听端口 80。",
		"host-not-resolving":        "名称 web.example.cn 没有指向本机。",
		"name-not-covered":          "CA 无权为 web.example.cn 签发证书。",
		"browser-distrusts":         "客户端不信任 CA。\ncurl 不信任 CA。\n使用 OpenSSL 的程序认为证书已过期。",
		"mixed-content":             "页面 / 中有 ws:// 地址。\nhttps 页面打开了没有 TLS 的 ws://localhost:8443/404。",
		"local-network-access":      "公网页面 https://203.0.113.9 打开了到本机的 WebSocket。",
		"hsts-stuck":                "Firefox 只通过 https 和 wss 访问 shop.localhost（HSTS）。",
		"tunnel-refuses":            "隧道自身没有放行 WebSocket。",
		"backend-absent":            "路由 /absent 指向的地址没有程序在监听：ws://127.0.0.1:",
		"backend-speaks-tls":        " 使用 TLS，而路由写的是明文。",
		"backend-speaks-plain":      " 不使用 TLS，而路由写的是 TLS。",
		"backend-not-websocket":     "没有在该路径打开 WebSocket。",
		"redirect-instead-of-101":   "重定向了 WebSocket 请求。",
		"login-page-instead-of-101": "没有打开 WebSocket，而是返回了页面或要求登录。",
		"wrong-accept":              "对握手密钥的应答有误。",
		"subprotocol-not-offered":   "没有与页面商定子协议。",
		"extension-not-offered":     "使用了客户端没有提供的扩展。",
		"backend-refuses-origin":    "的页面。",
		"idle-cut":                  "连接静默 60 s 后被切断。",
		"certificate-unreadable":    "无法读取项目自备的证书。",
		"certificate-name":          "项目自备的证书不适用于 worn.localhost。",
		"certificate-expired":       "项目自备的证书已过期。",
		"certificate-untrusted":     "本机系统不信任项目自备的证书。",
		"certificate-weak":          "项目自备证书的 RSA 密钥只有 1024 位。",
		"password-missing":          "缺少项目所要求的密码。",
		"open-to-network":           "其他机器可以通过 0.0.0.0:8446 访问隧道。\n其他机器可以访问 0.0.0.0:8445，但都不允许连接。",
		"cors-refuses":              "项目拒绝了其他来源的页面的请求。",
		"folder-missing":            "路由 /gone 的文件夹不存在。\n路由 /bare 的文件夹中没有 index.html。\n路由 /fall 的回退文件不存在：main.html。",
		"redirect-loop":             "路由 /loop 重定向到了自身。",
	} {
		if !strings.Contains(found[check], want) {
			t.Errorf("%s says %q, want %q", check, found[check], want)
		}
	}
}

// examineSick examines a machine without a CA, and one on which much is wrong.
func examineSick(t *testing.T) []doctor.Finding {
	t.Helper()
	now := time.Now()
	p := sickProject(t)
	log := capture.New(1 << 20)
	t.Cleanup(log.Close)
	record(log, p, now)
	authority := func(name string, from, to time.Duration) doctor.Authority {
		return doctor.Authority{
			Name: name, NotBefore: now.Add(from), NotAfter: now.Add(to), Signs: []string{"localhost", "127.0.0.0/8"},
			Permits: func(host string) bool { return strings.HasSuffix(host, "localhost") },
		}
	}
	const day = 24 * time.Hour
	machine := &doctor.Machine{
		Authorities: []doctor.Authority{
			authority("Culvert CA 1", day, 99*day), authority("Culvert CA 2", -9*day, -day), authority("Culvert CA 3", -day, 9*day+time.Hour),
		},
		Stores: func(context.Context) []doctor.Store {
			return []doctor.Store{
				{Name: "system", State: doctor.StoreDistrusts},
				{
					Name: "firefox/a.default", State: doctor.StoreDistrusts, Reason: "Firefox's certificates are protected by a primary password",
					Fix: "import /home/me/ca.pem in its settings, under certificate authorities, or remove the password for a moment",
				},
				{
					Name: "java/17", State: doctor.StoreUnreadable, Reason: "another program is using /etc/ssl/certs/java/cacerts",
					Fix: "run: sudo keytool -list",
				},
			}
		},
		Resolver: nobody{},
		Listen: func(_ context.Context, addr string) error {
			refused := map[string]error{"127.0.0.1:80": os.ErrPermission, "127.0.0.1:8443": syscall.EADDRINUSE}[addr]
			return &net.OpError{Op: "listen", Net: "tcp", Addr: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(addr)), Err: refused}
		},
		Home:   browserHome(t, now.Add(day)),
		Getenv: func(string) string { return "" },
		LoadCertificate: func(c project.Certificate, password string) (*tls.Certificate, error) {
			return certs.ServerFiles{File: c.File, PasswordEnv: c.PasswordEnv}.Read(password)
		},
	}
	closed, worn := closedProject(t), wornProject(t, now)
	turnedAway := capture.New(1 << 20)
	t.Cleanup(turnedAway.Close)
	turnedAway.HTTP(capture.Exchange{
		Time: now, Method: http.MethodOptions, URL: "https://localhost:8445/gone", Status: http.StatusForbidden,
		Err: "project closed allows no pages of https://b.test (add it to origins in [cors] of the project file)",
	})
	turnedAway.HTTP(capture.Exchange{Time: now, Method: http.MethodGet, URL: "https://localhost:8445/bare/", Status: http.StatusNotFound})
	found := doctor.Examine(t.Context(), machine,
		&doctor.Patient{Name: "shop", Project: p, Capture: log, On: true, Running: true},
		&doctor.Patient{Name: "closed", Project: closed, Capture: turnedAway, On: true, Running: true},
		&doctor.Patient{Name: "worn", Project: worn, On: true, Running: true, Served: true},
		&doctor.Patient{Name: "off", Project: parse(t, "name = \"off\"\n[[route]]\nto = [\"http://%s\"]\n", servePage(t))},
		&doctor.Patient{Name: "broken", On: true, Running: true, Reason: "culvert.toml:1:1: name: is missing (write name = \"web-chat\")"},
		&doctor.Patient{Name: "alone", On: true})
	return append(found, doctor.Examine(t.Context(), &doctor.Machine{})...)
}

// nobody is a resolver that knows no name.
type nobody struct{}

func (nobody) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// browserHome is a home folder with a Firefox that remembers a name until then.
func browserHome(t *testing.T, until time.Time) string {
	t.Helper()
	home := t.TempDir()
	file := filepath.Join(home, ".mozilla", "firefox", "a.default", "SiteSecurityServiceState.txt")
	err := os.MkdirAll(filepath.Dir(file), 0o700)
	rule := fmt.Sprintf("shop.localhost:HSTS\t0\t20000\t%d,1,0\n", until.UnixMilli())
	if err = errors.Join(err, os.WriteFile(file, []byte(rule), 0o600)); err != nil {
		t.Fatal(err)
	}
	return home
}

// sickProject is a project each of whose backends does something wrong.
func sickProject(t *testing.T) *project.Project {
	t.Helper()
	text := "name = \"shop\"\nlisten = [\"127.0.0.1:80\", \"127.0.0.1:8443\"]\nhosts = [\"shop.localhost\", \"web.example.cn\"]\n"
	route := func(path, to string) { text += fmt.Sprintf("[[route]]\npath = %q\nto = [%q]\n", path, to) }
	const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
	answers := map[string]http.HandlerFunc{
		"/404": http.NotFound,
		"/redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/login", http.StatusFound)
		},
		"/login": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", "Negotiate")
			w.WriteHeader(http.StatusUnauthorized)
		},
		"/start": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Strict-Transport-Security", "max-age=63072000")
			w.Header().Set("Date", "Mon, 02 Jan 2006 15:04:05 GMT")
		},
		"/accept":    raw(switching + "AAAA\r\n\r\n"),
		"/protocol":  raw(switching + "ACCEPT\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"),
		"/extension": raw(switching + "ACCEPT\r\nSec-WebSocket-Extensions: x-zip\r\n\r\n"),
		"/origin": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Origin") != "" {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			raw(switching+"ACCEPT\r\n\r\n")(w, r)
		},
	}
	for path, answer := range answers {
		route(path, "ws://"+serve(t, answer))
	}
	encrypted := listen(t, answers["/404"])
	encrypted.StartTLS()
	route("/tls", "ws://"+encrypted.Listener.Addr().String())
	route("/plain", "wss://"+serve(t, answers["/404"]))
	gone := httptest.NewServer(nil)
	gone.Close()
	route("/absent", "ws://"+gone.Listener.Addr().String())
	return parse(t, "%s", text)
}

// closedProject is a project that nobody reaches, and in which little is there.
func closedProject(t *testing.T) *project.Project {
	t.Helper()
	gone := httptest.NewServer(nil)
	gone.Close()
	dir := t.TempDir()
	return parse(t, `name = "closed"
listen = ["0.0.0.0:8445"]
[certificate]
file = %q
[auth]
user = "u"
password_env = "NOT_SET"
[cors]
origins = ["https://a.test"]
[[route]]
path = "/gone"
root = %[2]q
[[route]]
path = "/bare"
root = %[3]q
[[route]]
path = "/fall"
root = %[3]q
fallback = "main.html"
[[route]]
path = "/loop"
redirect = "/loop"
[[route]]
path = "/down"
to = ["ws://%[4]s", "ws://%[4]s/other"]
`, filepath.Join(dir, "none.pem"), filepath.Join(dir, "none"), dir, gone.Listener.Addr())
}

// wornProject is a project with a bad certificate of its own.
func wornProject(t *testing.T, now time.Time) *project.Project {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // it is to be weak
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "worn.localhost"},
		NotBefore: now.Add(-48 * time.Hour), NotAfter: now.Add(-24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})...)
	file := filepath.Join(t.TempDir(), "worn.pem")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return parse(t, `name = "worn"
listen = ["0.0.0.0:8446"]
hosts = ["worn.localhost"]
allow = ["127.0.0.1", "192.168.1.0/24"]
deny = ["192.168.1.9"]
[certificate]
file = %q
[[route]]
to = ["http://%s"]
`, file, servePage(t))
}

func parse(t *testing.T, text string, args ...any) *project.Project {
	t.Helper()
	p, err := project.Parse("culvert.toml", fmt.Appendf(nil, text, args...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// servePage serves a page that opens a socket without TLS.
func servePage(t *testing.T) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<script>new WebSocket("ws://chat.example/ws")</script>`)
	})
}

// serve starts a backend and returns its address.
func serve(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	s := listen(t, answer)
	s.Start()
	return s.Listener.Addr().String()
}

// listen returns a backend that is to be started.
func listen(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(answer)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(s.Close)
	return s
}

// record makes a record of sockets and handshakes that did not end well.
func record(log *capture.Log, p *project.Project, now time.Time) {
	upstream := func(path string) string {
		for _, r := range p.Routes {
			if r.Path == path {
				return r.To[0].String()
			}
		}
		return ""
	}
	socket := func(path, url, origin string, opened time.Time) *capture.Conn {
		head := "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\r\n"
		return log.Open(capture.Request{
			Time: opened, Client: "127.0.0.1:1", Upstream: upstream(path), URL: url + path, Head: []byte(head), Forwarded: []byte(head),
		})
	}
	for _, origin := range []string{"https://203.0.113.9", "https://localhost:8443"} {
		c := socket("/404", "ws://localhost:8443", origin, now)
		c.Answered(now, 404, []byte("HTTP/1.1 404 Not Found\r\n\r\n"))
		c.End(capture.End{Time: now, By: capture.Backend, Cause: capture.ByFIN})
	}
	for i := range 3 {
		opened := now.Add(time.Duration(i-9) * time.Minute)
		c := socket("/origin", "wss://localhost:8443", "https://localhost:8443", opened)
		c.Answered(opened, 101, []byte("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n"))
		c.End(capture.End{Time: opened.Add(time.Minute), By: capture.Backend, Cause: capture.ByFIN})
	}
	refused := socket("/nowhere", "wss://localhost:8443", "https://localhost:8443", now)
	refused.End(capture.End{
		Time: now, By: capture.Tunnel, Cause: capture.ByRefusal,
		Detail: `project shop has no route for "/nowhere"; it has /404 (add a [[route]] to the project file)`,
	})
	for _, h := range []capture.FailedHandshake{
		{Reason: capture.Distrusted, Alert: "unknown_ca", Fix: "run: culvert trust"},
		{Reason: capture.Distrusted, Program: "curl", Fix: "start it with: culvert exec -- COMMAND"},
		{Reason: capture.Expired, Program: "OpenSSL", Alert: "certificate_expired"},
		{Reason: capture.NameRefused, ServerName: "web.example.cn", Program: "Firefox"},
	} {
		h.Time, h.Client, h.Address, h.By = now, "127.0.0.1:1", "127.0.0.1:8443", capture.Client
		log.Handshake(h)
	}
}

// raw answers with a text, in which ACCEPT is the right answer to the key (RFC 6455 §4.2.2).
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer c.Close()
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		io.WriteString(c, strings.ReplaceAll(text, "ACCEPT", base64.StdEncoding.EncodeToString(sum[:])))
		io.Copy(io.Discard, c)
	}
}
