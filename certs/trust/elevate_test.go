package trust

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// culvert puts a culvert into the machine, which changes its files as root would, whoever runs it.
func (m *machine) culvert() {
	m.t.Helper()
	self, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	if isFile("/run/culvert.test") { // a user who is not root cannot reach the other
		self = "/run/culvert.test"
	}
	m.script("/usr/bin/culvert", `CULVERT_TEST_ROOT="$R" exec '`+self+`' "$@"`)
	m.sys.Culvert = filepath.Join(m.root, "usr/bin/culvert")
}

var someChange = Change{
	CA:          []string{"-", "/home/o'neil/my ca.pem"},
	Remove:      []Target{{"system", strings.Repeat("0a", 32)}},
	Add:         []Target{{"system", strings.Repeat("9f", 32)}, {"java/odd@name=1", strings.Repeat("9f", 32)}},
	RemoveHosts: []string{"old.test"},
	AddHosts:    []string{"web.localhost", "b.test"},
}

func TestChangeIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	got, err := ParseChange(someChange.Args())
	if err != nil || !reflect.DeepEqual(got, someChange) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOtherArgumentsAreRefused(t *testing.T) {
	t.Parallel()
	print := strings.Repeat("0a", 32)
	for _, args := range []string{
		"", "--add", "--ca -", "--add system@" + print, "--ca ca.pem --add system@" + print, "--ca - --add system",
		"--ca - --add @" + print, "--ca - --add system@" + print[1:], "--ca - --add system@" + strings.ToUpper(print),
		"--ca - --add-host a.test", "--add-host 127.0.0.1", "--add-host localhost", "--remove-host a#b", "--shell sh",
		"--ca=- --add=system@" + print, "-- --ca -",
	} {
		if c, err := ParseChange(strings.Fields(args)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %+v, %v", args, c, err)
		}
	}
}

func FuzzParseChange(f *testing.F) {
	f.Add(strings.Join(someChange.Args(), "\x00"))
	f.Add("--ca\x00-\x00--add\x00a@b")
	f.Fuzz(func(t *testing.T, line string) {
		c, err := ParseChange(strings.Split(line, "\x00"))
		if err != nil {
			return
		}
		again, err := ParseChange(c.Args())
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%q is %+v, and then %+v, %v", line, c, again, err)
		}
	})
}

func TestElevatedTakesOnlyWhatTheUserAgreedTo(t *testing.T) {
	t.Parallel()
	ours, other := newRoot(t), newRoot(t)
	add := Change{CA: []string{"-"}, Add: []Target{{"system", ours.Fingerprint()}}}
	tests := []struct {
		name   string
		uid    int
		pem    []byte
		change Change
		why    string
	}{
		{"a user who is not root", 1000, ours.PEM(), add, "takes root"},
		{"another certificate", 0, other.PEM(), add, "fingerprint"},
		{"no certificate", 0, nil, add, "no PEM block"},
		{"a certificate of the Internet", 0, internetCA(t), add, "not made by Culvert"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.debian()
			before := files(t, m.root)
			m.sys.UID = tt.uid
			outcomes, err := Elevated(t.Context(), m.sys, tt.change, tt.pem)
			if err == nil || !strings.Contains(err.Error(), tt.why) || outcomes != nil {
				t.Errorf("got %v, %v", outcomes, err)
			}
			wantSame(t, before, files(t, m.root))
		})
	}
}

// internetCA is a CA that this computer trusts.
func internetCA(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	if err != nil {
		t.Fatalf("%v (run: apt-get install ca-certificates)", err)
	}
	return data
}

func TestElevatedServesRootsStoresAlone(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.debian()
	m.tool("certutil", "libnss3-tools")
	m.database(".local/share/pki/nssdb")
	m.sys.Env = append(m.sys.Env, "HOME="+m.home)
	root := newRoot(t)
	targets := []Target{{"chromium", root.Fingerprint()}, {"nowhere", root.Fingerprint()}, {"system", root.Fingerprint()}}
	outcomes, err := Elevated(t.Context(), m.sys, Change{CA: []string{"-"}, Add: targets, AddHosts: []string{"a.test"}}, root.PEM())
	if err != nil || len(outcomes) != 4 {
		t.Fatalf("got %v, %v", outcomes, err)
	}
	for i, want := range []string{"cannot", "cannot", "trusted", "changed"} {
		if outcomes[i].State != want {
			t.Errorf("%s is %+v, want %s", outcomes[i].Store, outcomes[i], want)
		}
	}
	want(t, findStore(t, m.sys, "chromium"), root, NotTrusted)
}

func TestOneTransactionForAllThatTakesRoot(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.debian()
	m.script("/usr/bin/firefox", "exit 1")
	m.mkdir("/etc/firefox")
	m.culvert()
	m.sys.UID = 1000
	m.script("/usr/bin/pkexec", `echo "$@" >> "$R/asked"; [ "$1" = --disable-internal-agent ]; shift; [ -z "$SHELL" ]; exec "$@"`)
	m.sys.Env = append(m.sys.Env, "SHELL=/usr/bin/fish")
	root := newRoot(t)
	stores := []Store{findStore(t, m.sys, "system"), findStore(t, m.sys, policiesName)}
	before := files(t, m.root)
	for _, r := range Add(t.Context(), m.sys, stores, root) {
		wantStatus(t, r.Store.Name(), r.Status, Trusted)
		if !r.Changed {
			t.Errorf("%s is said not to be changed", r.Store.Name())
		}
	}
	for _, r := range Add(t.Context(), m.sys, stores, root) {
		wantStatus(t, r.Store.Name(), r.Status, Trusted)
	}
	for _, r := range Remove(t.Context(), m.sys, stores, root) {
		wantStatus(t, r.Store.Name(), r.Status, NotTrusted)
	}
	for _, r := range Remove(t.Context(), m.sys, stores, root) {
		wantStatus(t, r.Store.Name(), r.Status, NotTrusted)
	}
	asked, err := os.ReadFile(filepath.Join(m.root, "asked"))
	if err != nil || strings.Count(string(asked), "\n") != 2 {
		t.Errorf("asked for\n%s%v", asked, err)
	}
	if err := os.Remove(filepath.Join(m.root, "asked")); err != nil {
		t.Fatal(err)
	}
	wantSame(t, before, files(t, m.root))
}

func TestWhatBecomesOfAPrompt(t *testing.T) {
	t.Parallel()
	exit := func(code, words string) string { return "echo '" + words + "' >&2; exit " + code }
	tests := []struct {
		name  string
		tool  string
		body  string
		state State
		words []string
	}{
		{"a dialog that is closed", "pkexec", exit("126", "Error executing command as another user: Request dismissed"), Cancelled, []string{"you said no"}},
		{"a dialog that is closed, in other words", "pkexec", exit("126", "abgebrochen"), Cancelled, []string{"you said no"}},
		{"no agent", "pkexec", exit("127", "Error executing command as another user: No authentication agent found."), Cannot, []string{"no polkit agent", "run: sudo "}},
		{"not authorized", "pkexec", exit("127", "Error executing command as another user: Not authorized"), Cannot, []string{"does not let you", "run: sudo "}},
		{"a sandbox", "pkexec", exit("127", "pkexec must be setuid root"), Cannot, []string{"not allowed to become root", "run: sudo "}},
		{"something else", "pkexec", exit("127", "a new reason"), Cannot, []string{"pkexec did not do it", "a new reason", "run: sudo "}},
		{"an empty password", "sudo", exit("1", "sudo: no password was provided\nsudo: a password is required"), Cancelled, []string{"no password"}},
		{"a container", "sudo", exit("1", "sudo: The \"no new privileges\" flag is set"), Cannot, []string{"sandbox or a container", "run: sudo "}},
		{"a refusal of the root process", "pkexec", exit("1", "culvert: elevated: no certificate has the fingerprint"), Cannot, []string{"refused: no certificate"}},
		{"an answer that is none", "pkexec", "echo hello", Cannot, []string{"no answer that can be read", "run: sudo "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.debian()
			m.culvert()
			m.sys.UID = 1000
			if tt.tool == "sudo" {
				m.sys.Prompt = &strings.Builder{}
			}
			m.script("/usr/bin/"+tt.tool, tt.body)
			before := files(t, m.root)
			result := Add(t.Context(), m.sys, []Store{findStore(t, m.sys, "system")}, newRoot(t))[0]
			wantStatus(t, "system", result.Status, tt.state, tt.words...)
			if exit := (*exec.ExitError)(nil); tt.body != "echo hello" && !errors.As(result.Status.Err, &exit) {
				t.Errorf("the error is lost: %v", result.Status.Err)
			}
			if result.Changed {
				t.Error("it says that something changed")
			}
			wantSame(t, before, files(t, m.root))
		})
	}
}

func TestWithoutCulvertTheCommandIsShown(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.debian()
	m.sys.UID = 1000
	m.script("/usr/bin/pkexec", "exit 0")
	root := newRoot(t)
	status := Add(t.Context(), m.sys, []Store{findStore(t, m.sys, "system")}, root)[0].Status
	wantStatus(t, "system", status, Cannot, "culvert command is not found")
	if want := "run: sudo culvert elevated --ca " + root.File() + " --add system@" + root.Fingerprint(); status.Fix != want {
		t.Errorf("the fix is %q, want %q", status.Fix, want)
	}
}

func TestHostsAreChangedThroughTheSameDoor(t *testing.T) {
	t.Parallel()
	const before = "127.0.0.1 localhost\n::1 localhost\n"
	m := newMachine(t)
	m.write("/etc/hosts", before, 0o644)
	m.culvert()
	m.sys.UID = 1000
	m.script("/usr/bin/pkexec", `echo "$@" >> "$R/asked"; shift; exec "$@"`)
	steps := []struct {
		add, remove []string
		changed     bool
	}{
		{[]string{"web.localhost"}, nil, true},
		{[]string{"web.localhost"}, nil, false},
		{nil, []string{"web.localhost", "never.test"}, true},
		{nil, []string{"web.localhost"}, false},
	}
	for _, s := range steps {
		if changed, err := ChangeHosts(t.Context(), m.sys, s.add, s.remove); err != nil || changed != s.changed {
			t.Errorf("%+v: changed %v, %v", s, changed, err)
		}
	}
	data, err := os.ReadFile(filepath.Join(m.root, "etc/hosts"))
	if err != nil || string(data) != before {
		t.Errorf("the file holds %q, %v", data, err)
	}
	asked, err := os.ReadFile(filepath.Join(m.root, "asked"))
	if err != nil || strings.Count(string(asked), "\n") != 2 || !strings.Contains(string(asked), " elevated --add-host web.localhost --json") {
		t.Errorf("asked for %q, %v", asked, err)
	}
	m.script("/usr/bin/pkexec", "echo 'Request dismissed' >&2; exit 126")
	if changed, err := ChangeHosts(t.Context(), m.sys, []string{"web.localhost"}, nil); !IsCancelled(err) || changed {
		t.Errorf("a user who says no: changed %v, %v", changed, err)
	}
	if _, err := ChangeHosts(t.Context(), m.sys, []string{"a b"}, nil); err == nil {
		t.Error("a name that is none is taken")
	}
}

func TestOnlyStoresOfRootTakeRoot(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.debian()
	m.script("/usr/bin/firefox", "exit 1")
	var names []string
	for _, s := range Stores(m.sys) {
		if NeedsRoot(s) {
			names = append(names, s.Name())
		}
	}
	if !slices.Equal(names, []string{"system", policiesName}) {
		t.Errorf("root is taken by %q", names)
	}
}
