package trust

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/certs"
)

// java puts a Java into a folder of the machine: the programs of this computer's, and a copy of its roots.
// It returns the file with the copy.
func (m *machine) java(home string) string {
	m.t.Helper()
	real := javaHome(m.t)
	data, err := os.ReadFile(cacerts(real))
	if err != nil {
		m.t.Fatal(err)
	}
	m.write(home+"/lib/security/cacerts", string(data), 0o644)
	m.link(filepath.Join(real, "bin"), home+"/bin")
	return filepath.Join(m.root, home, "lib/security/cacerts")
}

// javaHome is the folder of the Java of this computer.
func javaHome(t testing.TB) string {
	t.Helper()
	keytool, err := exec.LookPath("keytool")
	if err == nil {
		keytool, err = filepath.EvalSymlinks(keytool)
	}
	if err != nil {
		t.Fatal("keytool is not installed (run: apt-get install default-jdk-headless)")
	}
	return filepath.Dir(filepath.Dir(keytool))
}

// link makes a link in the machine.
func (m *machine) link(target, path string) {
	m.t.Helper()
	m.mkdir(filepath.Dir(path))
	if err := os.Symlink(target, filepath.Join(m.root, path)); err != nil {
		m.t.Fatal(err)
	}
}

// pkcs12Keystore makes a keystore of the form that Java has since version 18: with a password, or with none.
func pkcs12Keystore(t *testing.T, file string, args ...string) {
	t.Helper()
	old := file + ".jks"
	if err := os.Rename(file, old); err != nil {
		t.Fatal(err)
	}
	keytool(t, append(args, "-importkeystore", "-srckeystore", old, "-srcstorepass", "changeit",
		"-destkeystore", file, "-deststoretype", "PKCS12", "-deststorepass", "changeit")...)
	if err := os.Remove(old); err != nil {
		t.Fatal(err)
	}
}

func keytool(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command(filepath.Join(javaHome(t), "bin/keytool"), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("keytool %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// javaStoresOf lists the names and files of the machine's stores of Java, one a line.
func javaStoresOf(m *machine) string {
	var lines []string
	for _, s := range javaStores(m.sys) {
		lines = append(lines, s.Name()+" "+strings.TrimPrefix(s.Where(), m.root))
	}
	return strings.Join(lines, "\n")
}

func TestEveryJavaIsFoundOnce(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.java("/usr/lib/jvm/java-17-openjdk-amd64")
	m.link("java-17-openjdk-amd64", "/usr/lib/jvm/default-java")
	m.java("/opt/jdk-21")
	// A second one that shares the file, as Debian's do.
	m.mkdir("/usr/lib/jvm/temurin-25/lib/security")
	m.link("../../../java-17-openjdk-amd64/lib/security/cacerts", "/usr/lib/jvm/temurin-25/lib/security/cacerts")
	// Folders that are none.
	m.mkdir("/usr/lib/jvm/openjdk-17")
	m.mkdir("/opt/google")
	// Java 8, with its runtime in a folder below, and one of the same name elsewhere.
	m.write("/opt/jdk8/jre/lib/security/cacerts", "x", 0o644)
	m.inHome(".jdks")
	m.write("/elsewhere/lib/security/cacerts", "x", 0o644)
	if err := os.Symlink(filepath.Join(m.root, "elsewhere"), filepath.Join(m.home, ".jdks/jdk8")); err != nil {
		t.Fatal(err)
	}
	m.writeHome(".sdkman/candidates/java/jdk8/lib/security/cacerts", "x")
	want := `java/17-openjdk-amd64 /usr/lib/jvm/java-17-openjdk-amd64/lib/security/cacerts
java/jdk-21 /opt/jdk-21/lib/security/cacerts
java/jdk8 /opt/jdk8/jre/lib/security/cacerts
java/jdk8-2 ` + m.home + `/.sdkman/candidates/java/jdk8/lib/security/cacerts
java/elsewhere /elsewhere/lib/security/cacerts`
	if got := javaStoresOf(m); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestJavaIsFoundOnEachSystem(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write("/Library/Java/JavaVirtualMachines/zulu-17.jdk/Contents/Home/lib/security/cacerts", "x", 0o644)
	m.write("/Program Files/Eclipse Adoptium/jdk-21.0.1/lib/security/cacerts", "x", 0o644)
	m.write("/usr/lib/jvm/java-17/lib/security/cacerts", "x", 0o644)
	m.sys.Env = append(m.sys.Env, "ProgramFiles="+filepath.Join(m.root, "Program Files"), "USERPROFILE="+m.home)
	for system, want := range map[string]string{"darwin": "java/zulu-17.jdk", "windows": "java/jdk-21.0.1", "linux": "java/17"} {
		m.sys.GOOS = system
		if name, _, _ := strings.Cut(javaStoresOf(m), " "); name != want || len(javaStores(m.sys)) != 1 {
			t.Errorf("%s: found %s, want %s", system, javaStoresOf(m), want)
		}
	}
}

func TestJavaHomeIsOneMoreJava(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, home, want string }{
		{"one that is found anyway", "/opt/jdk-21", "java/jdk-21 /opt/jdk-21/lib/security/cacerts"},
		{"one in a place of its own", "/srv/java-11", "java/11 /srv/java-11/lib/security/cacerts"},
		{"a folder without roots", "/srv", "java/JAVA_HOME /srv"},
		{"a folder that is not there", "/gone", "java/JAVA_HOME /gone"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.write("/opt/jdk-21/lib/security/cacerts", "x", 0o644)
			m.write("/srv/java-11/lib/security/cacerts", "x", 0o644)
			m.sys.Env = append(m.sys.Env, "JAVA_HOME="+filepath.Join(m.root, tt.home))
			if got := javaStoresOf(m); !strings.HasSuffix(got, tt.want) {
				t.Errorf("got\n%s\nwant at its end\n%s", got, tt.want)
			}
		})
	}
	bad := noJava("jdk")
	want(t, bad, newRoot(t), Absent, "JAVA_HOME is jdk", "unset it")
}

func TestJavaIsFoundByTheReceiptAfterJavaHomeIsUnset(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.java("/srv/java-11")
	m.sys.Receipt = NewReceipt(filepath.Join(m.home, "receipt.json"))
	m.sys.Env = append(m.sys.Env, "JAVA_HOME="+filepath.Join(m.root, "srv/java-11"))
	root := newRoot(t)
	if r := Add(t.Context(), m.sys, []Store{findStore(t, m.sys, "java/11")}, root)[0]; !r.Changed {
		t.Fatalf("the result is %+v", r)
	}
	m.sys.Env = append(m.sys.Env, "JAVA_HOME=")
	recorded := Recorded(m.sys)
	if len(recorded) != 1 || recorded[0].Name() != "java/11" {
		t.Fatalf("the receipt has %v", recorded)
	}
	if r := Remove(t.Context(), m.sys, recorded, root)[0]; !r.Changed || r.Status.State != NotTrusted {
		t.Errorf("the result is %+v", r)
	}
}

func TestAliasesOfOthersAreRemovedByCertificate(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	file := m.java("/opt/jdk")
	root, other := newRoot(t), newRoot(t)
	for _, alias := range []string{"debian:culvert.pem", "Typed By Hand"} {
		keytool(t, "-importcert", "-noprompt", "-alias", alias, "-file", root.File(), "-keystore", file, "-storepass", "changeit")
	}
	store := findStore(t, m.sys, "java/jdk")
	want(t, store, root, Trusted)
	// An entry that has our alias, yet is another certificate.
	keytool(t, "-importcert", "-noprompt", "-alias", "mine", "-file", other.File(), "-keystore", file, "-storepass", "changeit")
	if err := store.Remove(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	want(t, store, root, NotTrusted)
	want(t, store, other, Trusted)
}

func TestKeystoresAreReadWithoutStartingJava(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		form func(t *testing.T, file string)
	}{
		{"JKS", func(*testing.T, string) {}},
		{"PKCS#12 without a seal", func(t *testing.T, file string) {
			pkcs12Keystore(t, file, "-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE", "-J-Dkeystore.pkcs12.macAlgorithm=NONE")
		}},
		{"PKCS#12", func(t *testing.T, file string) { pkcs12Keystore(t, file) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			file := m.java("/opt/jdk")
			tt.form(t, file)
			root := newRoot(t)
			store := findStore(t, m.sys, "java/jdk")
			if err := store.Add(t.Context(), root); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(m.root, "opt/jdk/bin")); err != nil {
				t.Fatal(err)
			}
			want(t, store, root, Trusted)
			want(t, store, newRoot(t), NotTrusted)
		})
	}
}

func TestJavaThatCannotBeChanged(t *testing.T) {
	t.Parallel()
	change := func(args ...string) func(*testing.T, *machine, string) {
		return func(t *testing.T, _ *machine, file string) {
			keytool(t, append(args, "-keystore", file, "-storepass", "changeit")...)
		}
	}
	content := func(data string) func(*testing.T, *machine, string) {
		return func(t *testing.T, _ *machine, file string) {
			if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name  string
		spoil func(t *testing.T, m *machine, file string)
		words []string
	}{
		{"another password", change("-storepasswd", "-new", "opensesame"), []string{"password", "another one", "run: "}},
		{"a file that is cut off", content("\xfe\xed\xfe\xed\x00\x00"), []string{"is damaged", "reinstall"}},
		{"a file of another kind", content("hello"), []string{"is damaged"}},
		{"an empty file", content(""), []string{"is damaged"}},
		{"no keytool, where it is needed", func(t *testing.T, m *machine, file string) {
			content("hello")(t, m, file)
			if err := os.Remove(filepath.Join(m.root, "opt/jdk/bin")); err != nil {
				t.Fatal(err)
			}
		}, []string{"no keytool", "culvert exec"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			file := m.java("/opt/jdk")
			tt.spoil(t, m, file)
			store := findStore(t, m.sys, "java/jdk")
			want(t, store, newRoot(t), Cannot, tt.words...)
			for _, err := range []error{store.Add(t.Context(), newRoot(t)), store.Remove(t.Context(), newRoot(t))} {
				wantStatus(t, "java", cannot(err), Cannot, tt.words...)
			}
		})
	}
}

func TestPasswordOfAKeystoreGoesByTheEnvironment(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	file := m.java("/opt/jdk")
	keytool(t, "-storepasswd", "-new", "open sesame", "-keystore", file, "-storepass", "changeit")
	m.sys.Env = append(m.sys.Env, storePassword+"=open sesame")
	m.sys.Run = func(ctx context.Context, c Command) ([]byte, error) {
		if slices.Contains(c.Args, "open sesame") {
			t.Errorf("everybody can see the password in %v", c)
		}
		return runHere(ctx, c)
	}
	testStore(t, findStore(t, m.sys, "java/jdk"))
}

func TestJavaOfRootTakesRoot(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	file := m.java("/opt/jdk")
	store := findStore(t, m.sys, "java/jdk").(*javaStore)
	if got, want := store.NeedsRoot(), os.Getuid() == 0; got != want {
		t.Errorf("a file of this user takes root: %v", got)
	}
	owner(t, file, 12345)
	if store.NeedsRoot() {
		t.Error("a file of another user takes root")
	}
	denied := &CommandError{Output: "java.io.FileNotFoundException: " + file + " (Permission denied)"}
	wantStatus(t, "java", cannot(store.explain(denied)), Cannot, "may not be changed by this user", "whom it belongs to", "administrator")
}

func TestKeytoolOfAnotherUserIsNotRunAsRoot(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.java("/opt/jdk")
	if err := os.Remove(filepath.Join(m.root, "opt/jdk/bin")); err != nil {
		t.Fatal(err)
	}
	m.script("/opt/jdk/bin/keytool", "echo run; exit 1")
	owner(t, filepath.Join(m.root, "opt/jdk/bin/keytool"), 12345)
	err := findStore(t, m.sys, "java/jdk").Add(t.Context(), newRoot(t))
	if os.Getuid() == 0 {
		wantStatus(t, "java", cannot(err), Cannot, "belongs to another user", "without sudo")
	} else if !said(err, "run") {
		t.Errorf("as another user than root: %v", err)
	}
}

// owner gives a file to another user, which only root can do; else it stays this user's.
func owner(t *testing.T, file string, uid int) {
	t.Helper()
	if err := os.Chown(file, uid, uid); err != nil && os.Getuid() == 0 {
		t.Fatal(err)
	}
}

func TestKeytoolListIsRead(t *testing.T) {
	t.Parallel()
	root := newRoot(t)
	pem := string(root.PEM())
	out := strings.ReplaceAll("Keystore type: PKCS12\n\nYour keystore contains 3 entries\n\n"+
		"Alias name: a b: c\nCreation date: Nov 27, 2026\nEntry type: trustedCertEntry\n\n"+pem+"\n\n*****\n\n"+
		"Alias name: key\nCreation date: Nov 27, 2026\nEntry type: PrivateKeyEntry\nCertificate chain length: 1\nCertificate[1]:\n"+pem+"\n"+
		"Alias name: broken\nEntry type: trustedCertEntry\n\nno certificate\n", "\n", "\r\n")
	if got := holders(parseKeytoolList(out), root); !slices.Equal(got, []string{"a b: c"}) {
		t.Errorf("got %q", got)
	}
}

func FuzzKeytoolList(f *testing.F) {
	f.Add("Alias name: a\nEntry type: trustedCertEntry\n\n-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
	f.Fuzz(func(t *testing.T, out string) {
		for _, e := range parseKeytoolList(out) {
			if strings.Contains(e.alias, "\n") || !strings.Contains(out, "-----END") {
				t.Errorf("%q from %q", e, out)
			}
		}
	})
}

// handshake is a Java program that opens the address that it is given, with the roots of the Java that runs it.
const handshake = `
import java.net.URI;
public class Handshake {
	public static void main(String[] args) throws Exception {
		var connection = URI.create(args[0]).toURL().openConnection();
		System.out.print(new String(connection.getInputStream().readAllBytes()));
	}
}
`

func TestJavaProgramTrustsTheServer(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	file := m.java("/opt/jdk")
	program := filepath.Join(m.home, "Handshake.java")
	m.writeHome("Handshake.java", handshake)
	ca := newCA(t)
	server := serve(t, ca)
	run := func() (string, error) {
		// The programs find their folder by where they really lie, so that the file is named to them.
		c := exec.CommandContext(t.Context(), filepath.Join(m.root, "opt/jdk/bin/java"), "-Djavax.net.ssl.trustStore="+file, program, server)
		var stderr bytes.Buffer
		c.Stderr = &stderr
		out, err := c.Output()
		if err != nil {
			err = errors.Join(err, errors.New(stderr.String()))
		}
		return string(out), err
	}
	if out, err := run(); err == nil || !strings.Contains(err.Error(), "SSLHandshakeException") {
		t.Fatalf("before: %q, %v", out, err)
	}
	if r := Add(t.Context(), m.sys, []Store{findStore(t, m.sys, "java/jdk")}, ca.Root)[0]; !r.Changed || r.Restart != "Java" {
		t.Fatalf("the result is %+v", r)
	}
	if out, err := run(); err != nil || out != "hello" {
		t.Errorf("after: %q, %v", out, err)
	}
}

// serve starts a server with a certificate of the CA, and returns its address.
func serve(t *testing.T, ca *certs.CA) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("hello"))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes that are refused are what is wanted
	// Its own StartTLS would answer with its own certificate those who do not name the server, as Java does not.
	server.Listener = tls.NewListener(server.Listener, &tls.Config{GetCertificate: certs.NewMinter(nil, ca).GetCertificate})
	server.Start()
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "https://localhost:" + port
}
