package runtimes

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"culvert/certs"
)

// systemBundles are the files in which systems keep all their roots, those first that others are links or leftovers
// beside; they are the ones that Go's crypto/x509 and curl's configure script look for.
var systemBundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Arch, Gentoo, NixOS
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
	"/var/lib/ca-certificates/ca-bundle.pem",            // SUSE
	"/etc/pki/tls/certs/ca-bundle.crt",                  // older Fedora and RHEL
	"/etc/ca-certificates/extracted/tls-ca-bundle.pem",  // Arch, where the first was removed
	"/etc/ssl/ca-bundle.pem",                            // older SUSE
	"/etc/ssl/cert.pem",                                 // Alpine, macOS, the BSDs
	"/usr/local/share/certs/ca-root-nss.crt",            // FreeBSD
}

func firstFile(files []string) string {
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return ""
}

// readBundle reads a file of PEM certificates, or says why it is none. Without a name it is empty.
func readBundle(file string) (data []byte, why string) {
	if file == "" {
		return nil, ""
	}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return nil, file + " is a folder, and not a file that the CA could be added to"
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, "its file cannot be read: " + err.Error()
	}
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		return nil, file + " holds no certificate in PEM form"
	}
	return data, ""
}

// gitBundle is the bundle that the user's configuration of git names for all servers: a company's, most often.
func gitBundle(folder string, env []string) string {
	git := Look(env, "git")
	if git == "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, git, "config", "--type=path", "--get", "http.sslCAInfo")
	// SECURITY: not in the current folder. The variable outlives it in a shell, and a repository that was only looked at
	// could have the others trust its file.
	cmd.Dir, cmd.Env = folder, Without(env, "GIT_DIR")
	out, err := cmd.Output()
	if file := strings.TrimSuffix(string(out), "\n"); err == nil && filepath.IsAbs(file) {
		return file
	}
	return "" // none is named, or one that git would not find either
}

// madeBy begins the first line of a bundle of ours, which says what it was made of. Readers of PEM pass over it.
const madeBy = "# Made by Culvert; changes are overwritten. The CA was added to "

// merge returns a bundle: all of data, which was read from the file source, then those roots that are not in it.
func merge(source string, data []byte, roots []*certs.Root) []byte {
	there := make(map[string]bool)
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		there[string(block.Bytes)] = true
	}
	bundle := fmt.Appendf(nil, "%s%s\n", madeBy, strconv.Quote(source))
	bundle = append(bundle, data...)
	if !bytes.HasSuffix(bundle, []byte("\n")) {
		bundle = append(bundle, '\n')
	}
	for _, root := range roots {
		if !there[string(root.Certificate().Raw)] {
			bundle = append(bundle, root.PEM()...)
		}
	}
	return bundle
}

// madeOf returns the source of a bundle of ours; "" if it is none.
func madeOf(bundle []byte) string {
	line, _, _ := strings.Cut(string(bundle), "\n")
	quoted, ok := strings.CutPrefix(line, madeBy)
	if !ok {
		return ""
	}
	source, _ := strconv.Unquote(quoted)
	return source
}

// short tells sources apart in file names.
func short(source string) string {
	sum := sha256.Sum256([]byte(source))
	return hex.EncodeToString(sum[:4])
}

// replace puts data into the file, at once: programs that read it meanwhile find the whole old one or the whole new one.
// A file that has it already is not touched.
func replace(file string, data []byte) error {
	if had, err := os.ReadFile(file); err == nil && bytes.Equal(had, data) {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return fmt.Errorf("file %w (make its folder writable)", err)
	}
	_, err = f.Write(data)
	if err = cmp.Or(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("file %w (make room, then try again)", err)
	}
	return nil
}
