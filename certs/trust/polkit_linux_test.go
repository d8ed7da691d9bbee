package trust

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"culvert/certs"

	"github.com/godbus/dbus/v5"
)

// nobody is the user in these tests who is not root.
const nobody = 65534

const polkitName = "org.freedesktop.PolicyKit1"

// TestPolkitIsAsked uses the real pkexec and polkitd, on a system bus of their own, as a user who is not root.
func TestPolkitIsAsked(t *testing.T) {
	if !apart(t) {
		return
	}
	rules := startPolkit(t)
	tests := []struct {
		name  string
		rule  string // what polkit's rules say of pkexec
		agent bool   // somebody is there to be asked, and says no
		state State
		words []string
	}{
		{"a user who may", "YES", false, Trusted, nil},
		{"a user who may not", "NO", false, Cannot, []string{"does not let you", "run: sudo ", "/usr/bin/culvert elevated --ca "}},
		{"nobody to ask", "AUTH_ADMIN", false, Cannot, []string{"no polkit agent", "run: sudo "}},
		{"a user who says no", "AUTH_ADMIN", true, Cancelled, []string{"you said no", "nothing was changed"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules(tt.rule)
			forEverybody(t)
			m := newMachine(t)
			m.debian()
			m.culvert()
			m.tool("pkexec", "pkexec")
			before := files(t, m.root)
			got := asNobody(t, m, tt.agent)
			wantStatus(t, "system", Status{State: got.State, Reason: got.Reason, Fix: got.Fix, Err: os.ErrInvalid}, tt.state, tt.words...)
			if tt.state != Trusted {
				wantSame(t, before, files(t, m.root))
			}
			if tt.agent && !strings.Contains(got.Asked, m.sys.Culvert) {
				t.Errorf("the user was asked %q", got.Asked)
			}
		})
	}
	t.Run("no polkit", func(t *testing.T) {
		if err := os.Remove("/run/dbus/system_bus_socket"); err != nil {
			t.Fatal(err)
		}
		forEverybody(t)
		m := newMachine(t)
		m.debian()
		m.culvert()
		m.tool("pkexec", "pkexec")
		got := asNobody(t, m, false)
		wantStatus(t, "system", Status{State: got.State, Reason: got.Reason, Fix: got.Fix, Err: os.ErrInvalid}, Cannot, "polkit does not run", "run: sudo ")
	})
}

// TestSudoIsAsked uses the real sudo, as a user who is not root.
func TestSudoIsAsked(t *testing.T) {
	if !apart(t) {
		return
	}
	tests := []struct {
		name    string
		sudoers string
		state   State
		words   []string
	}{
		{"a user who may", "nobody ALL=(root) NOPASSWD: ALL", Trusted, nil},
		{"a user who may do something else", "nobody ALL=(root) NOPASSWD: /bin/true", Cannot, []string{"run: sudo ", "elevated --ca "}},
		{"a user who may not", "", Cannot, []string{"run: sudo ", "elevated --ca "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			put(t, "/etc/sudoers", "root ALL=(ALL:ALL) ALL\n"+tt.sudoers, 0o440)
			if err := os.RemoveAll("/etc/sudoers.d"); err != nil {
				t.Fatal(err)
			}
			forEverybody(t)
			m := newMachine(t)
			m.debian()
			m.culvert()
			m.sys.Prompt = &bytes.Buffer{}
			m.tool("sudo", "sudo")
			got := asNobody(t, m, false)
			wantStatus(t, "system", Status{State: got.State, Reason: got.Reason, Fix: got.Fix, Err: os.ErrInvalid}, tt.state, tt.words...)
			if !strings.HasPrefix(got.Told, "culvert: sudo may ask for your password, to put the Culvert CA into ") {
				t.Errorf("the user was told %q", got.Told)
			}
		})
	}
}

// startPolkit starts a system bus and polkitd, which end with the test. The function it returns sets what polkit says of
// pkexec.
func startPolkit(t *testing.T) func(result string) {
	t.Helper()
	put(t, "/run/bus.conf", `
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/> <allow own="*"/> <allow send_destination="*"/> <allow receive_sender="*"/>
  </policy>
</busconfig>`, 0o644)
	if err := os.MkdirAll("/run/dbus", 0o755); err != nil {
		t.Fatal(err)
	}
	printed := start(t, "dbus-daemon", "dbus", "--config-file=/run/bus.conf", "--nofork", "--nopidfile", "--print-address=1")
	if line, err := printed.ReadString('\n'); err != nil {
		t.Fatalf("the bus printed %q, %v", line, err)
	}
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return func(result string) {
		t.Helper()
		put(t, "/etc/polkit-1/rules.d/00.rules", `polkit.addRule(function(action, subject) {
	if (action.id == "org.freedesktop.policykit.exec") return polkit.Result.`+result+`;
});`, 0o644)
		if err := os.Chmod("/etc/polkit-1/rules.d", 0o755); err != nil {
			t.Fatal(err)
		}
		// A polkitd for each set of rules: it notices changed ones some time later.
		came := make(chan *dbus.Signal, 10)
		conn.Signal(came)
		err := conn.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"),
			dbus.WithMatchArg(0, polkitName))
		if err != nil {
			t.Fatal(err)
		}
		start(t, "/usr/lib/polkit-1/polkitd", "polkitd", "--no-debug", "--replace")
		for s := range came {
			if len(s.Body) == 3 && s.Body[0] == polkitName && s.Body[2] != "" { // it has an owner
				break
			}
		}
		conn.RemoveSignal(came)
	}
}

// start starts a program that ends with the test, and returns what it prints.
func start(t *testing.T, program, pkg string, args ...string) *bufio.Reader {
	t.Helper()
	cmd := exec.Command(program, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v (run: apt-get install %s)", err, pkg)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return bufio.NewReader(out)
}

// report is what became of the store of a user who is not root.
type report struct {
	State       State
	Reason, Fix string
	Told        string // in the terminal
	Asked       string // by polkit's agent
}

// asNobody adds a root to the machine's system store, in a process of a user who is not root. With an agent that process
// answers polkit, and says no.
func asNobody(t *testing.T, m *machine, agent bool) report {
	t.Helper()
	for dir := filepath.Dir(m.root); dir != "/tmp" && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	ca := t.TempDir()
	root := newCA(t).Root
	put(t, filepath.Join(ca, "ca.pem"), string(root.PEM()), 0o644)
	cmd := exec.Command(forEverybody(t))
	cmd.Env = []string{
		"PATH=/usr/bin:/bin", "SHELL=/no/such/shell", "CULVERT_TEST_NOBODY=" + m.root, "CULVERT_TEST_CA=" + ca,
		"CULVERT_TEST_AGENT=" + strconv.FormatBool(agent), "CULVERT_TEST_TERMINAL=" + strconv.FormatBool(m.sys.Prompt != nil),
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}, Setsid: true}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return r
}

// forEverybody returns a copy of this program that every user may run.
func forEverybody(t *testing.T) string {
	t.Helper()
	const file = "/run/culvert.test"
	if !isFile(file) {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("install", "-m", "0755", self, file).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return file
}

// nobodyForTest is the process of asNobody.
func nobodyForTest(root string) error {
	var told bytes.Buffer
	sys := System{Root: root, Env: os.Environ(), UID: os.Getuid(), Culvert: filepath.Join(root, "usr/bin/culvert")}
	if os.Getenv("CULVERT_TEST_TERMINAL") == "true" {
		sys.Prompt = &told
	}
	ca, err := certs.ReadRoot(os.Getenv("CULVERT_TEST_CA"))
	if err != nil {
		return err
	}
	agent := &refusingAgent{}
	if os.Getenv("CULVERT_TEST_AGENT") == "true" {
		if err := agent.register(); err != nil {
			return err
		}
	}
	result := Add(context.Background(), sys, []Store{systemStore(sys)}, ca)[0]
	return json.NewEncoder(os.Stdout).Encode(report{
		result.Status.State, result.Status.Reason, result.Status.Fix, told.String(), agent.asked,
	})
}

// refusingAgent is polkit's authentication agent of this process, whose user closes the dialog.
// (https://www.freedesktop.org/software/polkit/docs/latest/eggdbus-interface-org.freedesktop.PolicyKit1.AuthenticationAgent.html)
type refusingAgent struct{ asked string }

func (a *refusingAgent) register() error {
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		return err
	}
	const path = "/culvert/test"
	if err := conn.Export(a, path, polkitName+".AuthenticationAgent"); err != nil {
		return err
	}
	began, err := startTime()
	if err != nil {
		return err
	}
	type subject struct {
		Kind    string
		Details map[string]dbus.Variant
	}
	self := subject{"unix-process", map[string]dbus.Variant{
		"pid": dbus.MakeVariant(uint32(os.Getpid())), "start-time": dbus.MakeVariant(began), "uid": dbus.MakeVariant(int32(os.Getuid())),
	}}
	authority := conn.Object(polkitName, "/org/freedesktop/PolicyKit1/Authority")
	return authority.Call(polkitName+".Authority.RegisterAuthenticationAgent", 0, self, "C", path).Err
}

// startTime is when this process began, in the kernel's clock ticks (proc(5), field 22 of stat).
func startTime() (uint64, error) {
	data, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	return strconv.ParseUint(fields[22-3], 10, 64)
}

// BeginAuthentication is called by polkitd.
func (a *refusingAgent) BeginAuthentication(_, message, _ string, details map[string]string, _ string, _ []struct {
	Kind    string
	Details map[string]dbus.Variant
},
) *dbus.Error {
	a.asked = message + " " + fmt.Sprint(details)
	return dbus.NewError(polkitName+".Error.Cancelled", nil)
}

// CancelAuthentication is called by polkitd.
func (a *refusingAgent) CancelAuthentication(string) *dbus.Error { return nil }
