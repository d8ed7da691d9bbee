package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"culvert/certs/runtimes"
)

// Show opens the page in the profile's browser and waits until the browser ends: by its user, or because ctx does, which
// is no error. The profile stays.
func (p *Profile) Show(ctx context.Context, env []string, page string) error {
	out, err := p.Browser.run(ctx, env, append(slices.Clone(p.Args), page)...)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%s: %w: %s (start it by hand to see why)", p.Browser.Name, err, LastWords(out))
	}
	return nil
}

// Visit has the browser open the page without a window, with the profile in a folder, and end. Whether it came there, the
// page's server knows; the error is of a browser that could not run.
func (b Browser) Visit(ctx context.Context, env []string, profile, page string) error {
	args := append(chromiumArgs(profile), "--headless=new", "--disable-gpu", "--disable-background-networking", "--dump-dom", page)
	if b.Family == Firefox {
		if err := appendTo(filepath.Join(profile, "user.js"), firefoxPrefs); err != nil {
			return err
		}
		// It takes a picture of a page that was loaded, or of the error instead, and ends.
		args = append(firefoxArgs(profile), "--headless", "--screenshot", filepath.Join(profile, "page.png"), page)
	}
	if out, err := b.run(ctx, env, args...); err != nil {
		return fmt.Errorf("%s: %w: %s", b.Name, err, LastWords(out))
	}
	return nil
}

// appendTo adds a text to a file, and makes it and its folder where they are not there.
func appendTo(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func (b Browser) run(ctx context.Context, env []string, args ...string) (string, error) {
	return Run(ctx, env, "", b.Command[0], slices.Concat(b.Command[1:], args)...)
}

// Open opens the page in this browser with the user's own profile, and returns once that has begun.
func (b Browser) Open(env []string, page string) error {
	return start(env, append(slices.Clone(b.Command), page))
}

// Open opens the page in the user's default browser, and returns once that has begun.
func Open(env []string, page string) error {
	return start(env, opener(runtime.GOOS, page))
}

// opener is what opens a page in the default browser of a system.
func opener(goos, page string) []string {
	switch goos {
	case "darwin":
		return []string{"open", page}
	case "windows":
		// Not "cmd /c start": it reads & and % in an address.
		return []string{"rundll32", "url.dll,FileProtocolHandler", page}
	}
	return []string{"xdg-open", page}
}

// start starts a program that outlives this one.
func start(env, args []string) error {
	path := args[0]
	if !strings.ContainsAny(path, `/\`) {
		if path = runtimes.Look(env, path); path == "" {
			return fmt.Errorf("%s: not found (install it, or name a browser)", args[0])
		}
	}
	cmd := exec.Command(path, args[1:]...)
	cmd.Env = env
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return cmd.Process.Release()
}
