//go:build unix

package main

import (
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"culvert/certs"
)

// dialect is a program that talks to a server with TLS, written for a runtime.
type dialect struct {
	name    string
	tool    string
	debian  string
	files   bool // talks to the project of files, not to the demo
	command func(m machine, page string) []string
}

const nodeSocket = `
const ws = new (require("ws"))(process.argv[1].replace("https", "wss") + "ws");
ws.on("open", () => ws.send("hello")).on("message", m => { if (String(m) == "hello") process.exit(0); });
ws.on("error", e => { console.error(e.message); process.exit(1); });`

const pythonSocket = `
import asyncio, sys, websockets
async def talk():
    async with websockets.connect(sys.argv[1].replace("https", "wss") + "ws") as ws:
        await ws.send("hello")
        while await ws.recv() != "hello": pass
asyncio.run(talk())`

const javaClass = `class Get { public static void main(String[] a) throws Exception { new java.net.URI(a[0]).toURL().openStream().read(); } }`

// dialects are the runtimes that are installed for tests. Each has to fail where it does not trust the server.
func dialects() []dialect {
	return []dialect{
		{"Node", "node", "nodejs", false, func(_ machine, page string) []string {
			return []string{"node", "-e", "fetch(process.argv[1]).catch(e => { console.error(e.cause.message); process.exit(1) })", page}
		}},
		{"a socket of Node", "node", "node-ws", false, func(_ machine, page string) []string {
			return []string{"env", "NODE_PATH=/usr/share/nodejs", "node", "-e", nodeSocket, page}
		}},
		{"Python", "/usr/bin/python3", "python3", false, func(_ machine, page string) []string {
			return []string{"/usr/bin/python3", "-c", "import sys, urllib.request; urllib.request.urlopen(sys.argv[1])", page}
		}},
		{"a socket of Python", "/usr/bin/python3", "python3-websockets", false, func(_ machine, page string) []string {
			return []string{"/usr/bin/python3", "-c", pythonSocket, page}
		}},
		{"curl", "curl", "curl", false, func(_ machine, page string) []string {
			return []string{"curl", "-q", "--silent", "--show-error", "--fail", "--output", os.DevNull, page}
		}},
		{"OpenSSL", "openssl", "openssl", false, func(_ machine, page string) []string {
			u, _ := url.Parse(page)
			return []string{"openssl", "s_client", "-connect", u.Host, "-servername", u.Hostname(), "-verify_return_error", "-verify_hostname", u.Hostname()}
		}},
		{"Java", "java", "default-jdk-headless", false, func(m machine, page string) []string {
			return []string{"java", m.file("Get.java", javaClass), page}
		}},
		{"git", "git", "git", true, func(_ machine, page string) []string {
			return []string{"git", "ls-remote", page + "repository.git"}
		}},
		{"Go", binary, "", false, func(_ machine, page string) []string {
			u, _ := url.Parse(page)
			return []string{binary, "handshake", u.Host, u.Hostname()}
		}},
	}
}

// refusal is what the runtimes say of a certificate that nobody vouches for.
var refusal = regexp.MustCompile(`(?i)self-signed|verif|unknown authority|issuer|PKIX path building failed`)

// repository makes a git repository that is served as plain files.
func (m machine) repository(folder string) {
	m.t.Helper()
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", filepath.Join(folder, "repository.git")},
		{"--git-dir", filepath.Join(folder, "repository.git"), "update-server-info"},
	} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			m.t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
}

// unset is the program's environment without what others set for runtimes.
func unset(env []string) []string {
	return append(slices.Clone(env), "LANG=C.UTF-8", "GIT_CONFIG_NOSYSTEM=1", "JAVA_HOME=")
}

func TestRuntimesTrustTheCAUnderExecAlone(t *testing.T) {
	m := newMachine(t)
	m.repository(filepath.Join(m.home, "site"))
	files := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(m.home, "site"))))
	t.Cleanup(files.Close)
	m.must("add", "--name", "site", "--to", files.URL)
	m.must("add", "--demo")
	m.must("on", "site")
	m.must("on", "demo")
	app, lines := m.run()
	pages := map[bool]string{
		false: address(t, lines, pageLine),
		true:  address(t, lines, `^site\s+(https://localhost:\d+/)\s+→`),
	}
	t.Run("each", func(t *testing.T) {
		for _, d := range dialects() {
			t.Run(d.name, func(t *testing.T) {
				t.Parallel()
				if _, err := exec.LookPath(d.tool); err != nil {
					t.Fatalf("%s is not installed (run: apt-get install %s)", d.tool, d.debian)
				}
				command := d.command(m, pages[d.files])
				without := exec.Command(command[0], command[1:]...)
				without.Env, without.Dir = unset(m.command().Env), m.home
				out, err := without.CombinedOutput()
				if err == nil || !refusal.MatchString(string(out)) {
					t.Errorf("without the variables: %v\n%s", err, out)
				}
				with := m.command(append([]string{"exec", "--"}, command...)...)
				with.Env = unset(with.Env)
				if out, err := with.CombinedOutput(); err != nil {
					t.Errorf("with the variables: %v\n%s", err, out)
				}
			})
		}
	})
	if code := app.end(syscall.SIGTERM); code != 0 {
		t.Errorf("exit %d: %s", code, app.err)
	}
}

func TestEnvIsEvaluatedByAShell(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	for _, program := range [][]string{
		{"sh", "-c", `eval "$("$0" env)"; printenv SSL_CERT_FILE`, binary},
		{"bash", "-c", `eval "$(SHELL=/bin/bash "$0" env)"; printenv SSL_CERT_FILE`, binary},
		{"fish", "-c", binary + " env --shell fish | source; printenv SSL_CERT_FILE"},
		{"fish", "-c", "env SHELL=/usr/bin/fish " + binary + " env | source; printenv SSL_CERT_FILE"},
	} {
		c := exec.Command(program[0], program[1:]...)
		c.Env = m.command().Env
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", program, err, out)
		}
		data, err := os.ReadFile(strings.TrimSpace(string(out)))
		if err != nil {
			t.Fatal(err)
		}
		ca, _ := os.ReadFile(filepath.Join(m.home, "c", "data", "ca", "ca.pem"))
		if n := strings.Count(string(data), "BEGIN CERTIFICATE"); n < 50 || !strings.Contains(string(data), string(ca)) {
			t.Errorf("%q names a file with %d certificates", program, n)
		}
	}
}

func TestEnvAsJSON(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	var byFlag, byShell map[string]string
	for args, into := range map[string]*map[string]string{"env --json": &byFlag, "env --shell json": &byShell} {
		if err := json.Unmarshal([]byte(m.must(strings.Fields(args)...)), into); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(byFlag["NODE_EXTRA_CA_CERTS"])
	if block, _ := pem.Decode(data); err != nil || block == nil {
		t.Errorf("%q: %v", byFlag, err)
	}
	if len(byFlag) < 10 || len(byFlag) != len(byShell) {
		t.Errorf("%q and %q", byFlag, byShell)
	}
}

func TestWhatEnvLeavesOutIsTold(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	c := m.command("env", "--json")
	c.Env = append(c.Env, "GIT_SSL_CAINFO=/nowhere/ca.pem")
	var errOut strings.Builder
	c.Stderr = &errOut
	out, err := c.Output()
	if err != nil || strings.Contains(string(out), "GIT_SSL_CAINFO") {
		t.Errorf("%v\n%s", err, out)
	}
	if want := "culvert: GIT_SSL_CAINFO: left out, "; !strings.HasPrefix(errOut.String(), want) || strings.Count(errOut.String(), "\n") != 1 {
		t.Errorf("it says %q", errOut.String())
	}
}

func TestExecIsTheCommand(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	notProgram := m.file("text", "no program")
	tests := []struct {
		name string
		args []string
		code int
		out  string
		err  string
	}{
		{"its exit code", []string{"exec", "--", "sh", "-c", "exit 7"}, 7, "", ""},
		{"its output", []string{"exec", "sh", "-c", "echo out; echo err >&2"}, 0, "out\n", "err\n"},
		{"its flags", []string{"exec", "echo", "--json", "-n"}, 0, "--json -n\n", ""},
		{"no such command", []string{"exec", "--", "no-such-command"}, 127, "", "no such command"},
		{"no such file", []string{"exec", "--", "./no-such-file"}, 127, "", "no such command"},
		{"a file that is no program", []string{"exec", "--", "./" + notProgram}, 126, "", "permission denied"},
		{"nothing", []string{"exec", "--"}, 2, "", "takes a command to run"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := m.do(tt.args...)
			if r.code != tt.code || r.out != tt.out || !strings.Contains(r.err, tt.err) || tt.code > 100 && strings.Count(r.err, "\n") != 1 {
				t.Errorf("exit %d, %q, %q", r.code, r.out, r.err)
			}
		})
	}
}

func TestExecGetsOutOfTheWay(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	// The shell says which process it is, then waits for a signal that it traps.
	p := m.start("exec", "--", "sh", "-c", `trap 'echo caught; exit 5' INT; echo $$; while :; do sleep 0.01; done`)
	if !p.lines.Scan() {
		t.Fatal("it printed nothing")
	}
	var pid int
	if err := json.Unmarshal(p.lines.Bytes(), &pid); err != nil || pid != p.Process.Pid {
		t.Errorf("the command is process %s, and not %d", p.lines.Text(), p.Process.Pid)
	}
	if code := p.end(os.Interrupt); code != 5 {
		t.Errorf("exit %d", code)
	}
}

func TestEnvHasTheCAOfOwnNamesToo(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	second, err := certs.CreateNamed(filepath.Join(m.home, "c", "data", "named-ca"), []string{"chat.example"})
	if err != nil {
		t.Fatal(err)
	}
	var env map[string]string
	if err := json.Unmarshal([]byte(m.must("env", "--json")), &env); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"} {
		if data, err := os.ReadFile(env[name]); err != nil || !strings.Contains(string(data), string(second.PEM())) {
			t.Errorf("%s: %s lacks it, %v", name, env[name], err)
		}
	}
}
