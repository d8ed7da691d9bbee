package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"culvert/certs"

	"github.com/gorilla/websocket"
)

// tomcatHome is where Debian's tomcat10 lies.
const tomcatHome = "/usr/share/tomcat10"

// serverXML has one connector for each file that culvert cert writes, each on a free port.
const serverXML = `<Server port="-1">
  <Service name="Catalina">
    CONNECTORS
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps" autoDeploy="false"/>
    </Engine>
  </Service>
</Server>`

const connectorXML = `<Connector port="0" address="127.0.0.1" SSLEnabled="true" scheme="https" secure="true">
      <SSLHostConfig><Certificate FILES/></SSLHostConfig>
    </Connector>
    `

const echoJava = `
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;

@ServerEndpoint("/echo")
public class Echo {
	@OnMessage
	public String echo(String message) { return "Tomcat says " + message; }
}`

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
	ports := m.startTomcat(connectors)
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

// startTomcat runs Tomcat with a web socket that echoes, and returns the connectors' ports.
func (m machine) startTomcat(connectors []connector) []string {
	m.t.Helper()
	if _, err := os.Stat(tomcatHome); err != nil {
		m.t.Fatal("tomcat10 is not installed (run: apt-get install tomcat10)")
	}
	base := m.tomcatBase(connectors)
	java, err := exec.LookPath("java")
	if err != nil {
		m.t.Fatal("java is not installed (run: apt-get install default-jdk-headless)")
	}
	jars := []string{tomcatHome + "/bin/bootstrap.jar", tomcatHome + "/bin/tomcat-juli.jar"}
	c := exec.Command(java, "-cp", strings.Join(jars, ":"), "-Dcatalina.home="+tomcatHome, "-Dcatalina.base="+base,
		"-Djava.io.tmpdir="+filepath.Join(base, "temp"), "-Duser.language=en", "org.apache.catalina.startup.Bootstrap", "start")
	c.Dir, c.Env = base, m.command().Env
	log, err := c.StderrPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		m.t.Fatal(err)
	}
	drained := make(chan struct{})
	m.t.Cleanup(func() {
		c.Process.Kill()
		<-drained
		c.Wait()
	})
	// A test that waits for what never comes is ended by this.
	watch := time.AfterFunc(2*time.Minute, func() { c.Process.Kill() })
	defer watch.Stop()
	ports, text := tomcatPorts(log)
	go func() {
		defer close(drained)
		io.Copy(io.Discard, log)
	}()
	if len(ports) != len(connectors) {
		m.t.Fatalf("Tomcat opened %d ports, want %d:\n%s", len(ports), len(connectors), text)
	}
	return ports
}

// tomcatBase makes the folder of one Tomcat: its connectors, and the web socket, compiled.
func (m machine) tomcatBase(connectors []connector) string {
	m.t.Helper()
	base := filepath.Join(m.home, "tomcat")
	classes := filepath.Join(base, "webapps", "ROOT", "WEB-INF", "classes")
	for _, dir := range []string{classes, filepath.Join(base, "conf"), filepath.Join(base, "temp")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			m.t.Fatal(err)
		}
	}
	var xml strings.Builder
	for _, c := range connectors {
		xml.WriteString(strings.ReplaceAll(connectorXML, "FILES", strings.ReplaceAll(c.files, "HOME", m.home)))
	}
	m.file("tomcat/conf/server.xml", strings.Replace(serverXML, "CONNECTORS", xml.String(), 1))
	// Sockets are found by way of the default servlet, which this file has.
	if err := os.Symlink(tomcatHome+"/etc/web.xml", filepath.Join(base, "conf", "web.xml")); err != nil {
		m.t.Fatal(err)
	}
	m.file("Echo.java", echoJava)
	api := []string{tomcatHome + "/lib/websocket-api.jar", tomcatHome + "/lib/websocket-client-api.jar"}
	m.tool("default-jdk-headless", "javac", "-cp", strings.Join(api, ":"), "-d", classes, "Echo.java")
	return base
}

// tomcatPorts reads Tomcat's log until it has started, or has ended.
func tomcatPorts(log io.Reader) (ports []string, text string) {
	started := regexp.MustCompile(`Starting ProtocolHandler \["https-[^"]*-auto-\d+-(\d+)"\]`)
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		text += lines.Text() + "\n"
		if port := started.FindStringSubmatch(lines.Text()); port != nil {
			ports = append(ports, port[1])
		}
		if strings.Contains(lines.Text(), "Server startup in") {
			break
		}
	}
	return ports, text
}
