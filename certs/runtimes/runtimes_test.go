package runtimes

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/certs"
)

func newRoot(t testing.TB) *certs.Root {
	t.Helper()
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return ca.Root
}

// bundle writes a file with the roots, as a system has one, and returns its path.
func bundle(t testing.TB, roots ...*certs.Root) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bundle.pem")
	writeBundle(t, file, roots...)
	return file
}

func writeBundle(t testing.TB, file string, roots ...*certs.Root) {
	t.Helper()
	data := []byte("# roots\n")
	for _, r := range roots {
		data = append(data, r.PEM()...)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// value returns the value of a variable of the set, or "".
func (s *Set) value(name string) string { return getenv(s.Environ(nil), name) }

// wantRoots checks which certificates a file has, in their order.
func wantRoots(t *testing.T, file string, roots ...*certs.Root) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]byte
	for _, r := range roots {
		want = append(want, r.Certificate().Raw)
	}
	if got := blocks(data); !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("%s holds %d certificates, not the %d wanted", file, len(got), len(want))
	}
}

func blocks(data []byte) (list [][]byte) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return list
		}
		list = append(list, block.Bytes)
	}
}

func mustPrepare(t *testing.T, folder string, env []string, system string, roots ...*certs.Root) *Set {
	t.Helper()
	set, err := prepare(folder, env, []string{filepath.Join(t.TempDir(), "nothing"), system}, roots)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

var replacing = []string{
	"SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "GIT_SSL_CAINFO", "CARGO_HTTP_CAINFO", "PERL_LWP_SSL_CA_FILE",
}

func TestVariablesThatReplaceKeepTheSystemsRoots(t *testing.T) {
	t.Parallel()
	ours, other, second := newRoot(t), newRoot(t), newRoot(t)
	set := mustPrepare(t, t.TempDir(), nil, bundle(t, other, second), ours)
	for _, name := range replacing {
		wantRoots(t, set.value(name), other, second, ours)
	}
	for _, name := range []string{"NODE_EXTRA_CA_CERTS", "DENO_CERT"} {
		if set.value(name) != ours.File() {
			t.Errorf("%s is %q, not the CA alone", name, set.value(name))
		}
	}
	for _, name := range []string{"PIP_CERT", "NIX_SSL_CERT_FILE", javaOptions} {
		if set.value(name) != "" {
			t.Errorf("%s is set where nothing asks for it", name)
		}
	}
	if len(set.Omitted) > 0 {
		t.Errorf("it says %v", set.Omitted)
	}
	for _, v := range set.Variables {
		if v.For == "" || !slices.Contains(Names(), v.Name) {
			t.Errorf("%+v is not described", v)
		}
	}
}

func TestTheRealSystemsRootsAreKept(t *testing.T) {
	t.Parallel()
	system := firstFile(systemBundles)
	if system == "" {
		t.Fatal("there is no bundle of roots (run: apt-get install ca-certificates)")
	}
	set, err := Prepare(t.TempDir(), nil, newRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(system)
	after, _ := os.ReadFile(set.value("SSL_CERT_FILE"))
	had, has := blocks(before), blocks(after)
	if len(had) < 50 || len(has) != len(had)+1 {
		t.Errorf("of %d roots came %d", len(had), len(has))
	}
}

func TestABundleOfTheUsersOwnIsAddedTo(t *testing.T) {
	t.Parallel()
	ours, system, company := newRoot(t), newRoot(t), newRoot(t)
	own := bundle(t, company)
	for _, name := range append([]string{"NODE_EXTRA_CA_CERTS", "DENO_CERT", "PIP_CERT", "NIX_SSL_CERT_FILE"}, replacing...) {
		set := mustPrepare(t, t.TempDir(), []string{name + "=/first", name + "=" + own}, bundle(t, system), ours)
		wantRoots(t, set.value(name), company, ours)
		if other := "CURL_CA_BUNDLE"; name != other {
			wantRoots(t, set.value(other), system, ours)
		}
	}
}

func TestTheBundleOfGitsConfigurationIsAddedTo(t *testing.T) {
	t.Parallel()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal("git is not installed (run: apt-get install git)")
	}
	ours, system, company, own := newRoot(t), newRoot(t), newRoot(t), newRoot(t)
	home := t.TempDir()
	writeBundle(t, filepath.Join(home, "company.pem"), company)
	config := []byte("[http]\n\tsslCAInfo = ~/company.pem\n")
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"HOME=" + home, "PATH=" + filepath.Dir(git), "GIT_CONFIG_NOSYSTEM=1"}
	folder, file := t.TempDir(), bundle(t, system)
	set := mustPrepare(t, folder, env, file, ours)
	wantRoots(t, set.value("GIT_SSL_CAINFO"), company, ours)
	wantRoots(t, set.value("CURL_CA_BUNDLE"), system, ours)
	wantRoots(t, mustPrepare(t, folder, set.Environ(env), file, ours).value("GIT_SSL_CAINFO"), company, ours)
	env = append(env, "GIT_SSL_CAINFO="+bundle(t, own))
	wantRoots(t, mustPrepare(t, folder, env, file, ours).value("GIT_SSL_CAINFO"), own, ours)
}

func TestABundleThatHasTheCAIsNotAddedTo(t *testing.T) {
	t.Parallel()
	ours, other := newRoot(t), newRoot(t)
	set := mustPrepare(t, t.TempDir(), nil, bundle(t, ours, other), ours)
	wantRoots(t, set.value("SSL_CERT_FILE"), ours, other)
}

func TestSeveralCAsAreOneFile(t *testing.T) {
	t.Parallel()
	first, second, system, own := newRoot(t), newRoot(t), newRoot(t), newRoot(t)
	set := mustPrepare(t, t.TempDir(), []string{"DENO_CERT=" + bundle(t, own)}, bundle(t, system), first, second)
	wantRoots(t, set.value("NODE_EXTRA_CA_CERTS"), first, second)
	wantRoots(t, set.value("DENO_CERT"), own, first, second)
	wantRoots(t, set.value("SSL_CERT_FILE"), system, first, second)
}

// Who has evaluated `culvert env` in a shell, and runs `culvert exec` there, gets the same once more.
func TestAnEnvironmentThatIsSetAlreadyStays(t *testing.T) {
	t.Parallel()
	folder, old, system, own := t.TempDir(), newRoot(t), newRoot(t), bundle(t, newRoot(t))
	home := javaHome(t, newRoot(t))
	env := []string{"GIT_SSL_CAINFO=" + own, "JAVA_HOME=" + home, "JAVA_TOOL_OPTIONS=-Da='b c'", "X=y"}
	file := bundle(t, system)
	for _, roots := range [][]*certs.Root{{old}, {old, newRoot(t)}} {
		first := mustPrepare(t, folder, env, file, roots...)
		again := mustPrepare(t, folder, first.Environ(env), file, roots...)
		if !slices.Equal(first.Variables, again.Variables) || len(again.Variables) == 0 {
			t.Errorf("%+v became %+v", first.Variables, again.Variables)
		}
		if n := strings.Count(again.value(javaOptions), storeOption); n != 1 {
			t.Errorf("%d trust stores are in %s", n, again.value(javaOptions))
		}
	}
	renewed := newRoot(t)
	set := mustPrepare(t, folder, mustPrepare(t, folder, env, file, old).Environ(env), file, renewed)
	wantRoots(t, set.value("CURL_CA_BUNDLE"), system, renewed)
}

func TestABundleFollowsWhatItWasMadeOf(t *testing.T) {
	t.Parallel()
	folder, system := t.TempDir(), newRoot(t)
	file := bundle(t, system)
	first, renewed, added := newRoot(t), newRoot(t), newRoot(t)
	path := mustPrepare(t, folder, nil, file, first).value("SSL_CERT_FILE")
	wantRoots(t, path, system, first)
	before, _ := os.Stat(path)
	mustPrepare(t, folder, nil, file, first)
	if after, _ := os.Stat(path); !os.SameFile(before, after) {
		t.Error("it was written again, though nothing changed")
	}
	writeBundle(t, file, system, added)
	if again := mustPrepare(t, folder, nil, file, renewed).value("SSL_CERT_FILE"); again != path {
		t.Errorf("shells that were told of %s miss %s", path, again)
	}
	wantRoots(t, path, system, added, renewed)
}

func TestWhatCannotBePreparedIsTold(t *testing.T) {
	t.Parallel()
	der := filepath.Join(t.TempDir(), "der")
	if err := os.WriteFile(der, newRoot(t).Certificate().Raw, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		variable string
		value    string
		says     string
	}{
		{"a bundle that went", "SSL_CERT_FILE", "/nowhere/ca.pem", "no such file"},
		{"a folder", "REQUESTS_CA_BUNDLE", t.TempDir(), "is a folder"},
		{"a file that is not PEM", "NODE_EXTRA_CA_CERTS", der, "no certificate in PEM form"},
		{"options no JVM takes", javaOptions, "-Da='b", "not closed"},
		{"a trust store that went", javaOptions, "-Djavax.net.ssl.trustStore=/nowhere/store", "no such file"},
		{"a JVM that is none", "JAVA_HOME", t.TempDir(), "trust store of the default JVM was not found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := []string{tt.variable + "=" + tt.value}
			set := mustPrepare(t, t.TempDir(), env, bundle(t, newRoot(t)), newRoot(t))
			if len(set.Omitted) != 1 || !strings.Contains(set.Omitted[0].String(), tt.says) || strings.Contains(set.Omitted[0].String(), "\n") {
				t.Fatalf("it says %v", set.Omitted)
			}
			if got := getenv(set.Environ(env), tt.variable); got != tt.value {
				t.Errorf("the value became %q", got)
			}
		})
	}
}

func TestASystemWithoutABundleIsTold(t *testing.T) {
	t.Parallel()
	ours := newRoot(t)
	set, err := prepare(t.TempDir(), nil, nil, []*certs.Root{ours})
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Variables) != 2 || len(set.Omitted) != 1 || !slices.Equal(set.Omitted[0].Names, replacing) {
		t.Errorf("%+v", set)
	}
}

func TestAFolderThatCannotBeMadeIsAnError(t *testing.T) {
	t.Parallel()
	file := bundle(t)
	_, err := Prepare(filepath.Join(file, "below"), nil, newRoot(t))
	if err == nil || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is %v", err)
	}
}

func TestEnvironReplacesEveryOlderValue(t *testing.T) {
	t.Parallel()
	set := &Set{Variables: []Variable{{Name: "A", Value: "new"}}}
	env := []string{"A=1", "AB=2", "A=3"}
	if got, want := set.Environ(env), []string{"AB=2", "A=new"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if env[0] != "A=1" {
		t.Error("the caller's environment was changed")
	}
}
