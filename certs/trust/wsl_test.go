package trust

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// windowsCertutil behaves as certutil.exe of Windows on a folder of certificates named by their SHA-1. It ends with the
// lowest byte of its error, all that reaches Linux, and prints the number in words.
const windowsCertutil = `
D="$R/windows-root"
[ -n "$SAYS" ] && { echo "CertUtil: $SAYS"; exit 199; }
[ "$1" = -user ] && [ "$3" = Root ] && [ "$#" = 4 ] || { echo "CertUtil: -?: unknown arg"; exit 87; }
missing() { echo "CertUtil: $1 command FAILED: 0x80092004 (-2146885628 CRYPT_E_NOT_FOUND)"; exit 4; }
case $2 in
-addstore)
	file=$(printf '%s' "${4#'\\wsl.localhost\Debian'}" | tr '\\' /)
	hash=$(openssl x509 -in "$file" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g')
	cp "$file" "$D/$hash"
	echo "Signature matches Public Key"
	;;
-store)
	[ -e "$D/$4" ] || missing -store
	echo "================ Certificate 0 ================"
	echo "Zertifikathash(sha1): $(echo "$4" | tr A-F a-f | sed 's/../& /g')"
	;;
-delstore)
	[ -e "$D/$4" ] || missing -delstore
	rm "$D/$4"
	;;
*) echo "CertUtil: unknown verb"; exit 87 ;;
esac`

// wsl makes the machine a Linux inside of Windows.
func (m *machine) wsl() {
	m.t.Helper()
	m.write("/proc/sys/kernel/osrelease", "5.15.153.1-microsoft-standard-WSL2\n", 0o644)
	m.mkdir("/windows-root")
	m.write("/windows-root/0123", string(newRoot(m.t).PEM()), 0o644)
	m.script("/mnt/c/Windows/System32/certutil.exe", windowsCertutil)
	m.script("/usr/bin/wslpath", `[ "$1" = -w ]; printf '%s%s\n' '\\wsl.localhost\Debian' "$(printf '%s' "$2" | tr / '\\')"`)
}

func TestWindowsAroundThisLinuxIsFound(t *testing.T) {
	t.Parallel()
	const tool = "/mnt/c/Windows/System32/certutil.exe"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  int
	}{
		{"WSL 2", map[string]string{"/proc/sys/kernel/osrelease": "5.15.153.1-microsoft-standard-WSL2", tool: ""}, 1},
		{"WSL 1", map[string]string{"/proc/version": "Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)", tool: ""}, 1},
		{"WSL whose drives are not mounted", map[string]string{"/proc/sys/kernel/osrelease": "5.15.153.1-microsoft-standard-WSL2"}, 0},
		{"a Linux with a disk of Windows", map[string]string{"/proc/sys/kernel/osrelease": "6.1.0-13-amd64", tool: ""}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			for path, data := range tt.files {
				m.write(path, data, 0o755)
			}
			if got := len(wslStores(m.sys)); got != tt.want {
				t.Errorf("found %d stores, want %d", got, tt.want)
			}
		})
	}
}

func TestOtherCertificatesOfWindowsStay(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.wsl()
	before := files(t, filepath.Join(m.root, "windows-root"))
	store, root := findStore(t, m.sys, "windows"), newRoot(t)
	if r := Add(t.Context(), m.sys, []Store{store}, root)[0]; !r.Changed {
		t.Fatalf("the result is %+v", r)
	}
	if r := Remove(t.Context(), m.sys, []Store{store}, root)[0]; !r.Changed {
		t.Fatalf("the result is %+v", r)
	}
	wantSame(t, before, files(t, filepath.Join(m.root, "windows-root")))
}

func TestCertificateThatWindowsFoundIsCompared(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.wsl()
	m.script("/mnt/c/Windows/System32/certutil.exe", "echo 'Cert Hash(sha1): "+strings.ToLower(sha1Hex(newRoot(t).Certificate()))+"'")
	want(t, findStore(t, m.sys, "windows"), newRoot(t), NotTrusted)
}

func TestWindowsAroundThisLinuxSaysNo(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.wsl()
	m.sys.Env = append(m.sys.Env, "SAYS=-addstore command FAILED: 0x800704c7 (WIN32: 1223 ERROR_CANCELLED)")
	store, root := findStore(t, m.sys, "windows"), newRoot(t)
	err := store.Add(t.Context(), root)
	if !errors.Is(err, errCancelled) {
		t.Errorf("got %v", err)
	}
	wantStatus(t, "windows", cannot(err), Cancelled, "said no when Windows asked")
	m.sys.Env = append(m.sys.Env, "SAYS=WinVerifyTrust failed: 0x80070005 (WIN32: 5 ERROR_ACCESS_DENIED)")
	want(t, findStore(t, m.sys, "windows"), root, Cannot, "cannot be reached from here", "ACCESS_DENIED")
	if err := os.Remove(filepath.Join(m.root, "usr/bin/wslpath")); err != nil {
		t.Fatal(err)
	}
	if err := store.Add(t.Context(), root); err == nil || !strings.Contains(err.Error(), "wslpath") {
		t.Errorf("got %v", err)
	}
}
