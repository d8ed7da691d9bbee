package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"culvert/certs"
	"culvert/certs/runtimes"
)

// Profile is a folder of a browser's own, and how the browser is started with it.
type Profile struct {
	Browser Browser
	Folder  string
	Args    []string // of the browser, before the page's address
}

// Isolate makes a profile with which the browser accepts the servers, in a new folder within folder, or in the system's
// place for temporary files where that is empty. A confined browser has it where the browser can read it. The roots are
// those that the servers' certificates come from.
//
// With Chromium it accepts them only: whoever runs the servers anew has to make another profile, for they show other keys
// then. With Firefox, where the environment env has certutil, it accepts everything of the roots, and the servers.
func (b Browser) Isolate(ctx context.Context, folder string, env []string, servers []Server, roots ...*certs.Root) (*Profile, error) {
	if b.Confined != "" {
		folder = b.Confined
	}
	if folder != "" {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("profile %w (make its folder writable)", err)
		}
	}
	dir, err := os.MkdirTemp(folder, "isolated-") // 0700
	if err != nil {
		return nil, fmt.Errorf("profile %w (make its folder writable)", err)
	}
	p := &Profile{Browser: b, Folder: dir}
	if b.Family == Firefox {
		err = p.firefox(ctx, env, servers, roots)
	} else {
		p.chromium(servers)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("profile of %s: %w", b.Name, err), p.Remove())
	}
	return p, nil
}

// Remove takes the profile away. The browser must have ended.
func (p *Profile) Remove() error { return os.RemoveAll(p.Folder) }

// chromium accepts the servers by their own keys.
//
// SECURITY: never by the CA's key, though one pin would do for all. Chromium then asks for no signature: any server that
// sends the CA's certificate, which is no secret, behind its own would be believed for every name on the Internet. The
// servers' certificates are known only to who can reach the servers, and last until these end.
func (p *Profile) chromium(servers []Server) {
	p.Args = append(chromiumArgs(p.Folder), "--ignore-certificate-errors-spki-list="+pins(servers))
}

func pins(servers []Server) string {
	var all []string
	for _, s := range servers {
		if pin := s.pin(); !slices.Contains(all, pin) {
			all = append(all, pin)
		}
	}
	return strings.Join(all, ",")
}

// chromiumArgs start a Chromium with a profile of its own and without questions.
func chromiumArgs(profile string) []string {
	args := []string{"--user-data-dir=" + profile, "--no-first-run", "--no-default-browser-check"}
	if os.Geteuid() == 0 {
		// Chromium does not start for root with its sandbox (content/browser/zygote_host): containers have no other user.
		args = append(args, "--no-sandbox")
	}
	return args
}

// firefoxPrefs keep Firefox from showing pages about itself, and from asking and telling at its first start.
const firefoxPrefs = `user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.normandy.enabled", false);
`

// firefoxArgs start a Firefox with a profile of its own, beside one that runs.
func firefoxArgs(profile string) []string {
	return []string{"--no-remote", "--profile", profile}
}

func (p *Profile) firefox(ctx context.Context, env []string, servers []Server, roots []*certs.Root) error {
	p.Args = firefoxArgs(p.Folder)
	if err := os.WriteFile(filepath.Join(p.Folder, "user.js"), []byte(firefoxPrefs), 0o600); err != nil {
		return err
	}
	// Windows has another program of that name.
	certutil := runtimes.Look(env, "certutil")
	imports := certutil != "" && runtime.GOOS != "windows"
	if imports {
		if err := p.importRoots(ctx, certutil, env, roots); err != nil {
			return err
		}
	}
	var overrides strings.Builder
	for _, s := range servers {
		if s.own || !imports {
			overrides.WriteString(s.override())
		}
	}
	return os.WriteFile(filepath.Join(p.Folder, "cert_override.txt"), []byte(overrides.String()), 0o600)
}

func (p *Profile) importRoots(ctx context.Context, certutil string, env []string, roots []*certs.Root) error {
	db := "sql:" + p.Folder
	runs := [][]string{{"-N", "-d", db, "--empty-password"}}
	for _, r := range roots {
		runs = append(runs, []string{"-A", "-d", db, "-t", "C,,", "-n", r.Fingerprint(), "-i", r.File()})
	}
	for _, args := range runs {
		if out, err := Run(ctx, env, "", certutil, args...); err != nil {
			return fmt.Errorf("certutil %s: %w: %s", args[0], err, LastWords(out))
		}
	}
	return nil
}
