package trust

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"culvert/certs"
)

// wslStore is the Windows user's list of roots as it is reached from a Linux inside of Windows (WSL), whose user most
// often browses with the browsers of Windows. Windows' own certutil.exe, which is not the certutil of NSS, changes it.
type wslStore struct {
	sys  System
	tool string // path of certutil.exe
}

// wslStores returns the store of the Windows around this Linux, if there is one.
func wslStores(sys System) []Store {
	// SECURITY: by its full path. The PATH of Windows, which WSL appends, holds folders that anybody may write to.
	tool := sys.path("/mnt/c/Windows/System32/certutil.exe")
	if !isWSL(sys) || !isFile(tool) {
		return nil
	}
	return []Store{&wslStore{sys: sys, tool: tool}}
}

// isWSL reports whether the kernel is the one that Microsoft builds for WSL.
func isWSL(sys System) bool {
	for _, file := range []string{"/proc/sys/kernel/osrelease", "/proc/version"} {
		data, err := os.ReadFile(sys.path(file))
		if err == nil && strings.Contains(strings.ToLower(string(data)), "microsoft") {
			return true
		}
	}
	return false
}

func (s *wslStore) Name() string { return "windows" }
func (s *wslStore) Where() string {
	return "the Windows user's trusted root certificates (certmgr.msc)"
}

func (s *wslStore) Check(ctx context.Context, root *certs.Root) Status {
	found, err := s.has(ctx, root)
	switch {
	case err != nil:
		return cannot(s.explain(err))
	case found:
		return Status{State: Trusted}
	}
	return Status{State: NotTrusted}
}

func (s *wslStore) Add(ctx context.Context, root *certs.Root) error {
	return s.explain(withFile(root, func(file string) error {
		path, err := s.windowsPath(ctx, file)
		if err == nil {
			_, err = s.certutil(ctx, "-addstore", "Root", path)
		}
		return err
	}))
}

func (s *wslStore) Remove(ctx context.Context, root *certs.Root) error {
	found, err := s.has(ctx, root)
	if err == nil && found {
		_, err = s.certutil(ctx, "-delstore", "Root", sha1Hex(root.Certificate()))
	}
	return s.explain(err)
}

// has reports whether the certificate is in the store. The command ends well for every certificate that its last
// argument fits, a name as well; so the fingerprint is looked for in what it prints, in which the words around it are
// the language's of Windows.
func (s *wslStore) has(ctx context.Context, root *certs.Root) (bool, error) {
	hash := sha1Hex(root.Certificate())
	out, err := s.certutil(ctx, "-store", "Root", hash)
	if said(err, "0x80092004") || said(err, "0x80090011") { // CRYPT_E_NOT_FOUND, NTE_NOT_FOUND
		return false, nil
	}
	printed := strings.ToUpper(strings.ReplaceAll(string(out), " ", "")) // older ones print pairs of digits
	return strings.Contains(printed, hash), err
}

// windowsPath is how Windows calls a file of this Linux.
func (s *wslStore) windowsPath(ctx context.Context, file string) (string, error) {
	tool := s.sys.find("wslpath")
	if tool == "" {
		return "", errors.New("wslpath is not installed")
	}
	out, err := s.sys.run(ctx, Command{Path: tool, Args: []string{"-w", file}, Timeout: 30 * time.Second})
	return strings.TrimSpace(string(out)), err
}

// certutil runs the tool on the user's own stores. Windows may ask its user before a change.
func (s *wslStore) certutil(ctx context.Context, args ...string) ([]byte, error) {
	return s.sys.run(ctx, Command{Path: s.tool, Args: append([]string{"-user"}, args...), Timeout: 5 * time.Minute})
}

// explain puts in words what certutil.exe said.
func (s *wslStore) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case said(err, "0x800704c7"): // ERROR_CANCELLED
		why := "you said no when Windows asked, nothing was changed"
		return cancelled(why, err)
	}
	return &Problem{
		Reason: "the certificates of Windows cannot be reached from here: " + err.Error(),
		Fix:    "run culvert trust on Windows too, or open " + filepath.Base(s.tool) + " there",
		Err:    err,
	}
}
