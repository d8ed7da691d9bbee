package hosts

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAFileThatIsMountedIsWrittenInPlace runs again in a mount namespace of its own, where the hosts file is
// mounted as containers have it.
func TestAFileThatIsMountedIsWrittenInPlace(t *testing.T) {
	if dir := os.Getenv("CULVERT_TEST_MOUNT"); dir != "" {
		applyToMounted(t, dir)
		return
	}
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "CULVERT_TEST_MOUNT="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v (the test needs mount namespaces)\n%s", err, out)
	}
}

func applyToMounted(t *testing.T, dir string) {
	source, file := filepath.Join(dir, "source"), filepath.Join(dir, "hosts")
	write(t, source, debian, 0o644)
	write(t, file, "", 0o644)
	if err := syscall.Mount(source, file, "", syscall.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	defer syscall.Unmount(file, 0)
	if err := renamed(file, nil); !errors.Is(err, syscall.EBUSY) {
		t.Fatalf("it is not a mounted file: %v", err)
	}
	if changed, err := (Edit{File: file, Add: []string{"a.test"}}).Apply(); err != nil || !changed {
		t.Fatal(changed, err)
	}
	if got := read(t, source); !strings.HasPrefix(got, debian) || len(Missing([]byte(got), "a.test")) > 0 {
		t.Errorf("the mounted file holds %q", got)
	}
}
