package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"culvert/tunnel/control"

	"github.com/gorilla/websocket"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "culvert")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "culvert")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	build := exec.Command("go", "build", "-o", binary, "-ldflags", "-X main.release=1.2.3-test", ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	code := 1
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// machine is a user's home that has never seen Culvert.
type machine struct {
	t    *testing.T
	home string
}

func newMachine(t *testing.T) machine {
	t.Helper()
	home, err := os.MkdirTemp("", "culvert") // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	return machine{t, home}
}

// command is the program with args, to be started.
func (m machine) command(args ...string) *exec.Cmd {
	c := exec.Command(binary, args...)
	c.Dir = m.home
	c.Env = []string{"HOME=" + m.home, "CULVERT_HOME=" + filepath.Join(m.home, "c"), "PATH=" + os.Getenv("PATH"), "TZ=UTC"}
	if root := os.Getenv("SystemRoot"); root != "" {
		c.Env = append(c.Env, "SystemRoot="+root)
	}
	return c
}

// result is what a run of the program left.
type result struct {
	out, err string
	code     int
}

// do runs the program to its end.
func (m machine) do(args ...string) result {
	m.t.Helper()
	var out, errOut bytes.Buffer
	c := m.command(args...)
	c.Stdout, c.Stderr = &out, &errOut
	err := c.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		m.t.Fatal(err)
	}
	return result{out.String(), errOut.String(), c.ProcessState.ExitCode()}
}

// must runs the program to its end, which has to be a good one, and returns what it printed.
func (m machine) must(args ...string) string {
	m.t.Helper()
	r := m.do(args...)
	if r.code != 0 {
		m.t.Fatalf("culvert %s: exit %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// process is the program while it runs.
type process struct {
	*exec.Cmd
	t     *testing.T
	lines *bufio.Scanner // of standard output
	err   *bytes.Buffer  // standard error; read it after the end
	ended bool
}

func (m machine) start(args ...string) *process {
	m.t.Helper()
	return m.startCommand(m.command(args...))
}

// startCommand starts what command has made.
func (m machine) startCommand(c *exec.Cmd) *process {
	m.t.Helper()
	out, err := c.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	p := &process{Cmd: c, t: m.t, lines: bufio.NewScanner(out), err: new(bytes.Buffer)}
	p.lines.Buffer(nil, 1<<20)
	c.Stderr = p.err
	if err := c.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() {
		if !p.ended {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	})
	return p
}

// run starts `culvert run` and returns what it printed until it was ready.
func (m machine) run(args ...string) (*process, []string) {
	m.t.Helper()
	p := m.start(append([]string{"run"}, args...)...)
	var lines []string
	for p.lines.Scan() {
		if p.lines.Text() == "ready" {
			return p, lines
		}
		lines = append(lines, p.lines.Text())
	}
	_ = p.Wait()
	p.ended = true
	m.t.Fatalf("culvert run ended: %s", p.err)
	return nil, nil
}

// await reads lines until one matches the pattern, and returns it.
func (p *process) await(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	for p.lines.Scan() {
		if re.MatchString(p.lines.Text()) {
			return p.lines.Text()
		}
	}
	p.t.Fatalf("%s ended without a line that matches %s\n%s", p, pattern, p.err)
	return ""
}

// end sends a signal and returns the exit code.
func (p *process) end(s os.Signal) int {
	p.t.Helper()
	if err := p.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	return p.wait()
}

// wait returns the exit code once the program has ended.
func (p *process) wait() int {
	for p.lines.Scan() {
	}
	_ = p.Wait()
	p.ended = true
	return p.ProcessState.ExitCode()
}

// dial opens a socket as a client that trusts the machine's CA and nothing else.
func (m machine) dial(url string) (*websocket.Conn, error) {
	m.t.Helper()
	pem, err := os.ReadFile(filepath.Join(m.home, "c", "data", "ca", "ca.pem"))
	if err != nil {
		m.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		m.t.Fatal("ca.pem holds no certificate")
	}
	d := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: roots}, HandshakeTimeout: 20 * time.Second}
	ctx, cancel := context.WithTimeout(m.t.Context(), 20*time.Second)
	defer cancel()
	c, _, err := d.DialContext(ctx, url, nil)
	return c, err
}

// address returns the address in the line of output that matches the pattern.
func address(t *testing.T, lines []string, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for _, line := range lines {
		if m := re.FindStringSubmatch(line); m != nil {
			return m[1]
		}
	}
	t.Fatalf("no line matches %s:\n%s", pattern, strings.Join(lines, "\n"))
	return ""
}

const echoLine = `^demo\s+(wss://localhost:\d+/ws)\s+→\s+ws://127\.0\.0\.1:\d+$`

func TestFromFirstRunToRecordedFramesAndBack(t *testing.T) {
	m := newMachine(t)
	app, lines := m.run()
	url := address(t, lines, echoLine)
	address(t, lines, `^demo\s+(https://localhost:\d+/)\s+→`)

	t.Log("a client talks through the tunnel")
	c, err := m.dial(url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	tail := m.start("tail", "demo", "--json", "--last", "-1", "--filter", "path:/ws is:frame")
	text := m.start("tail", "--last", "-1")
	for _, message := range []struct {
		kind int
		data string
	}{{websocket.TextMessage, "hello, 世界"}, {websocket.BinaryMessage, "\x00\x01\xff"}} {
		if err := c.WriteMessage(message.kind, []byte(message.data)); err != nil {
			t.Fatal(err)
		}
		kind, data, err := c.ReadMessage()
		if err != nil || kind != message.kind || string(data) != message.data {
			t.Fatalf("got %d %q, %v", kind, data, err)
		}
	}

	t.Log("tail shows the frames")
	tail.await(`"dir":"sent","op":"text".*"text":"hello, 世界"`)
	tail.await(`"dir":"received","op":"text".*"text":"hello, 世界"`)
	tail.await(`"dir":"sent","op":"binary".*"base64":"AAH/"`)
	row := tail.await(`"dir":"received","op":"binary"`)
	if !strings.Contains(row, `"project":"demo"`) || !json.Valid([]byte(row)) {
		t.Errorf("row %s", row)
	}
	text.await(`^demo .*hello, 世界`)

	t.Log("the export holds them")
	har := filepath.Join(m.home, "demo.har")
	m.must("export", "demo", "--har", har)
	checkHAR(t, har)
	if r := m.do("export", "demo", "--har", filepath.Join(m.home, "nowhere", "x.har")); r.code != 1 || !strings.Contains(r.err, "cannot be written") {
		t.Errorf("export to a missing folder: %+v", r)
	}
	if out := m.must("export", "demo", "--har", "-"); !json.Valid([]byte(out)) {
		t.Errorf("standard output is no JSON: %.200s", out)
	}

	t.Log("off ends the socket and frees the address, on brings it back")
	m.must("off", "demo")
	if _, _, err := c.ReadMessage(); err == nil {
		t.Error("the socket is still open")
	}
	if c, err := m.dial(url); err == nil {
		c.Close()
		t.Error("the address still answers")
	}
	m.must("on", "demo")
	if c, err = m.dial(url); err != nil {
		t.Fatal(err)
	}
	defer c.Close()

	t.Log("a second run says that one is running")
	if r := m.do("run"); r.code != 1 || r.err != fmt.Sprintf(
		"culvert: already running with pid %d (list, on, off, add, tail and export act on it)\n", app.Process.Pid) {
		t.Errorf("second run: %+v", r)
	}

	t.Log("SIGTERM ends the app and its tails in order")
	if code := app.end(syscall.SIGTERM); code != 0 {
		t.Errorf("exit %d: %s", code, app.err)
	}
	for _, p := range []*process{tail, text} {
		if code := p.wait(); code != 0 {
			t.Errorf("%s: exit %d: %s", p, code, p.err)
		}
	}
	if _, err := os.Lstat(filepath.Join(m.home, "c", "run", "culvert.sock")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

// checkHAR reads the messages of the echo socket.
func checkHAR(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var har struct {
		Log struct {
			Entries []struct {
				Request  struct{ URL string }
				Messages []struct {
					Type, Data string
					Opcode     int
				} `json:"_webSocketMessages"`
			}
		}
	}
	if err := json.Unmarshal(data, &har); err != nil {
		t.Fatal(err)
	}
	for _, e := range har.Log.Entries {
		if !strings.HasSuffix(e.Request.URL, "/ws") {
			continue
		}
		got := fmt.Sprint(e.Messages)
		if want := "[{send hello, 世界 1} {receive hello, 世界 1} {send AAH/ 2} {receive AAH/ 2}]"; got != want {
			t.Errorf("messages %s, want %s", got, want)
		}
		return
	}
	t.Errorf("no entry for /ws in %.500s", data)
}

func TestKillLosesNothing(t *testing.T) {
	m := newMachine(t)
	app, lines := m.run()
	url := address(t, lines, echoLine)
	m.must("add", "--name", "chat", "--to", "ws://127.0.0.1:9")
	if out := m.must("on", "chat"); !regexp.MustCompile(`^chat  on  wss://localhost:\d+\n$`).MatchString(out) {
		t.Errorf("on says %q", out)
	}
	if out := m.must("on", "demo"); !regexp.MustCompile(`^demo  on  https://localhost:\d+\n$`).MatchString(out) {
		t.Errorf("on says %q", out)
	}
	m.must("add", "--name", "quiet", "--to", "ws://127.0.0.1:9")
	app.end(os.Kill)

	if r := m.do("tail"); r.code != 1 || r.err != "culvert: not running (start it with: culvert run)\n" {
		t.Errorf("tail without an app: %+v", r)
	}
	if out := m.must("list"); !regexp.MustCompile(`(?m)^chat +on, not running`).MatchString(out) {
		t.Errorf("list without an app:\n%s", out)
	}
	app, lines = m.run()
	if again := address(t, lines, echoLine); again != url {
		t.Errorf("the address was %s and is %s", url, again)
	}
	out := m.must("list")
	for _, pattern := range []string{`(?m)^chat +on +wss://localhost:\d+ +ws://127\.0\.0\.1:9$`, `(?m)^demo +on +https://localhost:\d+ `, `(?m)^quiet +off `} {
		if !regexp.MustCompile(pattern).MatchString(out) {
			t.Errorf("list does not match %s:\n%s", pattern, out)
		}
	}
	if code := app.end(os.Interrupt); code != 0 {
		t.Errorf("exit %d after SIGINT: %s", code, app.err)
	}
}

func TestTwoRunsAtOnceAreOne(t *testing.T) {
	m := newMachine(t)
	var all []*process
	for range 4 {
		all = append(all, m.start("run"))
	}
	ready := make(chan *process, len(all))
	for _, p := range all {
		go func() {
			for p.lines.Scan() {
				if p.lines.Text() == "ready" {
					ready <- p
					return
				}
			}
			ready <- nil
		}()
	}
	var winner *process
	for range all {
		if p := <-ready; p != nil {
			if winner != nil {
				t.Error("two are ready")
			}
			winner = p
		}
	}
	if winner == nil {
		t.Fatal("none is ready")
	}
	for _, p := range all {
		if p == winner {
			continue
		}
		if code := p.wait(); code != 1 || !strings.Contains(p.err.String(), "already running") {
			t.Errorf("exit %d: %s", code, p.err)
		}
	}
	winner.end(os.Interrupt)
}

func TestProjectsAreKeptWithoutTheApp(t *testing.T) {
	m := newMachine(t)
	file := m.file("chat.toml", "name = \"chat\"\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n")
	if out := m.must("add", file); !strings.Contains(out, "culvert on chat") {
		t.Errorf("add says %q", out)
	}
	if out := m.must("on", "chat"); out != "chat  on, not running\n" {
		t.Errorf("on says %q", out)
	}
	app, lines := m.run()
	address(t, lines, `^chat\s+(wss://localhost:\d+/)\s+→\s+ws://127\.0\.0\.1:9$`)
	if len(lines) != 1 {
		t.Errorf("run printed %q", lines)
	}
	app.end(os.Interrupt)
	m.must("off", "chat")
	if out := m.must("remove", "chat"); out != "chat  removed\n" {
		t.Errorf("remove says %q", out)
	}
	if r := m.do("on", "chat"); r.code != 1 || !strings.HasPrefix(r.err, "culvert: project chat: not known (") {
		t.Errorf("on after remove: %+v", r)
	}
}

func TestAGroupIsSwitchedTogether(t *testing.T) {
	m := newMachine(t)
	for _, name := range []string{"chat", "route", "other"} {
		group := "group = \"im\"\n"
		if name == "other" {
			group = ""
		}
		m.must("add", m.file(name+".toml", "name = \""+name+"\"\n"+group+"[[route]]\nto = [\"ws://127.0.0.1:9\"]\n"))
	}
	if out := m.must("on", "--group", "im"); out != "chat  on, not running\nroute  on, not running\n" {
		t.Errorf("on says %q", out)
	}
	if out := m.must("list"); !regexp.MustCompile(`(?m)^other\s+off`).MatchString(out) {
		t.Errorf("list says %q", out)
	}
	var list []control.Project
	if err := json.Unmarshal([]byte(m.must("off", "--group", "im", "--json")), &list); err != nil || len(list) != 2 || list[1].Switched {
		t.Errorf("off: %+v, %v", list, err)
	}
	if r := m.do("on", "--group", "nobody"); r.code != 1 || !strings.HasPrefix(r.err, "culvert: group nobody: no project is in it (") {
		t.Errorf("a group of nobody: %+v", r)
	}
	if err := os.Remove(filepath.Join(m.home, "chat.toml")); err != nil {
		t.Fatal(err)
	}
	m.must("off", "--group", "im")
}

// file writes a file in the machine's home and returns its name.
func (m machine) file(name, text string) string {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.home, name), []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
	return name
}

func TestRunServesExactlyTheGivenFiles(t *testing.T) {
	m := newMachine(t)
	file := m.file("chat.toml", "name = \"chat\"\n[[route]]\npath = \"/ws\"\nto = [\"ws://127.0.0.1:9\"]\n")
	app, lines := m.run("--project", file)
	if len(lines) != 1 {
		t.Errorf("run printed %q", lines)
	}
	address(t, lines, `^chat\s+(wss://localhost:\d+/ws)\s+→`)
	app.end(os.Interrupt)
	if r := m.do("run", "--project", "missing.toml"); r.code != 1 || strings.Count(r.err, "\n") != 1 {
		t.Errorf("with a missing file: %+v", r)
	}
}

func TestFailedProjectDoesNotStopTheOthers(t *testing.T) {
	m := newMachine(t)
	m.must("add", m.file("chat.toml", "name = \"chat\"\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n"))
	m.must("on", "chat")
	m.must("on", "demo")
	m.file("chat.toml", "name = \"chat\"\ncolour = 1\n")
	app, lines := m.run()
	address(t, lines, echoLine)
	if out := m.must("list"); !regexp.MustCompile(`(?m)^chat +failed +\S*chat\.toml:`).MatchString(out) {
		t.Errorf("list:\n%s", out)
	}
	if r := m.do("on", "chat"); r.code != 1 || !strings.Contains(r.err, "chat.toml:2:1: colour") && !strings.Contains(r.err, "chat.toml:1:1") {
		t.Errorf("on: %+v", r)
	}
	app.end(os.Interrupt)
	if !strings.Contains(app.err.String(), "culvert: project chat: ") {
		t.Errorf("run said %q", app.err)
	}
}

func TestListSaysThatABackendIsDown(t *testing.T) {
	m := newMachine(t)
	m.must("add", m.file("chat.toml", "name = \"chat\"\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n"))
	m.must("on", "chat")
	app, lines := m.run()
	if c, err := m.dial(address(t, lines, `^chat\s+(wss://\S+)`)); err == nil {
		c.Close()
		t.Fatal("somebody listens on the port for discarding")
	}
	down := regexp.MustCompile(`(?m)^chat +on, backend down +wss://\S+ +nothing listens on 127\.0\.0\.1:9`)
	if out := m.must("list"); !down.MatchString(out) {
		t.Errorf("list:\n%s", out)
	}
	app.end(os.Interrupt)
}

func TestAChangedFileOfARunningProjectIsServedWithoutASignal(t *testing.T) {
	m := newMachine(t)
	const text = "name = \"chat\"\n[[route]]\nto = [\"ws://127.0.0.1:%d\"]\n"
	m.must("add", m.file("chat.toml", fmt.Sprintf(text, 9)))
	m.must("on", "chat")
	app, _ := m.run()
	m.file("chat.toml", fmt.Sprintf(text, 10))
	for end := time.Now().Add(time.Minute); !strings.Contains(m.must("list"), "ws://127.0.0.1:10"); {
		if time.Now().After(end) {
			t.Fatalf("list:\n%s", m.must("list"))
		}
	}
	app.end(os.Interrupt)
}

func TestARunWithoutAWindowSaysSo(t *testing.T) {
	m := newMachine(t)
	app, _ := m.run()
	c := control.NewClient(filepath.Join(m.home, "c", "run", "culvert.sock"))
	defer c.Close()
	if err := c.Raise(t.Context()); err == nil || !strings.Contains(err.Error(), "has no window") {
		t.Errorf("raise: %v", err)
	}
	app.end(os.Interrupt)
}

func TestBadUsageExits2WithTheUsageLine(t *testing.T) {
	m := newMachine(t)
	for _, args := range []string{
		"nonsense", "onn", "--bogus", "run extra", "run --bogus", "run --project", "on", "on a b", "on a --group b", "off", "off --group", "remove",
		"check", "tail a b", "tail --last x", "export", "export demo", "list x", "trust x", "untrust --store",
		"elevated", "elevated --ca - --add x", "elevated --add-host a.test extra",
		"add", "add --name x", "add --to ws://127.0.0.1:1", "add a.toml --name x --to ws://127.0.0.1:1", "add a.toml --demo",
		"cert", "cert demo", "cert --out a.pem", "cert a b --out a.pem", "cert demo --out a --format crt", "cert demo --out a --key a",
		"cert demo --out a --format p12 --key b", "cert demo --out a --legacy", "cert demo --out a --alias b", "cert demo --out a --password-env P",
	} {
		r := m.do(strings.Fields(args)...)
		lines := strings.Split(r.err, "\n")
		if r.code != 2 || r.out != "" || len(lines) != 3 ||
			!strings.HasPrefix(lines[0], "culvert: ") || !strings.HasPrefix(lines[1], "usage: culvert ") {
			t.Errorf("culvert %s: %+v", args, r)
		}
	}
	if r := m.do("tial"); !strings.Contains(r.err, "did you mean tail?") {
		t.Errorf("a misspelt verb: %q", r.err)
	}
}

func TestEveryVerbHasHelpWithExamples(t *testing.T) {
	m := newMachine(t)
	if out := m.must("--version"); out != "culvert 1.2.3-test\n" {
		t.Errorf("version %q", out)
	}
	for _, verb := range strings.Fields("run add list on off remove check tail export trust untrust hosts doctor cert env exec open") {
		out := m.must(verb, "--help")
		if !strings.Contains(out, "Usage:\n  culvert "+verb) || !strings.Contains(out, "Examples:\n  culvert "+verb) {
			t.Errorf("culvert %s --help:\n%s", verb, out)
		}
	}
	if out := m.must("tail", "--help"); !strings.Contains(out, "dir:received") {
		t.Errorf("tail --help does not explain the query language:\n%s", out)
	}
}

func TestCheckPrintsEveryProblemWithItsPlace(t *testing.T) {
	m := newMachine(t)
	good := m.file("good.toml", "name = \"good\"\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n")
	bad := m.file("bad.toml", "name = \"bad\"\ncolour = \"red\"\nmax_connections = -1\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n")

	if r := m.do("check", good); r.code != 0 || r.out != "good.toml: ok\n" || r.err != "" {
		t.Errorf("a good file: %+v", r)
	}
	r := m.do("check", bad, good, "missing.toml")
	if r.code != 1 || r.out != "good.toml: ok\n" {
		t.Errorf("exit %d, output %q", r.code, r.out)
	}
	for _, pattern := range []string{
		`(?m)^bad\.toml:2:1: colour: .+ \(.+\)$`, `(?m)^bad\.toml:3:19: max_connections: .+$`,
		`(?m)^missing\.toml: .+`,
	} {
		if !regexp.MustCompile(pattern).MatchString(r.err) {
			t.Errorf("nothing matches %s in:\n%s", pattern, r.err)
		}
	}
	var findings []finding
	r = m.do("check", "--json", bad)
	if err := json.Unmarshal([]byte(r.out), &findings); err != nil || r.code != 1 || r.err != "" || len(findings) != 2 ||
		findings[0].File != bad || findings[0].Line != 2 || findings[0].Column != 1 || findings[0].Key != "colour" || findings[0].Fix == "" {
		t.Errorf("as JSON: %+v, %v", r, err)
	}
	if r := m.do("check", "--json", good); r.out != "[]\n" || r.code != 0 {
		t.Errorf("a good file as JSON: %+v", r)
	}
}

func TestCheckWarnsOfAddressesThatOthersReach(t *testing.T) {
	m := newMachine(t)
	const text = "name = \"lan\"\nlisten = [\"127.0.0.1:0\", \"0.0.0.0:8443\", \"[::]:8444\"]\n%s\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n"
	open, guarded := m.file("open.toml", fmt.Sprintf(text, `allow = ["0.0.0.0/0"]`)), m.file("guarded.toml", fmt.Sprintf(text, ""))
	r := m.do("check", open)
	if want := "⚠ open.toml: listen: 0.0.0.0:8443 is reachable from other machines (write 127.0.0.1 to keep it to this one)\n" +
		"⚠ open.toml: listen: [::]:8444 is reachable from other machines (write [::1] to keep it to this one)\n"; r.code != 0 || r.out != "open.toml: ok\n" || r.err != want {
		t.Errorf("exit %d, output %q, said %q", r.code, r.out, r.err)
	}
	if r := m.do("check", guarded); r.code != 0 || !strings.Contains(r.err, "which are refused: allow lets in this one alone") {
		t.Errorf("where nobody else is let in: %+v", r)
	}
	var findings []finding
	r = m.do("check", "--json", open)
	if err := json.Unmarshal([]byte(r.out), &findings); err != nil || r.code != 0 || r.err != "" || len(findings) != 2 || findings[0].Severity != isWarning {
		t.Errorf("as JSON: %+v, %v", r, err)
	}
}

func TestListTellsOfUpstreamsEndpointsAndExposure(t *testing.T) {
	m := newMachine(t)
	dead, live := freePort(t), httptest.NewServer(http.NotFoundHandler())
	defer live.Close()
	m.must("add", m.file("chat.toml", fmt.Sprintf("name = \"chat\"\nlisten = [\"127.0.0.1:0\", \"0.0.0.0:0\"]\n[[route]]\npath = \"/ws\"\n"+
		"to = [\"ws://127.0.0.1:%d\", %q]\n[[route]]\nroot = \".\"\n", dead, live.URL)))
	const warned = `(?m)^⚠ chat: 0\.0\.0\.0:\d+ is reachable from other machines, which are refused: allow lets in this one alone \(.+\)$`
	for _, pattern := range []string{`(?m)^chat +off +⚠ +ws://127\.0\.0\.1:\d+, http://127\.0\.0\.1:\d+; /`, warned} {
		if out := m.must("list"); !regexp.MustCompile(pattern).MatchString(out) {
			t.Errorf("list while it is off does not match %s:\n%s", pattern, out)
		}
	}
	m.must("on", "chat")
	app, lines := m.run()
	at := address(t, lines, `^chat\s+(\S+/ws)\s+→\s+ws://127\.0\.0\.1:\d+, http://127\.0\.0\.1:\d+$`)
	if c, err := m.dial(strings.Replace(at, "https", "wss", 1)); err == nil {
		c.Close()
		t.Fatal("a page server opened a WebSocket")
	}
	out := m.must("list")
	for _, pattern := range []string{`(?m)^chat +on +https://localhost:\d+ ⚠ +ws://127\.0\.0\.1:\d+, http://127\.0\.0\.1:\d+ \(1 of 2 down\); /`, warned} {
		if !regexp.MustCompile(pattern).MatchString(out) {
			t.Errorf("list does not match %s:\n%s", pattern, out)
		}
	}
	out = m.must("list", "-v")
	for _, pattern := range []string{
		`(?m)^chat  on  https://localhost:\d+ ⚠$`, warned, `(?m)^  /ws +ws://127\.0\.0\.1:\d+ +down +0 +nothing listens on 127`,
		`(?m)^ +http://127\.0\.0\.1:\d+ +up +0$`, `(?m)^  / +/\S+$`, `(?m)^  PATH +ROUTE +OPEN +SOCKETS +REQUESTS +REFUSED$`, `(?m)^  /ws +/ws +0 +0 +0 +1$`,
	} {
		if !regexp.MustCompile(pattern).MatchString(out) {
			t.Errorf("list -v does not match %s:\n%s", pattern, out)
		}
	}
	app.end(os.Interrupt)
	if !regexp.MustCompile(warned).MatchString(app.err.String()) {
		t.Errorf("run said %q", app.err)
	}
}

// freePort is a port of 127.0.0.1 where nothing listens.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestJSONHasItsShape(t *testing.T) {
	m := newMachine(t)
	decode := func(text string, v any) {
		t.Helper()
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(v); err != nil {
			t.Errorf("%v in %s", err, text)
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			t.Errorf("more than one value in %s", text)
		}
	}
	var list []control.Project
	decode(m.must("list", "--json"), &list)
	if len(list) != 1 || list[0].Name != "demo" || list[0].State != control.Waiting || list[0].URLs == nil || list[0].Listen == nil {
		t.Errorf("list: %+v", list)
	}
	decode(m.must("add", "--json", "--name", "x", "--to", "ws://127.0.0.1:9"), &list)
	if len(list) != 1 || list[0].Name != "x" || list[0].State != control.Off || list[0].Routes[0].To != "ws://127.0.0.1:9" {
		t.Errorf("add: %+v", list)
	}
	var p control.Project
	decode(m.must("on", "x", "--json"), &p)
	if p.State != control.Waiting {
		t.Errorf("on: %+v", p)
	}

	app := m.start("run", "--json")
	var ready struct {
		Version  string
		PID      int
		Projects []control.Project
	}
	decode(app.await("^{"), &ready)
	if ready.Version != "1.2.3-test" || ready.PID != app.Process.Pid || len(ready.Projects) != 2 ||
		ready.Projects[1].State != control.On || len(ready.Projects[1].URLs) == 0 {
		t.Errorf("run: %+v", ready)
	}
	decode(m.must("off", "x", "--json"), &p)
	if p.State != control.Off {
		t.Errorf("off: %+v", p)
	}
	var removed struct{ Removed string }
	decode(m.must("remove", "x", "--json"), &removed)
	if removed.Removed != "x" {
		t.Errorf("remove: %+v", removed)
	}
	m.must("remove", "demo")
	if out := m.must("list", "--json"); out != "[]\n" {
		t.Errorf("list of nothing: %q", out)
	}
	app.end(os.Interrupt)
}

func TestTailEndsCleanlyAtSIGINT(t *testing.T) {
	m := newMachine(t)
	app, lines := m.run()
	if _, err := m.dial(address(t, lines, echoLine)); err != nil {
		t.Fatal(err)
	}
	tail := m.start("tail", "-n", "-1")
	tail.await("open")
	if code := tail.end(os.Interrupt); code != 0 {
		t.Errorf("exit %d: %s", code, tail.err)
	}
	if r := m.do("tail", "--filter", "dir:up"); r.code != 1 || !strings.Contains(r.err, `"up" is no direction`) {
		t.Errorf("a wrong filter: %+v", r)
	}
	if r := m.do("tail", "--last", "0", "--follow=false", "--filter", "/(/"); r.code != 0 || !strings.Contains(r.err, "looked for as text") {
		t.Errorf("an invalid regular expression: %+v", r)
	}
	if r := m.do("tail", "nobody"); r.code != 1 || !strings.Contains(r.err, "nobody: not known") {
		t.Errorf("an unknown project: %+v", r)
	}
	app.end(os.Interrupt)
}

func TestDamagedStateFileIsAnErrorAndStays(t *testing.T) {
	m := newMachine(t)
	m.must("add", "--name", "x", "--to", "ws://127.0.0.1:9")
	file := filepath.Join(m.home, "c", "state", "projects.json")
	if err := os.WriteFile(file, []byte("{\"version\": 1, "), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"run", "list", "on x"} {
		r := m.do(strings.Fields(verb)...)
		if r.code != 1 || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, file) || !strings.Contains(r.err, "move it away") {
			t.Errorf("culvert %s: %+v", verb, r)
		}
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "{\"version\": 1, " {
		t.Errorf("the file now holds %q, %v", data, err)
	}
}

func TestTrustOfOneStoreAndBack(t *testing.T) {
	if _, err := exec.LookPath("certutil"); err != nil {
		t.Fatal("certutil is not installed (apt-get install libnss3-tools)")
	}
	m := newMachine(t)
	if r := m.do("trust", "--status", "--store", "chromium"); r.code != 1 || !strings.Contains(r.err, "no CA yet") {
		t.Errorf("status before: %+v", r)
	}
	for _, step := range []struct{ args, state string }{
		{"trust", "trusted"}, {"trust --status", "trusted"}, {"untrust", "not trusted"}, {"trust --status", "not trusted"},
	} {
		args := append(strings.Fields(step.args), "--store", "chromium", "--json")
		r := m.do(args...)
		var list []storeResult
		if err := json.Unmarshal([]byte(r.out), &list); err != nil || len(list) != 1 ||
			list[0].Store != "chromium" || list[0].State != step.state || list[0].Where == "" {
			t.Fatalf("culvert %s: %+v, %v", strings.Join(args, " "), r, err)
		}
	}
	if r := m.do("trust", "--store", "nowhere"); r.code != 1 || !strings.Contains(r.err, "found: ") {
		t.Errorf("an unknown store: %+v", r)
	}
}

func TestStatusIsAMatrix(t *testing.T) {
	m := newMachine(t)
	m.do("trust", "--store", "chromium")
	r := m.do("trust", "--status", "--store", "chromium", "--store", "system")
	lines := strings.Split(r.out, "\n")
	if r.code != 1 || !strings.HasPrefix(lines[0], "STORE ") || strings.Join(strings.Fields(lines[0]), " ") != "STORE FOUND TRUSTED WHERE" {
		t.Fatalf("the status is %+v", r)
	}
	for _, want := range []string{"chromium yes yes " + m.home, "system yes no /"} {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(strings.Join(strings.Fields(l), " "), want) }) {
			t.Errorf("no line begins with %q in\n%s", want, r.out)
		}
	}
}

func TestUntrustWorksFromTheReceiptAlone(t *testing.T) {
	m := newMachine(t)
	m.must("trust", "--store", "chromium")
	if err := os.RemoveAll(filepath.Join(m.home, "c", "data")); err != nil {
		t.Fatal(err)
	}
	if out := m.must("untrust", "--store", "chromium"); !strings.Contains(out, "not trusted, now") {
		t.Errorf("untrust says %q", out)
	}
	if r := m.do("untrust", "--store", "chromium"); r.code != 1 || !strings.Contains(r.err, "nothing to do") {
		t.Errorf("untrust again: %+v", r)
	}
}

func TestDamagedReceiptIsTold(t *testing.T) {
	m := newMachine(t)
	m.must("trust", "--store", "chromium")
	file := filepath.Join(m.home, "c", "state", "trust.json")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := m.do("trust", "--store", "chromium")
	if r.code != 0 || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, file+" was damaged") {
		t.Errorf("trust with a damaged receipt: %+v", r)
	}
}

func TestElevatedVerbRefusesStrangers(t *testing.T) {
	m := newMachine(t)
	m.do("trust", "--store", "nowhere") // makes no CA
	m.must("trust", "--store", "chromium")
	ca := filepath.Join(m.home, "c", "data", "ca", "ca.pem")
	target := "system@" + strings.Repeat("0", 64)
	for _, tt := range []struct{ ca, why string }{
		{"/etc/ssl/certs/ca-certificates.crt", "not made by Culvert"},
		{"/no/such/file", "no such file"},
		{"/dev/zero", "too long"},
		{ca, "fingerprint"},
	} {
		r := m.do("elevated", "--ca", tt.ca, "--add", target)
		if r.code != 1 || r.out != "" || !strings.HasPrefix(r.err, "culvert: elevated: ") ||
			!strings.Contains(r.err, tt.why) && !strings.Contains(r.err, "takes root") {
			t.Errorf("%s: %+v", tt.ca, r)
		}
	}
	if r := m.do("elevated", "--help"); r.code != 0 || !strings.Contains(r.out, "--remove-host NAME") {
		t.Errorf("help: %+v", r)
	}
	if out := m.must("--help"); strings.Contains(out, "elevated") {
		t.Errorf("the verb is not hidden:\n%s", out)
	}
}
