package migration

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/control"
)

// parameters are those of a WebSocketSecure port, in the order in which an integration server asks for them. README
// names each with its key here; see TestREADMENamesEveryParameterOfAPort.
var parameters = []struct {
	name string
	test func(t *testing.T, p port)
}{
	{"Enable", func(t *testing.T, p port) {
		p.must("off", "orders")
		if status, err := p.status(p.address, authorized); err == nil {
			t.Errorf("it answers %d while it is off", status)
		}
		p.must("on", "orders")
		p.expect(t, p.address, http.StatusSwitchingProtocols, authorized)
	}},
	{"Port", func(t *testing.T, p port) {
		p.expect(t, p.address, http.StatusSwitchingProtocols, authorized)
	}},
	{"Alias", func(t *testing.T, p port) {
		for name, good := range map[string]bool{
			"a": true, strings.Repeat("a", 255): true, "Az09_.-": true, "": false, strings.Repeat("a", 256): false, "a b": false, "订单": false,
		} {
			if got := p.accepts(fmt.Sprintf("name = %q\n", name)); got != good {
				t.Errorf("the name %.10q… of %d bytes is taken: %v", name, len(name), got)
			}
		}
	}},
	{"Description", func(t *testing.T, p port) {
		if got := p.shown(t).Description; got != "Orders, as they come in" {
			t.Errorf("list shows %q", got)
		}
	}},
	{"Package Name", func(t *testing.T, p port) {
		p.must("off", "--group", "OrderPackage")
		if got := p.shown(t); got.State != control.Off {
			t.Errorf("it is %s when its group is off", got.State)
		}
		p.must("on", "--group", "OrderPackage")
		p.expect(t, p.address, http.StatusSwitchingProtocols, authorized)
	}},
	{"Bind Address", func(t *testing.T, p port) {
		other := net.JoinHostPort("127.0.0.2", freePort(t))
		p.change(t, p.address, other)
		p.expect(t, other, http.StatusSwitchingProtocols, authorized)
		_, number, _ := net.SplitHostPort(other)
		if _, err := p.status(net.JoinHostPort("127.0.0.1", number), authorized); err == nil {
			t.Error("the port answers at another address, too")
		}
		p.change(t, other, p.address)
	}},
	{"Backlog", func(t *testing.T, p port) {
		_, number, _ := net.SplitHostPort(p.address)
		out, err := exec.Command("ss", "-Hltn", "sport = :"+number).Output() // the last but one: how long the queue may be
		if err != nil {
			t.Fatalf("%v (run: apt-get install iproute2)", err)
		}
		limit, err := os.ReadFile("/proc/sys/net/core/somaxconn")
		if err != nil {
			t.Fatal(err)
		}
		most, _ := strconv.Atoi(strings.TrimSpace(string(limit)))
		if got, want := strings.Fields(string(out))[2], strconv.Itoa(min(6000, most)); got != want {
			t.Errorf("the queue holds %s, want %s", got, want)
		}
	}},
	{"Threadpool Min", func(t *testing.T, p port) { p.crowd(t, 10) }},
	{"Threadpool Max", func(t *testing.T, p port) {
		p.change(t, "max_connections = 200", "max_connections = 2")
		conns := p.crowd(t, 2)
		p.expect(t, p.address, http.StatusServiceUnavailable, authorized)
		for _, c := range conns {
			c.Close()
		}
		p.change(t, "max_connections = 2 ", "max_connections = 0 ")
		p.crowd(t, 300)
		p.change(t, "max_connections = 0 ", "max_connections = 200 ")
	}},
	{"Threadpool Priority", func(t *testing.T, p port) { p.crowd(t, 200) }}, // none of them waits for another
	{"Idle Timeout", func(t *testing.T, p port) {
		p.change(t, "300000ms", "300ms")
		conn, r := p.open(t)
		_ = conn.SetDeadline(time.Now().Add(patience))
		for {
			if _, err := readFrame(r); err != nil {
				if failure(err) != "closed" {
					t.Errorf("a silent socket ends as %v", err)
				}
				break
			}
		}
		p.change(t, "300ms", "300000ms")
	}},
	{"Client Authentication", func(t *testing.T, p port) {
		p.expect(t, p.address, http.StatusUnauthorized, "")
		p.expect(t, p.address, http.StatusUnauthorized, "Basic b3JkZXJzOndyb25n")
		p.expect(t, p.address, http.StatusSwitchingProtocols, authorized)
	}},
	{"Keystore Alias", func(t *testing.T, p port) {
		if got := p.certificate(t); got != "orders" {
			t.Errorf("the certificate is that of %s, want the keystore's", got)
		}
	}},
	{"Key Alias", func(t *testing.T, p port) {
		p.change(t, `alias        = "orders"`, `alias        = "other"`)
		if got := p.certificate(t); got != "other" {
			t.Errorf("the certificate is that of %s, want other", got)
		}
		p.change(t, `alias        = "other"`, `alias        = "orders"`)
	}},
	{"Access Mode", func(t *testing.T, p port) {
		const denied, allowed = `["127.0.0.7"]`, `["127.0.0.0/8"]`
		p.change(t, allowed, denied) // deny by default
		p.expect(t, p.address, http.StatusForbidden, authorized)
		p.expect(t, p.address, http.StatusSwitchingProtocols, authorized, "127.0.0.7")
		p.change(t, denied, allowed+"\ndeny = "+denied) // allow by default
		p.expect(t, p.address, http.StatusSwitchingProtocols, authorized)
		p.expect(t, p.address, http.StatusForbidden, authorized, "127.0.0.7")
		p.change(t, "\ndeny = "+denied, "")
	}},
	{"WebSocket endpoints", func(t *testing.T, p port) {
		before := p.endpoint(t, "/ws/orders")
		p.open(t)
		after := p.endpoint(t, "/ws/orders")
		if after.Sockets != before.Sockets+1 || after.Open == 0 || after.Route != "/ws/orders" {
			t.Errorf("the endpoint was %+v and is %+v", before, after)
		}
	}},
	{"Enabled", func(t *testing.T, p port) {
		for verb, state := range map[string]string{"off": "off", "on": "on"} {
			p.must(verb, "orders")
			if !regexp.MustCompile(`(?m)^orders +` + state + `\b`).MatchString(p.must("list")) {
				t.Errorf("after %s, list says:\n%s", verb, p.must("list"))
			}
		}
		p.must("on", "orders")
	}},
}

// port is the project of testdata/port, served.
type port struct {
	machine
	file    string
	address string
}

const authorized = "Basic b3JkZXJzOnNlY3JldA==" // orders:secret

func TestEveryParameterOfAnIntegrationServersPortHasItsKey(t *testing.T) {
	t.Parallel()
	backend := startBackend(t, "orders")
	m := newMachine(t, "ORDERS_PASSWORD=secret", "KEYSTORE_PASSWORD=changeit")
	keystore(t, m.home, "orders", "other")
	p := port{m, filepath.Join(m.home, "culvert.toml"), net.JoinHostPort("127.0.0.1", freePort(t))}
	text := strings.NewReplacer("127.0.0.1:8443", p.address, "127.0.0.1:5555", address(backend)).Replace(read(t, "testdata/port/culvert.toml"))
	write(t, p.file, text)
	p.must("add", p.file)
	p.must("on", "orders")
	m.run()
	for _, row := range parameters {
		t.Run(row.name, func(t *testing.T) { row.test(t, p) })
	}
	if got := read(t, p.file); got != text {
		t.Errorf("a row left the file as:\n%s", got)
	}
}

// keystore makes a Java keystore with a key for each alias, by Java's own tool.
func keystore(t *testing.T, dir string, aliases ...string) {
	t.Helper()
	for _, alias := range aliases {
		c := exec.Command("keytool", "-genkeypair", "-alias", alias, "-dname", "CN="+alias, "-ext", "san=dns:localhost", "-keyalg", "EC",
			"-keystore", "keystore.jks", "-storetype", "JKS", "-storepass", "changeit", "-keypass", "changeit")
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("keytool: %v\n%s(run: apt-get install default-jdk-headless)", err, out)
		}
	}
}

// change replaces a part of the project file, and has it served.
func (p port) change(t *testing.T, from, to string) {
	t.Helper()
	text := read(t, p.file)
	if strings.Count(text, from) != 1 {
		t.Fatalf("the file has %q %d times, want once", from, strings.Count(text, from))
	}
	write(t, p.file, strings.Replace(text, from, to, 1))
	p.must("on", "orders")
}

// accepts reports whether culvert check takes the project file with its first line replaced.
func (p port) accepts(line string) bool {
	_, rest, _ := strings.Cut(read(p.t, p.file), "\n")
	file := filepath.Join(p.home, "checked.toml")
	write(p.t, file, line+rest)
	return p.command("check", file).Run() == nil
}

func (p port) shown(t *testing.T) control.Project {
	t.Helper()
	list := p.list()
	i := slices.IndexFunc(list, func(c control.Project) bool { return c.Name == "orders" })
	if i < 0 {
		t.Fatalf("orders is not in the list %+v", list)
	}
	return list[i]
}

func (p port) endpoint(t *testing.T, path string) control.Endpoint {
	t.Helper()
	all := p.shown(t).Endpoints
	i := slices.IndexFunc(all, func(e control.Endpoint) bool { return e.Path == path })
	if i < 0 {
		t.Fatalf("%s is not among the endpoints %+v", path, all)
	}
	return all[i]
}

// dial connects by TLS, from an address of this machine.
func (p port) dial(address string, from ...string) (*tls.Conn, error) {
	d := net.Dialer{Timeout: patience}
	if len(from) > 0 {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from[0])}
	}
	return tls.DialWithDialer(&d, "tcp", address, &tls.Config{InsecureSkipVerify: true, ServerName: "localhost"})
}

// upgrade asks for the socket.
func upgrade(conn net.Conn, authorization string) (*http.Response, *bufio.Reader, error) {
	_ = conn.SetDeadline(time.Now().Add(patience))
	if authorization != "" {
		authorization = "Authorization: " + authorization + "\r\n"
	}
	_, err := fmt.Fprintf(conn, "GET /ws/orders HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", authorization)
	if err != nil {
		return nil, nil, err
	}
	r := bufio.NewReader(conn)
	response, err := http.ReadResponse(r, nil)
	return response, r, err
}

// status is what the socket's handshake is answered with.
func (p port) status(address, authorization string, from ...string) (int, error) {
	conn, err := p.dial(address, from...)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	response, _, err := upgrade(conn, authorization)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, nil
}

func (p port) expect(t *testing.T, address string, want int, authorization string, from ...string) {
	t.Helper()
	if got, err := p.status(address, authorization, from...); got != want || err != nil {
		t.Errorf("the answer is %d, %v, want %d", got, err, want)
	}
}

// open opens a socket that stays open until the test ends.
func (p port) open(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := p.dial(p.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	response, r, err := upgrade(conn, authorized)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the answer is %+v, %v", response, err)
	}
	return conn, r
}

// crowd opens n sockets at once, each of which is answered.
func (p port) crowd(t *testing.T, n int) (conns []net.Conn) {
	t.Helper()
	for range n {
		conn, r := p.open(t)
		conns = append(conns, conn)
		sendFrame(conn, parseFrame("text hello"), true)
		for range 2 { // the greeting, and the echo
			if _, err := readFrame(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	return conns
}

// certificate returns the name in the certificate that the port shows.
func (p port) certificate(t *testing.T) string {
	t.Helper()
	conn, err := p.dial(p.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
}
