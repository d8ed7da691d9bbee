//go:build linux

package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestAPortThatIsTaken(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal("python3 is not installed (run: apt-get install python3)")
	}
	taker := exec.Command(python, "-c", `
import socket, sys
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
sys.stdin.read()`)
	in, err := taker.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := taker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := taker.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); taker.Wait() }()
	var number int
	if _, err := fmt.Fscan(out, &number); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("listen = [\"127.0.0.1:%d\"]\n", number) + route("/ws", "ws://127.0.0.1:9")

	w := newWard(t)
	w.project = parse(t, "%s", text)
	if err := w.engine.On(w.project); err == nil {
		t.Fatal("the port is not taken")
	}
	wantOne(t, w.find(t, "port-taken"), Error, fmt.Sprintf("The port %d is taken", number),
		fmt.Sprintf("python3 (pid %d) listens there", taker.Process.Pid), fmt.Sprintf("kill %d", taker.Process.Pid))
	wantNone(t, w.find(t, "not-served")) // said already
	idle := &Patient{Name: "app", Project: w.project}
	if found := findIn(t, "port-taken", &Machine{}, idle); len(found) != 1 {
		t.Errorf("while no app runs: %+v", found)
	}
}

func TestPortsThatAreNotTaken(t *testing.T) {
	w := newWard(t)
	addr := free(t, "tcp4")
	w.serve(t, "listen = [%q]\n%s", addr, route("/ws", "ws://127.0.0.1:9"))
	wantNone(t, w.find(t, "port-taken")) // the tunnel has it
	off := &Patient{Name: "app", Project: w.project}
	wantNone(t, findIn(t, "port-taken", &Machine{}, off)) // this program has it
	if err := w.engine.Off("app"); err != nil {
		t.Fatal(err)
	}
	wantNone(t, findIn(t, "port-taken", &Machine{}, &Patient{Name: "app", Project: w.project}))
	wantNone(t, findIn(t, "privileged-port", &Machine{}, &Patient{Name: "app", Project: w.project}))
}

// TestListenAsNobody is run by TestAPortThatBelongsToRoot in a process of another user.
func TestListenAsNobody(t *testing.T) {
	addr := os.Getenv("DOCTOR_LISTEN")
	if addr == "" {
		t.Skip("it is run by another test")
	}
	err := new(Machine).listen(t.Context(), addr)
	fmt.Printf("forbidden=%v\n", errors.Is(err, fs.ErrPermission))
}

func TestAPortThatBelongsToRoot(t *testing.T) {
	first, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
	if err != nil || strings.TrimSpace(string(first)) != "1024" {
		t.Skip("every user of this machine may listen on low ports")
	}
	if out := asNobody(t, "127.0.0.1:81"); !strings.Contains(out, "forbidden=true") {
		t.Errorf("nobody may listen on port 81: %s", out)
	}
	m := &Machine{Listen: func(_ context.Context, addr string) error {
		return &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EACCES)} // as that process has it
	}}
	p := &Patient{Name: "app", Project: parse(t, "listen = [\"127.0.0.1:81\"]\n%s", route("/ws", "ws://127.0.0.1:9"))}
	wantOne(t, findIn(t, "privileged-port", m, p), Error, "may not listen on the port 81", "permission denied", "8443")
	wantOne(t, findIn(t, "privileged-port", m, p), Error, "", "", "ip_unprivileged_port_start=81")
	wantNone(t, findIn(t, "port-taken", m, p))
}

// asNobody runs TestListenAsNobody as a user who is not root, and returns what it printed.
func asNobody(t *testing.T, addr string) string {
	t.Helper()
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "doctor") // the folders of t are closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program := filepath.Join(dir, "test")
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(program, self, 0o755)); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "-test.run", "^TestListenAsNobody$", "-test.v")
	c.Dir, c.Env = dir, append(os.Environ(), "DOCTOR_LISTEN="+addr)
	if os.Getuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func TestAProjectThatIsNotServed(t *testing.T) {
	w := newWard(t)
	w.serve(t, route("/ws", "ws://127.0.0.1:9"))
	wantNone(t, w.find(t, "not-served"))
	for name, tc := range map[string]struct {
		patient  *Patient
		severity Severity
		what     string
		evidence string
		fix      string
	}{
		"a file with a mistake": {&Patient{On: true, Running: true, Reason: "culvert.toml:3: no route"}, Error, "not served", "no route", "Action:edit Args:[app]"},
		"switched off":          {&Patient{Project: w.project, Running: true}, Warning, "switched off", "", "culvert on app"},
		"no app":                {&Patient{Project: w.project, On: true}, Warning, "No culvert runs", "", "culvert run"},
		"the demo, without app": {&Patient{On: true}, Warning, "No culvert runs", "", "culvert run"},
		"another reason":        {&Patient{Project: w.project, On: true, Running: true, Reason: "host has another"}, Error, "not served", "host has another", "culvert on app"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.patient.Name = "app"
			wantOne(t, findIn(t, "not-served", &Machine{}, tc.patient), tc.severity, tc.what, tc.evidence, tc.fix)
		})
	}
}
