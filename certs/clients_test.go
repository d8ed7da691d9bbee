package certs

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// These tests ask the TLS libraries that developers' programs are built on: OpenSSL itself, curl, Node, and Java.

// client is a program that makes one verified TLS connection to a server at addr, for a name that it checks.
type client struct {
	tool, pkg string // the program, and the Debian package that brings it
	violation string // what it says, in lower case, of a name that the constraints forbid
	command   func(ca, name, addr string) []string
}

var clients = map[string]client{
	"OpenSSL": {"openssl", "openssl", "permitted subtree violation", func(ca, name, addr string) []string {
		check := []string{"-verify_hostname", name, "-servername", name}
		if net.ParseIP(name) != nil {
			check = []string{"-verify_ip", name, "-noservername"}
		}
		return append([]string{
			"s_client", "-connect", addr, "-CAfile", ca, "-no-CApath", "-no-CAstore", "-verify_return_error", "-brief",
		}, check...)
	}},
	"curl": {"curl", "curl", "permitted subtree violation", func(ca, name, addr string) []string {
		return []string{
			"--silent", "--show-error", "--noproxy", "*", "--cacert", ca, "--max-time", "30",
			"--connect-to", "::" + addr, "https://" + urlHost(name) + "/",
		}
	}},
	"Node": {"node", "nodejs", "permitted subtree violation", func(ca, name, addr string) []string {
		// The environment variable is what `culvert env` will set; it adds to the roots that Node was built with.
		const script = `
			const [addr, name] = process.argv.slice(1);
			const port = addr.slice(addr.lastIndexOf(":") + 1), host = addr.slice(0, -port.length - 1);
			const options = {host, port, servername: require("net").isIP(name) ? "" : name,
				checkServerIdentity: (_, cert) => require("tls").checkServerIdentity(name, cert)};
			const socket = require("tls").connect(options, () => { console.log("verified"); socket.destroy(); });
			socket.on("error", err => { console.error(err.code, err.message); process.exit(1); });`
		return []string{"-e", script, addr, name}
	}},
	// Java ignores the constraints of a root that it trusts: what it refuses is refused by the issuer's.
	"Java": {"java", "default-jdk-headless", "name constraints check failed", func(_, name, addr string) []string {
		return []string{"-XX:TieredStopAtLevel=1", filepath.Join("testdata", "Connect.java"), addr, name} // starts in half the time
	}},
}

func urlHost(name string) string {
	if strings.Contains(name, ":") {
		return "[" + name + "]"
	}
	return name
}

func TestIndependentClients(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	ours := serve(t, NewMinter(nil, ca).GetCertificate)
	foreign := serve(t, outside(t, ca, "example.com"))
	foreignAddress := serve(t, outside(t, ca, "192.168.1.5"))
	for name, client := range clients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, host := range []string{"localhost", "127.0.0.1", "::1", "app.localhost", "web-chat.test"} {
				if out, err := client.connect(t, ca, host, ours); err != nil {
					t.Errorf("%s is refused: %v\n%s", host, err, out)
				}
			}
			if out, err := client.connect(t, ca, "other.localhost", foreign); err == nil {
				t.Errorf("another host's leaf is accepted\n%s", out)
			}
			if out, err := client.connect(t, ca, "example.com", foreign); !client.refusedByConstraint(out, err) {
				t.Errorf("a leaf for example.com is not refused by the name constraints: %v\n%s", err, out)
			}
			if out, err := client.connect(t, ca, "192.168.1.5", foreignAddress); !client.refusedByConstraint(out, err) {
				t.Errorf("a leaf for 192.168.1.5 is not refused by the name constraints: %v\n%s", err, out)
			}
		})
	}
}

// TestIndependentClientsAndTheSecondCA lets a thief of the second CA's key sign for what it was not made for: names
// beside and above the listed ones, and the name form of which nothing is listed (RFC 5280 §4.2.1.10 leaves a form
// without a subtree unrestricted).
func TestIndependentClientsAndTheSecondCA(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name            string
		listed          []string
		accepts, denies []string
	}{
		{
			"names and addresses",
			[]string{"web.example.cn", "192.168.1.5", "fd00::5"},
			[]string{"web.example.cn", "api.web.example.cn", "192.168.1.5", "fd00::5"},
			[]string{"example.cn", "other.example.cn", "notweb.example.cn", "192.168.1.6", "fd00::6", "localhost", "127.0.0.1"},
		},
		{
			"names alone",
			[]string{"web.example.cn"},
			[]string{"web.example.cn"},
			[]string{"192.168.1.5", "8.8.8.8", "fd00::5", "127.0.0.1", "example.com"},
		},
		{
			"addresses alone",
			[]string{"192.168.1.5"},
			[]string{"192.168.1.5"},
			[]string{"web.example.cn", "localhost", "192.168.1.50", "fd00::5"},
		},
	}
	for _, tt := range tests {
		ca := newNamedCA(t, tt.listed...)
		leaf, err := ca.Leaf(tt.accepts, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		ours := serve(t, func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return leaf, nil })
		foreign := make(map[string]string)
		for _, host := range tt.denies {
			foreign[host] = serve(t, outside(t, ca, host))
		}
		for tool, client := range clients {
			t.Run(tt.name+", "+tool, func(t *testing.T) {
				t.Parallel()
				for _, host := range tt.accepts {
					if out, err := client.connect(t, ca, host, ours); err != nil {
						t.Errorf("%s is refused: %v\n%s", host, err, out)
					}
				}
				for host, addr := range foreign {
					if out, err := client.connect(t, ca, host, addr); !client.refusedByConstraint(out, err) {
						t.Errorf("a leaf for %s is not refused by the name constraints: %v\n%s", host, err, out)
					}
				}
			})
		}
	}
}

func (c client) refusedByConstraint(out string, err error) bool {
	return err != nil && strings.Contains(strings.ToLower(out), c.violation)
}

// connect runs the client. An error means that it did not accept the certificate.
func (c client) connect(t *testing.T, ca *CA, name, addr string) (string, error) {
	t.Helper()
	path, err := exec.LookPath(c.tool)
	if err != nil {
		t.Fatalf("%s is not installed (run: apt-get install %s)", c.tool, c.pkg)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, c.command(ca.File(), name, addr)...)
	store, err := TrustStore([]*x509.Certificate{ca.Certificate()}, "changeit")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+ca.File(), "HOME="+t.TempDir(),
		"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStorePassword=changeit -Djavax.net.ssl.trustStore="+save(t, "trust.p12", store))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// serve starts a TLS server on a loopback address and returns that address.
func serve(t *testing.T, getCertificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)) string {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: getCertificate})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "served") }),
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // refused handshakes are what is tested
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(listener)
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return listener.Addr().String()
}

// outside signs a leaf with the issuer's key for a name that its constraints forbid, as a thief of the key would.
func outside(t *testing.T, ca *CA, name string) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.issuer, &key.PublicKey, ca.key)
	if err != nil {
		t.Fatal(err)
	}
	cert := &tls.Certificate{Certificate: [][]byte{der, ca.issuer.Raw, ca.Certificate().Raw}, PrivateKey: key}
	return func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return cert, nil }
}

func TestFileIsWhatOtherProgramsRead(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	data, err := os.ReadFile(ca.File())
	if err != nil || !bytes.Equal(data, ca.PEM()) {
		t.Errorf("%s does not hold the PEM form: %v", ca.File(), err)
	}
	if filepath.Base(ca.File()) != "ca.pem" {
		t.Errorf("the file is called %s", ca.File())
	}
}
