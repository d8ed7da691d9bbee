//go:build linux

package tomcattest

import (
	"bufio"
	"embed"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// home is where Debian's tomcat10 lies.
const home = "/usr/share/tomcat10"

// life is how long Tomcat may take to start.
const life = 2 * time.Minute

//go:embed *.java
var sources embed.FS

// The valve is how people have Tomcat believe the proxy in front of it.
const serverXML = `<Server port="-1">
  <Service name="Catalina">
    CONNECTORS
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps" autoDeploy="false">
        <Valve className="org.apache.catalina.valves.RemoteIpValve" protocolHeader="X-Forwarded-Proto" portHeader="X-Forwarded-Port"/>
      </Host>
    </Engine>
  </Service>
</Server>`

// Plain returns a connector without TLS, on a free port.
func Plain() string { return `<Connector port="0" address="127.0.0.1"/>` }

// Secure returns a connector with TLS on a free port, by the attributes of Tomcat's Certificate element.
func Secure(certificate string) string {
	return `<Connector port="0" address="127.0.0.1" SSLEnabled="true" scheme="https" secure="true">
      <SSLHostConfig><Certificate ` + certificate + `/></SSLHostConfig>
    </Connector>
    `
}

// Start runs Tomcat in dir, which is made, until the test ends, and returns the connectors' ports once it serves.
func Start(t testing.TB, dir string, connectors ...string) (ports []string) {
	t.Helper()
	if _, err := os.Stat(home); err != nil {
		t.Fatal("tomcat10 is not installed (run: apt-get install tomcat10)")
	}
	deploy(t, dir, connectors)
	jars := []string{home + "/bin/bootstrap.jar", home + "/bin/tomcat-juli.jar"}
	c := exec.Command(tool(t, "java"), "-cp", strings.Join(jars, ":"), "-Dcatalina.home="+home, "-Dcatalina.base="+dir,
		"-Djava.io.tmpdir="+filepath.Join(dir, "temp"), "-Duser.language=en", "org.apache.catalina.startup.Bootstrap", "start")
	c.Dir, c.Env = dir, []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "TZ=UTC"}
	log, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	drained := make(chan struct{})
	t.Cleanup(func() {
		_ = c.Process.Kill()
		<-drained
		_ = c.Wait()
	})
	// A test that waits for what never comes is ended by this.
	defer time.AfterFunc(life, func() { _ = c.Process.Kill() }).Stop()
	ports, text := started(log)
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, log)
	}()
	if len(ports) != len(connectors) {
		t.Fatalf("Tomcat opened %d ports, want %d:\n%s", len(ports), len(connectors), text)
	}
	return ports
}

// deploy makes the folder of one Tomcat: its connectors, and the application, compiled.
func deploy(t testing.TB, dir string, connectors []string) {
	t.Helper()
	classes := filepath.Join(dir, "webapps", "ROOT", "WEB-INF", "classes")
	for _, d := range []string{classes, filepath.Join(dir, "conf"), filepath.Join(dir, "temp")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	xml := strings.Replace(serverXML, "CONNECTORS", strings.Join(connectors, ""), 1)
	if err := os.WriteFile(filepath.Join(dir, "conf", "server.xml"), []byte(xml), 0o600); err != nil {
		t.Fatal(err)
	}
	// Sockets are found by way of the default servlet, which this file has.
	if err := os.Symlink(home+"/etc/web.xml", filepath.Join(dir, "conf", "web.xml")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "source"), sources); err != nil {
		t.Fatal(err)
	}
	api := []string{home + "/lib/websocket-api.jar", home + "/lib/websocket-client-api.jar", home + "/lib/servlet-api.jar"}
	c := exec.Command(tool(t, "javac"), "-cp", strings.Join(api, ":"), "-d", classes, "Echo.java", "Report.java")
	c.Dir = filepath.Join(dir, "source")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
}

func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not installed (run: apt-get install default-jdk-headless)", name)
	}
	return path
}

// started reads Tomcat's log until it has started, or has ended.
func started(log io.Reader) (ports []string, text string) {
	opened := regexp.MustCompile(`Starting ProtocolHandler \["http[^"]*-auto-\d+-(\d+)"\]`)
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		text += lines.Text() + "\n"
		if port := opened.FindStringSubmatch(lines.Text()); port != nil {
			ports = append(ports, port[1])
		}
		if strings.Contains(lines.Text(), "Server startup in") {
			break
		}
	}
	return ports, text
}
