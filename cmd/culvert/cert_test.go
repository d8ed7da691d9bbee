package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"culvert/certs"
)

// tool runs a program that has to succeed, in the machine's home and with the password in PASSWORD.
func (m machine) tool(pkg, name string, args ...string) string {
	m.t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		m.t.Fatalf("%s is not installed (run: apt-get install %s)", name, pkg)
	}
	c := exec.Command(path, args...)
	c.Dir = m.home
	c.Env = append(m.command().Env, "PASSWORD=secret1", "LC_ALL=C")
	out, err := c.CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (m machine) openssl(args ...string) string { return m.tool("openssl", "openssl", args...) }

// doWith is do with more variables.
func (m machine) doWith(env string, args ...string) result {
	m.t.Helper()
	var out, errOut bytes.Buffer
	c := m.command(args...)
	c.Env = append(c.Env, env)
	c.Stdout, c.Stderr = &out, &errOut
	if err := c.Run(); err != nil && c.ProcessState == nil {
		m.t.Fatal(err)
	}
	return result{out.String(), errOut.String(), c.ProcessState.ExitCode()}
}

// caFile is the first CA's certificate.
func (m machine) caFile() string { return filepath.Join(m.home, "c", "data", "ca", "ca.pem") }

// nameCA makes the second CA.
func (m machine) nameCA(names ...string) *certs.CA {
	m.t.Helper()
	ca, err := certs.CreateNamed(filepath.Join(m.home, "c", "data", "named-ca"), names)
	if err != nil {
		m.t.Fatal(err)
	}
	return ca
}

// verify lets openssl verify a file's first certificate for a host.
func (m machine) verify(ca, file, host string) {
	m.t.Helper()
	out := m.openssl("verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host, "-CAfile", ca, "-no-CApath", "-no-CAstore", "-untrusted", file, file)
	if !strings.HasSuffix(out, ": OK\n") {
		m.t.Errorf("%s is not verified for %s:\n%s", file, host, out)
	}
}

// certificates lets openssl read all certificates of a PEM file.
func (m machine) certificates(file string) string {
	m.t.Helper()
	m.openssl("crl2pkcs7", "-nocrl", "-certfile", file, "-out", "all.p7")
	return m.openssl("pkcs7", "-in", "all.p7", "-print_certs")
}

func (m machine) chat() {
	m.file("culvert.toml", "name = \"web-chat\"\nhosts = [\"localhost\", \"chat.test\"]\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n")
	m.must("add", "culvert.toml")
}

func TestCertificateOfAProjectInEveryFormat(t *testing.T) {
	m := newMachine(t)
	m.chat()
	for _, tt := range []struct {
		args string
		open func(file string) string // gives it as PEM
	}{
		{"--out a.pem", func(file string) string { return m.certificates(file) + m.openssl("pkey", "-in", file) }},
		{"--format pem --out b.crt --key b.key", func(file string) string {
			return m.certificates(file) + m.openssl("pkey", "-in", "b.key")
		}},
		{"--format p12 --out c.p12 --password-env PASSWORD", func(file string) string {
			return m.openssl("pkcs12", "-in", file, "-passin", "env:PASSWORD", "-nodes")
		}},
		{"--format p12 --legacy --out d.p12", func(file string) string {
			return m.openssl("pkcs12", "-legacy", "-in", file, "-passin", "pass:changeit", "-nodes")
		}},
		{"--format jks --alias Node1 --out e.jks --password-env PASSWORD", func(file string) string {
			return m.tool("default-jdk-headless", "keytool", "-list", "-rfc", "-alias", "node1", "-keystore", file, "-storepass:env", "PASSWORD")
		}},
		{"--format jks --out f.jks", func(file string) string {
			return m.tool("default-jdk-headless", "keytool", "-list", "-rfc", "-alias", "culvert", "-keystore", file, "-storepass", "changeit")
		}},
	} {
		args := append([]string{"cert", "web-chat", "--host", "127.0.0.2"}, strings.Fields(tt.args)...)
		r := m.doWith("PASSWORD=secret1", args...)
		if r.code != 0 || r.out != "" || !strings.Contains(r.err, " written: for localhost, chat.test, 127.0.0.1, ::1, 127.0.0.2; valid until 2") {
			t.Fatalf("%s: %+v", tt.args, r)
		}
		if told := strings.Contains(r.err, `the password is "changeit"`); told != (strings.Contains(tt.args, "--format") &&
			!strings.Contains(tt.args, "pem") && !strings.Contains(tt.args, "--password-env")) {
			t.Errorf("%s: the password is told: %v", tt.args, told)
		}
		file := strings.Fields(tt.args[strings.Index(tt.args, "--out"):])[1]
		pem := m.file(file+".opened", tt.open(file))
		m.verify(m.caFile(), pem, "chat.test")
		if info, err := os.Stat(filepath.Join(m.home, file)); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
			t.Errorf("%s has mode %v (%v)", file, info.Mode(), err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(m.home, ".*.tmp")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCertificateWithoutAProject(t *testing.T) {
	m := newMachine(t)
	m.must("cert", "--host", "app.test", "--host", "聊天.localhost", "--out", "a.pem")
	m.verify(m.caFile(), "a.pem", "app.test")
	m.verify(m.caFile(), "a.pem", "xn--rss932g.localhost")
	m.must("cert", "demo", "--out", "demo.pem") // which has no file
	m.verify(m.caFile(), "demo.pem", "demo.localhost")
}

func TestCertificateOfTheSecondCA(t *testing.T) {
	m := newMachine(t)
	r := m.do("cert", "--host", "web.example.cn", "--out", "a.pem")
	if r.code != 1 || !strings.Contains(r.err, "or run: culvert trust --name web.example.cn)") {
		t.Errorf("without a second CA: %+v", r)
	}
	ca := m.nameCA("web.example.cn", "192.168.1.5")
	r = m.do("cert", "--host", "192.168.1.5", "--host", "api.web.example.cn", "--out", "a.pem")
	if r.code != 0 || !strings.Contains(r.err, "for api.web.example.cn, 192.168.1.5;") {
		t.Errorf("with it: %+v", r)
	}
	m.verify(ca.File(), "a.pem", "api.web.example.cn")
	if r := m.do("cert", "--host", "localhost", "--host", "web.example.cn", "--out", "b.pem"); r.code != 1 ||
		!strings.Contains(r.err, "one CA signs localhost and another one web.example.cn") {
		t.Errorf("hosts of both: %+v", r)
	}
	if r := m.do("cert", "--host", "localhost", "--host", "example.cn", "--out", "b.pem"); r.code != 1 ||
		!strings.Contains(r.err, "or run: culvert trust --name example.cn)") {
		t.Errorf("a host of neither: %+v", r)
	}
}

func TestCertificateReplacesNoFileUnasked(t *testing.T) {
	m := newMachine(t)
	m.file("a.pem", "precious")
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(m.home, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return string(data)
	}
	for _, args := range []string{"--out a.pem", "--out a.pem --key new.key", "--out new.pem --key a.pem"} {
		r := m.do(append([]string{"cert", "demo"}, strings.Fields(args)...)...)
		if r.code != 1 || !strings.Contains(r.err, "a.pem is there already (") {
			t.Errorf("%s: %+v", args, r)
		}
		if read("a.pem") != "precious" || read("new.key") != "" || read("new.pem") != "" {
			t.Errorf("%s changed files", args)
		}
	}
	if r := m.do("cert", "demo", "--out", "missing/a.pem", "--key", "new.key"); r.code != 1 || read("new.key") != "" ||
		!strings.Contains(r.err, "missing/a.pem cannot be written: ") {
		t.Errorf("a folder that is not there: %+v", r)
	}
	m.must("cert", "demo", "--out", "a.pem", "--force")
	m.verify(m.caFile(), "a.pem", "localhost")
}

func TestCertificateThatCannotBeMadeLeavesNoFile(t *testing.T) {
	m := newMachine(t)
	for args, want := range map[string]string{
		"nope":              "project nope: not known",
		"--host a..b":       "it is not a host name",
		"--host com":        "may not sign this name (use localhost",
		"demo --format p12": "the variable PASSWORD is not set (",
	} {
		args := append([]string{"cert"}, strings.Fields(args)...)
		if args[len(args)-1] == "p12" {
			args = append(args, "--password-env", "PASSWORD")
		}
		if r := m.do(append(args, "--out", "x")...); r.code != 1 || r.out != "" || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, want) {
			t.Errorf("%v: %+v", args, r)
		}
	}
	for password, want := range map[string]string{"short": "Java needs at least 6", "": "Java needs at least 6", "пароль": "ASCII"} {
		r := m.doWith("PASSWORD="+password, "cert", "demo", "--format", "jks", "--out", "x", "--password-env", "PASSWORD")
		if r.code != 1 || !strings.Contains(r.err, want) {
			t.Errorf("password %q: %+v", password, r)
		}
	}
	if _, err := os.Lstat(filepath.Join(m.home, "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file is there: %v", err)
	}
}
