package migration

import (
	"crypto/tls"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/template"
)

// site is one of the systems in testdata: configurations with places to fill in, and what they name.
type site struct {
	t      *testing.T
	folder string            // in testdata
	shared map[string]string // what is filled in for nginx and Culvert alike, above all the backends' addresses
	roles  []string          // of the ports that it listens on, one for nginx and one for Culvert each
	env    []string          // variables that the project files name
}

// front is a site that is served, by nginx or by Culvert.
type front struct {
	*site
	ports  map[string]string // by role
	tls    *tls.Config       // of a client
	notes  string            // what the import said
	files  []string          // project files
	engine machine           // where culvert runs
}

// places makes the folder of one front. The keys lie in it, and so does what a root names.
func (s *site) places() (dir string, ports map[string]string) {
	s.t.Helper()
	dir, err := os.MkdirTemp("", "site")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // nginx's workers may be somebody else
		s.t.Fatal(err)
	}
	ports = make(map[string]string)
	for _, role := range s.roles {
		ports[role] = freePort(s.t)
	}
	return dir, ports
}

// fill writes the site's configuration with everything filled in, and returns the file that nginx reads.
func (s *site) fill(dir string, ports map[string]string) (file string) {
	s.t.Helper()
	values := map[string]string{"dir": dir, "user": ""}
	if os.Getuid() == 0 {
		values["user"] = "user root;" // nobody could not read the test's files
	}
	maps.Copy(values, s.shared)
	maps.Copy(values, ports)
	s.copyTree(dir)
	write(s.t, filepath.Join(dir, "mime.types"), read(s.t, "testdata/mime.types"))
	confs, err := filepath.Glob(filepath.Join("testdata", s.folder, "*.conf"))
	if err != nil {
		s.t.Fatal(err)
	}
	whole := "testdata/nginx.conf"
	for _, conf := range confs {
		if filepath.Base(conf) == "nginx.conf" {
			whole = conf
			continue
		}
		write(s.t, filepath.Join(dir, "conf.d", filepath.Base(conf)), expand(s.t, conf, values))
	}
	file = filepath.Join(dir, "nginx.conf")
	write(s.t, file, expand(s.t, whole, values))
	return file
}

// copyTree copies what the configuration names: folders, and files that are none of it. It makes the keys.
func (s *site) copyTree(dir string) {
	s.t.Helper()
	source := filepath.Join("testdata", s.folder)
	entries, err := os.ReadDir(source)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		switch {
		case !e.IsDir() && filepath.Ext(e.Name()) == "":
			write(s.t, filepath.Join(dir, e.Name()), read(s.t, filepath.Join(source, e.Name())))
		case e.IsDir():
			if err := os.CopyFS(filepath.Join(dir, e.Name()), os.DirFS(filepath.Join(source, e.Name()))); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	selfSigned(s.t, filepath.Join(dir, "keys"))
}

// nginx serves the site by nginx.
func (s *site) nginx() front {
	s.t.Helper()
	dir, ports := s.places()
	startNginx(s.t, dir, s.fill(dir, ports))
	return front{site: s, ports: ports, tls: &tls.Config{InsecureSkipVerify: true}} // by its own signature
}

// culvert carries the site's configuration over, and serves what came of it.
func (s *site) culvert() front {
	s.t.Helper()
	dir, ports := s.places()
	m := newMachine(s.t, s.env...)
	out := filepath.Join(m.home, "projects")
	f := front{site: s, ports: ports, engine: m}
	f.notes = m.must("import", "nginx", s.fill(dir, ports), "--out", out)
	var err error
	if f.files, err = filepath.Glob(filepath.Join(out, "*.toml")); err != nil || len(f.files) == 0 {
		s.t.Fatalf("the import wrote no project file, %v:\n%s", err, f.notes)
	}
	s.t.Cleanup(func() {
		if s.t.Failed() {
			s.t.Logf("the import said:\n%s", f.notes)
			for _, file := range f.files {
				s.t.Logf("%s:\n%s", file, read(s.t, file))
			}
		}
	})
	m.run(f.files...)
	f.tls = &tls.Config{RootCAs: m.roots()}
	return f
}

// address returns the front's address of a role.
func (f front) address(role string) string { return net.JoinHostPort("127.0.0.1", f.ports[role]) }

// fill puts the front's ports in for their roles: "https://localhost:{https}/".
func (f front) fill(url string) string {
	for role, port := range f.ports {
		url = strings.ReplaceAll(url, "{"+role+"}", port)
	}
	return url
}

// anonymous puts roles in for ports and backends, so that what two fronts said can be compared.
func (f front) anonymous(text string) string {
	for role, value := range f.shared {
		if strings.Contains(value, ":") { // an address
			text = strings.ReplaceAll(text, value, "{"+role+"}")
		}
	}
	for role, port := range f.ports {
		text = strings.ReplaceAll(text, ":"+port, ":{"+role+"}")
	}
	return text
}

// expand fills a template of testdata in.
func expand(t *testing.T, file string, values map[string]string) string {
	t.Helper()
	tmpl, err := template.New(file).Option("missingkey=error").Parse(read(t, file))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := tmpl.Execute(&text, values); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// handedOut are the ports that tests of this process have got.
var handedOut sync.Map

// freePort returns a port on which nothing listens. A configuration cannot ask for any free one, so it is picked outside
// of the range from which the system gives those out, where nobody else takes it in the meantime.
func freePort(t *testing.T) string {
	t.Helper()
	for range 1000 {
		port := 20000 + rand.IntN(10000)
		if _, taken := handedOut.LoadOrStore(port, true); taken {
			continue
		}
		l, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
		if err != nil {
			continue
		}
		l.Close()
		return strconv.Itoa(port)
	}
	t.Fatal("no free port")
	return ""
}
