package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"culvert/certs"
	"culvert/cmd/internal/tomcattest"

	"github.com/gorilla/websocket"
)

// connector is how Tomcat is told of a certificate, and who has to believe it.
type connector struct {
	name  string
	args  string // of culvert cert
	files string // attributes of Tomcat's Certificate element
	ca    func() *certs.Root
	host  string
}

func TestTomcatServesWSSWithEveryFormat(t *testing.T) {
	m := newMachine(t)
	m.chat()
	first := func() *certs.Root { // which the first run makes
		root, err := certs.ReadRoot(filepath.Dir(m.caFile()))
		if err != nil {
			t.Fatal(err)
		}
		return root
	}
	second := m.nameCA("example.cn").Root
	connectors := []connector{
		{
			"a Java keystore", "web-chat --format jks --out node1.jks --alias node1 --password-env PASSWORD",
			`certificateKeystoreFile="HOME/node1.jks" certificateKeystorePassword="secret1" certificateKeyAlias="node1"`, first, "chat.test",
		},
		{
			"a Java keystore with what Tomcat assumes", "web-chat --format jks --out b.jks",
			`certificateKeystoreFile="HOME/b.jks"`, first, "localhost",
		},
		{
			"PKCS#12", "web-chat --format p12 --out c.p12 --password-env PASSWORD",
			`certificateKeystoreFile="HOME/c.p12" certificateKeystorePassword="secret1" certificateKeystoreType="PKCS12"`, first, "127.0.0.1",
		},
		{
			"PKCS#12 in the old encryption, of the second CA", "--host web.example.cn --format p12 --legacy --out d.p12",
			`certificateKeystoreFile="HOME/d.p12" certificateKeystoreType="PKCS12"`, func() *certs.Root { return second }, "web.example.cn",
		},
		{
			"PEM", "web-chat --out e.crt --key e.key",
			`certificateFile="HOME/e.crt" certificateKeyFile="HOME/e.key"`, first, "chat.test",
		},
	}
	for _, c := range connectors {
		if r := m.doWith("PASSWORD=secret1", append([]string{"cert"}, strings.Fields(c.args)...)...); r.code != 0 {
			t.Fatalf("%s: %+v", c.name, r)
		}
	}
	var secure []string
	for _, c := range connectors {
		secure = append(secure, tomcattest.Secure(strings.ReplaceAll(c.files, "HOME", m.home)))
	}
	ports := tomcattest.Start(t, filepath.Join(m.home, "tomcat"), secure...)
	for i, c := range connectors {
		conn, err := dialTLS(t, c.host, ports[i], c.ca())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if err := conn.WriteMessage(websocket.TextMessage, []byte(c.name)); err != nil {
			t.Error(err)
		}
		if _, data, err := conn.ReadMessage(); err != nil || string(data) != "Tomcat says "+c.name {
			t.Errorf("%s: the answer is %q, %v", c.name, data, err)
		}
		conn.Close()
	}
	if conn, err := dialTLS(t, "localhost", ports[0], second); err == nil {
		conn.Close()
		t.Error("a client that trusts another CA is content")
	}
}

// dialTLS opens the socket /echo of a host on a loopback port, and trusts one CA.
func dialTLS(t *testing.T, host, port string, ca *certs.Root) (*websocket.Conn, error) {
	roots := x509.NewCertPool()
	roots.AddCert(ca.Certificate())
	dialer := websocket.Dialer{
		TLSClientConfig:  &tls.Config{RootCAs: roots},
		HandshakeTimeout: time.Minute,
		NetDialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		},
	}
	conn, response, err := dialer.DialContext(t.Context(), "wss://"+net.JoinHostPort(host, port)+"/echo", nil)
	if response != nil {
		response.Body.Close()
	}
	return conn, err
}
