//go:build unix

package proof

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/certs"
	"culvert/certs/trust"
	"culvert/certs/trust/browsertest"

	"go.uber.org/goleak"
)

// handshaking is set where this program is to be the fresh process of Go, as culvert handshake is.
const handshaking = "CULVERT_TEST_HANDSHAKE"

func TestMain(m *testing.M) {
	if os.Getenv(handshaking) == "" {
		goleak.VerifyTestMain(m)
		return
	}
	c := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{ServerName: os.Args[3]}}}
	if _, err := c.Head("https://" + os.Args[2] + "/"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// machine is a computer in a temporary folder: a home with databases and profiles, a JVM, a system's bundle. The programs
// are the real ones; scripts around them say where this system's own roots are, which others are compiled in.
type machine struct {
	t    *testing.T
	root string
	home string
	bin  string
	env  []string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	root, err := os.MkdirTemp("", "culvert-") // t.TempDir's names are too long for Chromium's sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	m := &machine{t: t, root: root, home: filepath.Join(root, "home"), bin: filepath.Join(root, "bin")}
	for _, dir := range []string{m.home, m.bin} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	m.env = []string{"HOME=" + m.home, "PATH=" + m.bin, "LANG=C.UTF-8"}
	return m
}

func (m *machine) write(path, text string, mode os.FileMode) string {
	m.t.Helper()
	file := filepath.Join(m.root, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		m.t.Fatal(err)
	}
	return file
}

func (m *machine) real(name, debian string) string {
	m.t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		m.t.Fatalf("%s is not installed (run: apt-get install %s)", name, debian)
	}
	return path
}

func (m *machine) command(name string, args ...string) {
	m.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		m.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// program installs a program, with lines of a script that come before it.
func (m *machine) program(path, script, real string) string {
	m.t.Helper()
	// Programs that are scripts themselves call tools of the system.
	return m.write(path, "#!/bin/sh\nPATH=$PATH:/usr/bin:/bin\n"+script+"\nexec "+real+" \"$@\"\n", 0o700)
}

// furnish installs every program, and has all stores trust the roots. It returns the path of culvert.
func (m *machine) furnish(roots ...*certs.Root) (culvert string) {
	m.t.Helper()
	var bundle strings.Builder
	for _, r := range roots {
		bundle.Write(r.PEM())
	}
	file := m.write("etc/bundle.pem", bundle.String(), 0o600)
	def := func(variable string) string { return ": ${" + variable + ":=" + file + "}; export " + variable }
	m.program("bin/curl", def("CURL_CA_BUNDLE"), m.real("curl", "curl"))
	m.program("bin/openssl", def("SSL_CERT_FILE"), m.real("openssl", "openssl"))
	m.program("bin/python3", def("SSL_CERT_FILE"), m.real("/usr/bin/python3", "python3"))
	m.program("bin/git", def("GIT_SSL_CAINFO"), m.real("git", "git"))
	m.program("bin/node", "", m.real("node", "nodejs"))
	m.program("bin/certutil", "", m.real("certutil", "libnss3-tools"))
	for _, b := range []browsertest.Browser{browsertest.Chromium(), browsertest.Firefox()} {
		path := b.Path(m.t)
		m.program("bin/"+filepath.Base(path), "", path)
	}
	m.jvm(roots...)
	m.database("home/.local/share/pki/nssdb", roots...)
	m.write("home/.config/mozilla/firefox/profiles.ini", "[Profile0]\nName=a\nIsRelative=1\nPath=a.default\n", 0o600)
	m.database("home/.config/mozilla/firefox/a.default", roots...)
	self, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	return m.program("opt/culvert", def("SSL_CERT_FILE")+"\nexport "+handshaking+"=1", self)
}

// jvm makes a JVM that trusts the roots.
func (m *machine) jvm(roots ...*certs.Root) {
	m.t.Helper()
	cacerts := m.write("jvm/lib/security/cacerts", "", 0o600)
	if err := os.Remove(cacerts); err != nil {
		m.t.Fatal(err)
	}
	for _, r := range roots {
		m.command(m.real("keytool", "default-jdk-headless"), "-importcert", "-noprompt", "-keystore", cacerts, "-storepass", "changeit",
			"-storetype", "JKS", "-alias", r.Fingerprint(), "-file", r.File())
	}
	m.program("jvm/bin/java", `[ "$JAVA_TOOL_OPTIONS" ] || set -- -Djavax.net.ssl.trustStore=`+cacerts+` "$@"`, m.real("java", "default-jdk-headless"))
	m.write("jvm/bin/javac", "", 0o700)
	m.env = append(m.env, "JAVA_HOME="+filepath.Join(m.root, "jvm"))
}

// database makes an NSS database that trusts the roots.
func (m *machine) database(path string, roots ...*certs.Root) {
	m.t.Helper()
	dir := filepath.Join(m.root, path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		m.t.Fatal(err)
	}
	certutil := m.real("certutil", "libnss3-tools")
	m.command(certutil, "-N", "-d", "sql:"+dir, "--empty-password")
	for _, r := range roots {
		m.command(certutil, "-A", "-d", "sql:"+dir, "-t", "C,,", "-n", r.Fingerprint(), "-i", r.File())
	}
}

// prove tries everything on the machine, and checks that nothing there was changed.
func (m *machine) prove(o Options) []Proof {
	m.t.Helper()
	o.System = trust.System{Root: m.root, Env: m.env, UID: os.Getuid()}
	before := m.files()
	proofs := Run(m.t.Context(), o)
	if after := m.files(); !slices.Equal(before, after) {
		m.t.Errorf("the machine has %q, before %q", after, before)
	}
	for _, p := range proofs {
		m.t.Logf("%+v", p)
		if p.Store == "" || p.Program == "" || p.At.IsZero() || (p.Reason == "") != (p.State == Proven) || strings.Contains(p.Reason, "\n") {
			m.t.Errorf("%+v lacks something", p)
		}
	}
	return proofs
}

// files tells every file of the machine, with its size and the time of its last change.
func (m *machine) files() (list []string) {
	m.t.Helper()
	err := filepath.WalkDir(m.root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		list = append(list, fmt.Sprint(path, info.Mode(), info.Size(), info.ModTime()))
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return list
}

func newCA(t *testing.T) *certs.CA {
	t.Helper()
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// find returns what a program did with a store.
func find(t *testing.T, proofs []Proof, store, program string) Proof {
	t.Helper()
	for _, p := range proofs {
		if p.Store == store && p.Program == program {
			return p
		}
	}
	t.Fatalf("nobody tried %s with %s", program, store)
	return Proof{}
}

// tries are the programs of a furnished machine with the stores that they read.
var tries = [][2]string{
	{"system", "Go"},
	{"system", "curl"},
	{"system", "OpenSSL"},
	{"system", "Python"},
	{"system", "git"},
	{"java/jvm", "Java"},
	{"chromium", "NSS"},
	{"chromium", "Chromium"},
	{"firefox/a.default", "NSS"},
	{"firefox/a.default", "Firefox"},
}

func TestEachProgramIsProvenOrRefusedByWhatItsStoreTrusts(t *testing.T) {
	t.Parallel()
	for trusted, want := range map[bool]State{true: Proven, false: Refused} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			m, ca := newMachine(t), newCA(t)
			roots := []*certs.Root{newCA(t).Root}
			if trusted {
				roots = append(roots, ca.Root)
			}
			culvert := m.furnish(roots...)
			// What would help others is set, and must not decide.
			m.env = append(m.env, "SSL_CERT_FILE="+ca.File(), "CURL_CA_BUNDLE="+ca.File(), "GIT_SSL_NO_VERIFY=1", "https_proxy=http://127.0.0.1:1")
			proofs := m.prove(Options{GetCertificate: certs.NewMinter(nil, ca).GetCertificate, Roots: []*certs.Root{ca.Root}, Culvert: culvert})
			for _, try := range tries {
				p := find(t, proofs, try[0], try[1])
				if p.State != want || (p.Fix == "") != trusted {
					t.Errorf("%+v is not %s", p, want)
				}
				if p.Version == "" && p.Program != "NSS" && p.Program != "Go" {
					t.Errorf("%+v has no version", p)
				}
			}
			for _, program := range []string{"curl", "OpenSSL", "Python", "git", "Node", "Java"} {
				if p := find(t, proofs, Environment, program); p.State != Proven {
					t.Errorf("%+v is not proven, though the variables say it all", p)
				}
			}
		})
	}
}

func TestAMachineWithoutProgramsIsUntried(t *testing.T) {
	t.Parallel()
	m, ca := newMachine(t), newCA(t)
	m.database("home/.pki/nssdb", ca.Root)
	m.program("jvm/bin/java", "", "false")
	m.env = append(m.env, "JAVA_HOME="+filepath.Join(m.root, "jvm"))
	proofs := m.prove(Options{GetCertificate: certs.NewMinter(nil, ca).GetCertificate, Roots: []*certs.Root{ca.Root}, Culvert: "/nowhere/culvert"})
	for _, p := range proofs {
		if p.State != Untried {
			t.Errorf("%+v", p)
		}
	}
	for _, want := range []struct{ store, program, says string }{
		{"system", "curl", "curl is not installed"},
		{"system", "Go", "no such file"},
		{"java/jvm", "Java", "without a compiler"},
		{"chromium-old", "NSS", "certutil is not installed"},
		{Environment, "Node", "Node is not installed"},
	} {
		if p := find(t, proofs, want.store, want.program); !strings.Contains(p.Reason, want.says) {
			t.Errorf("%+v does not say %q", p, want.says)
		}
	}
}

func TestAProgramThatHangsOrFailsIsUntried(t *testing.T) {
	t.Parallel()
	m, ca := newMachine(t), newCA(t)
	pids := filepath.Join(t.TempDir(), "pids")
	m.write("bin/curl", "#!/bin/sh\n/bin/sleep 600 & echo $! >> "+pids+"; wait\n", 0o700)
	m.write("bin/openssl", "#!/bin/sh\necho 'no libssl' >&2; exit 1\n", 0o700)
	proofs := m.prove(Options{
		GetCertificate: certs.NewMinter(nil, ca).GetCertificate, Roots: []*certs.Root{ca.Root}, Timeout: 3 * time.Second,
	})
	if p := find(t, proofs, "system", "curl"); p.State != Untried || !strings.Contains(p.Reason, "did not end") {
		t.Errorf("%+v", p)
	}
	if p := find(t, proofs, "system", "OpenSSL"); p.State != Untried || p.Reason != "no libssl" {
		t.Errorf("%+v", p)
	}
	data, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range strings.Fields(string(data)) {
		if stat, err := os.ReadFile("/proc/" + field + "/stat"); err == nil && !strings.Contains(string(stat), ") Z ") {
			t.Errorf("what the program started still runs: %s", field)
		}
	}
}

func TestAProgramWithRootsOfItsOwnIsToldFromAStoreWithoutTheCA(t *testing.T) {
	t.Parallel()
	for trusted, fix := range map[bool]string{true: "run: culvert exec -- curl", false: "run: culvert trust --store system"} {
		m, ca := newMachine(t), newCA(t)
		others := m.write("others.pem", string(newCA(t).PEM()), 0o600)
		m.program("bin/curl", "export CURL_CA_BUNDLE="+others, m.real("curl", "curl"))
		m.write("etc/os-release", "ID=fedora\n", 0o600)
		m.write("etc/pki/ca-trust/source/anchors/README", "", 0o600)
		m.write("usr/bin/update-ca-trust", "#!/bin/sh\n", 0o700)
		bundle := newCA(t).PEM()
		if trusted {
			bundle = ca.PEM()
		}
		m.write("etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", string(bundle), 0o600)
		proofs := m.prove(Options{GetCertificate: certs.NewMinter(nil, ca).GetCertificate, Roots: []*certs.Root{ca.Root}})
		if p := find(t, proofs, "system", "curl"); p.State != Refused || !strings.Contains(p.Fix, fix) {
			t.Errorf("%+v does not say %q", p, fix)
		}
	}
}
