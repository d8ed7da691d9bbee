package runtimes

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/certs"
)

// keytool runs the JDK's own tool.
func keytool(t testing.TB, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("keytool")
	if err != nil {
		t.Fatal("keytool is not installed (run: apt-get install default-jdk-headless)")
	}
	out, err := exec.Command(path, append([]string{"-J-Duser.language=en"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("keytool %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// importInto puts the root into a trust store, which keytool makes of the options' kind.
func importInto(t testing.TB, store string, root *certs.Root, options ...string) {
	t.Helper()
	keytool(t, append([]string{
		"-importcert", "-noprompt", "-keystore", store, "-storepass", "changeit",
		"-alias", root.Fingerprint()[:8], "-file", root.File(),
	}, options...)...)
}

// javaHome is the folder of a JVM that trusts the root.
func javaHome(t testing.TB, root *certs.Root) string {
	t.Helper()
	home := t.TempDir()
	dir := filepath.Join(home, "lib", "security")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	importInto(t, filepath.Join(dir, "cacerts"), root, "-storetype", "JKS")
	return home
}

func TestEveryKindOfTrustStoreIsAddedTo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options []string
	}{
		{"JKS", []string{"-storetype", "JKS"}},
		{"PKCS#12", []string{"-storetype", "PKCS12"}},
		{"PKCS#12 as JDK 18 and later come with", []string{
			"-storetype", "PKCS12", "-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE", "-J-Dkeystore.pkcs12.macAlgorithm=NONE",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			known, second, ours := newRoot(t), newRoot(t), newRoot(t)
			own := filepath.Join(t.TempDir(), "own store")
			importInto(t, own, known, tt.options...)
			importInto(t, own, second, tt.options...)
			env := []string{
				`JAVA_TOOL_OPTIONS=-Xmx1g -Djavax.net.ssl.trustStore="` + own + `" -Djavax.net.ssl.trustStorePassword=changeit`,
			}
			folder := filepath.Join(t.TempDir(), "it's a folder")
			set := mustPrepare(t, folder, env, "", ours)
			wantTrustStore(t, set, known, second, ours)
			if !strings.HasPrefix(set.value(javaOptions), "-Xmx1g ") {
				t.Errorf("the user's options became %s", set.value(javaOptions))
			}
			store := lastOption(mustSplit(t, set.value(javaOptions)), storeOption)
			before, _ := os.Stat(store)
			mustPrepare(t, folder, env, "", ours)
			if after, _ := os.Stat(store); !os.SameFile(before, after) {
				t.Error("it was written again, though nothing changed")
			}
		})
	}
}

func mustSplit(t *testing.T, text string) []option {
	t.Helper()
	options, err := splitOptions(text)
	if err != nil {
		t.Fatal(err)
	}
	return options
}

// wantTrustStore checks with keytool which certificates the trust store of the set has.
func wantTrustStore(t *testing.T, set *Set, roots ...*certs.Root) {
	t.Helper()
	if len(set.Variables) == 0 || set.value(javaOptions) == "" {
		t.Fatalf("there is no trust store: %v", set.Omitted)
	}
	options := mustSplit(t, set.value(javaOptions))
	list := keytool(t, "-list", "-keystore", lastOption(options, storeOption), "-storepass", lastOption(options, passwordOption))
	if n := strings.Count(list, "trustedCertEntry"); n != len(roots) {
		t.Errorf("it has %d certificates, want %d\n%s", n, len(roots), list)
	}
	for _, r := range roots {
		var pairs []string
		for i := 0; i < len(r.Fingerprint()); i += 2 {
			pairs = append(pairs, strings.ToUpper(r.Fingerprint()[i:i+2]))
		}
		if !strings.Contains(list, strings.Join(pairs, ":")) {
			t.Errorf("it lacks %s\n%s", r.Fingerprint(), list)
		}
	}
}

func TestTheDefaultJVMsTrustStoreIsFound(t *testing.T) {
	t.Parallel()
	known, ours := newRoot(t), newRoot(t)
	home := javaHome(t, known)
	bin, links := filepath.Join(home, "bin"), t.TempDir()
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "java"), nil, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(bin, "java"), filepath.Join(links, "java")); err != nil {
		t.Fatal(err)
	}
	old := t.TempDir()
	if err := os.Mkdir(filepath.Join(old, "jre"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(javaHome(t, known), "lib"), filepath.Join(old, "jre", "lib")); err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string][]string{
		"by JAVA_HOME":             {"JAVA_HOME=" + home},
		"by JAVA_HOME of a JDK 8":  {"JAVA_HOME=" + old},
		"by a link in PATH":        {"PATH=relative:/nowhere:" + links},
		"in PATH, JAVA_HOME stale": {"PATH=" + links, "JAVA_HOME=/nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantTrustStore(t, mustPrepare(t, t.TempDir(), env, "", ours), known, ours)
		})
	}
}

func TestOptionsAreSplitAsTheJVMDoes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                       nil,
		"  -Da=1\t-Db=2\n":       {"-Da=1", "-Db=2"},
		`-Da='b c' "-Dd=it's"`:   {"-Da=b c", "-Dd=it's"},
		`-Da=x'y "z'"w v"u \n`:   {`-Da=xy "zw vu`, `\n`},
		`-Da='' ''`:              {"-Da=", ""},
		`-Dpath=C:\Java\"a b"\c`: {`-Dpath=C:\Java\a b\c`},
	} {
		var got []string
		for _, o := range mustSplit(t, text) {
			got = append(got, o.value)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// The JVM itself is asked what it reads.
func TestTheJVMReadsBackWhatWasQuoted(t *testing.T) {
	t.Parallel()
	java, err := exec.LookPath("java")
	if err != nil {
		t.Fatal("java is not installed (run: apt-get install default-jdk-headless)")
	}
	values := []string{"plain", "a b", "it's", `say "hi"`, `it's "both" ways`, `back\slash \' end\`, "tab\there", "two  blanks"}
	var options []string
	for i, v := range values {
		options = append(options, quoteOption(fmt.Sprintf("-Dculvert.%d=%s", i, v)))
	}
	cmd := exec.Command(java, "-XshowSettings:properties", "-version")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "JAVA_TOOL_OPTIONS=" + strings.Join(options, " ")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, v := range values {
		if want := fmt.Sprintf("    culvert.%d = %s\n", i, v); !strings.Contains(string(out), want) {
			t.Errorf("%q is not read back\n%s", v, out)
		}
	}
}

func FuzzOptions(f *testing.F) {
	for _, seed := range []string{"", "-Da=b", "-Da='b c' -Dd", `"'"'"'`, "a\u00a0b", "'\n'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s != "" {
			got, err := splitOptions("-Da " + quoteOption(s) + " -Db")
			if err != nil || len(got) != 3 || got[1].value != s {
				t.Errorf("%q is read back as %q, %v", s, got, err)
			}
		}
		options, err := splitOptions(s)
		if err != nil {
			return
		}
		again, err := splitOptions(joinOptions(options))
		if err != nil || !slices.Equal(options, again) {
			t.Errorf("%q is %q, and joined %q, %v", s, options, again, err)
		}
	})
}
