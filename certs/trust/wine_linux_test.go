package trust

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// wine is a Windows of its own in a temporary folder.
type wine struct {
	t       *testing.T
	program string
	dir     string // for what is built
	prefix  string // Wine's word for the folder of a Windows
}

// processPrng is the function of Windows 10 that Go gets its random numbers from, and that Wine has since version 9 only.
const processPrng = `
__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *, unsigned long);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *p, unsigned long long n) { return SystemFunction036(p, n); }
`

func newWine(t *testing.T) *wine {
	t.Helper()
	w := &wine{t: t, program: "/usr/lib/wine/wine64", dir: t.TempDir(), prefix: filepath.Join(t.TempDir(), "windows")}
	if !isFile(w.program) {
		found, err := exec.LookPath("wine64")
		if err != nil {
			t.Fatal("wine64 is not installed (run: apt-get install wine64)")
		}
		w.program = found
	}
	t.Cleanup(w.end)
	w.must("wineboot", "--init")
	source := filepath.Join(w.dir, "prng.c")
	if err := os.WriteFile(source, []byte(processPrng), 0o600); err != nil {
		t.Fatal(err)
	}
	dll := filepath.Join(w.prefix, "drive_c/windows/system32/bcryptprimitives.dll")
	out, err := exec.Command("x86_64-w64-mingw32-gcc", "-shared", "-o", dll, source, "-ladvapi32").CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		t.Fatal("x86_64-w64-mingw32-gcc is not installed (run: apt-get install gcc-mingw-w64-x86-64)")
	case err != nil:
		t.Fatalf("%v\n%s", err, out)
	}
	return w
}

// end stops what runs in this Windows, so that its folder can be removed.
func (w *wine) end() {
	server := filepath.Join(filepath.Dir(w.program), "wineserver64")
	if !isFile(server) {
		server = "wineserver"
	}
	for _, flag := range []string{"--kill", "--wait"} {
		c := exec.Command(server, flag)
		c.Env = w.env()
		if err := c.Run(); err != nil && flag == "--wait" {
			w.t.Errorf("%v: %v", c, err)
		}
	}
}

// env is the environment of programs in this Windows. They have no window, and nothing of what Wine would offer to download.
func (w *wine) env() []string {
	return []string{
		"HOME=" + w.dir, "PATH=" + os.Getenv("PATH"), "WINEPREFIX=" + w.prefix, "WINEDEBUG=-all",
		"WINEDLLOVERRIDES=bcryptprimitives=n;mscoree,mshtml=", `CULVERT_HOME=C:\culvert`,
	}
}

// run runs a program in this Windows and returns what it printed.
func (w *wine) run(program string, args ...string) (string, error) {
	w.t.Helper()
	// Into a file: Wine's own services keep the output open, and would hold a pipe for as long as they run.
	out, err := os.CreateTemp(w.dir, "out-")
	if err != nil {
		w.t.Fatal(err)
	}
	defer out.Close()
	ctx, cancel := context.WithTimeout(w.t.Context(), 3*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, w.program, append([]string{program}, args...)...)
	c.Env, c.Stdout, c.Stderr = w.env(), out, out
	err = c.Run()
	data, readErr := os.ReadFile(out.Name())
	return string(data), errors.Join(err, readErr)
}

func (w *wine) must(program string, args ...string) string {
	w.t.Helper()
	out, err := w.run(program, args...)
	if err != nil {
		w.t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
	return out
}

// build cross-compiles for Windows with the go command, and returns the program's path.
func (w *wine) build(name string, args ...string) string {
	w.t.Helper()
	program := filepath.Join(w.dir, name)
	c := exec.Command("go", slices.Concat(args[:1], []string{"-o", program}, args[1:])...)
	c.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		w.t.Fatalf("%v: %v\n%s", c, err, out)
	}
	return program
}

// roots lists the user's own roots as the registry of Windows has them, by their SHA-1.
func (w *wine) roots() []string {
	w.t.Helper()
	var hashes []string
	for _, line := range strings.Fields(w.must("reg", "query", `HKCU\Software\Microsoft\SystemCertificates\Root\Certificates`)) {
		hashes = append(hashes, line[strings.LastIndexByte(line, '\\')+1:])
	}
	slices.Sort(hashes)
	return hashes
}

func TestWindowsStore(t *testing.T) {
	t.Parallel()
	w := newWine(t)
	t.Run("the tests for Windows", func(t *testing.T) {
		out := w.must(w.build("trust.test.exe", "test", "-c", "."), "-test.v", "-test.timeout=2m",
			"-test.run=^(TestRootsOfWindowsKeepThePromises|TestCertificateWithTheSameSerialNumberStays)$")
		if strings.Count(out, "--- PASS") != 2 {
			t.Errorf("not both ran:\n%s", out)
		}
	})
	t.Run("the command for Windows", func(t *testing.T) {
		culvert := w.build("culvert.exe", "build", "culvert/cmd/culvert")
		if out, err := w.run(culvert, "trust", "--status", "--store", "windows"); err == nil || !strings.Contains(out, "there is no CA yet") {
			t.Fatalf("before: %v\n%s", err, out)
		}
		before := w.roots()
		out := w.must(culvert, "trust", "--store", "windows")
		if !strings.Contains(out, "trusted, now") {
			t.Errorf("it says %q", out)
		}
		w.wantState(culvert, Trusted)
		hash := sha1Hex(readCert(t, w.authority()))
		after := w.roots()
		if i := slices.Index(after, hash); i < 0 || !slices.Equal(slices.Delete(slices.Clone(after), i, i+1), before) {
			t.Fatalf("the registry had\n%s\nand has\n%s\nwithout or besides %s", before, after, hash)
		}
		w.must(culvert, "trust", "--store", "windows")
		if again := w.roots(); !slices.Equal(again, after) {
			t.Errorf("the second time made %s of %s", again, after)
		}
		w.must(culvert, "untrust", "--store", "windows")
		w.wantState(culvert, NotTrusted)
		if left := w.roots(); !slices.Equal(left, before) {
			t.Errorf("the registry had\n%s\nand has\n%s", before, left)
		}
	})
}

// authority is the certificate file of the CA that culvert made in this Windows.
func (w *wine) authority() string {
	w.t.Helper()
	found, err := filepath.Glob(filepath.Join(w.prefix, "drive_c/culvert/*/*/ca.pem"))
	if err != nil || len(found) != 1 {
		w.t.Fatalf("there are the CAs %q, %v", found, err)
	}
	return found[0]
}

// wantState checks what the command says of the store.
func (w *wine) wantState(culvert string, state State) {
	w.t.Helper()
	out, err := w.run(culvert, "trust", "--status", "--json", "--store", "windows")
	if (err == nil) != (state == Trusted) {
		w.t.Errorf("it ends with %v", err)
	}
	var stores []struct{ Store, State string }
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&stores); err != nil {
		w.t.Fatalf("%v: %s", err, out)
	}
	if len(stores) != 1 || stores[0].Store != "windows" || stores[0].State != state.String() {
		w.t.Errorf("it says %+v", stores)
	}
}
