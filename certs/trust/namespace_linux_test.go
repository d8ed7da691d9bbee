package trust

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// apart reports whether the test runs where no change of /etc and /run reaches the machine: in a process of its own, for
// which those folders are copies. Elsewhere it starts that process, waits for it, and returns false.
//
// It takes root, since what is tested there are programs that make root of a user.
func apart(t *testing.T) bool {
	t.Helper()
	const inside = "CULVERT_TEST_APART"
	if os.Getenv(inside) == t.Name() {
		copyOver(t, "/etc")
		mount(t, "tmpfs", "/run", "tmpfs", 0)
		return true
	}
	if os.Geteuid() != 0 {
		t.Skip("polkit, sudo and policies of one's own take root")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	return false
}

// copyOver mounts a copy of a folder over it.
func copyOver(t *testing.T, dir string) {
	t.Helper()
	tmp := t.TempDir()
	mount(t, "tmpfs", tmp, "tmpfs", 0)
	if out, err := exec.Command("cp", "-a", dir+"/.", tmp).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	mount(t, tmp, dir, "", syscall.MS_BIND)
	if err := syscall.Unmount(tmp, syscall.MNT_DETACH); err != nil {
		t.Fatal(err)
	}
}

func mount(t *testing.T, source, target, kind string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount(source, target, kind, flags, ""); err != nil {
		t.Fatalf("mount on %s: %v", target, err)
	}
}

func put(t *testing.T, file, data string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.TrimSpace(data)+"\n"), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, mode); err != nil {
		t.Fatal(err)
	}
}
