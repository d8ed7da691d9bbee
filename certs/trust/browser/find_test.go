package browser

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// place puts a program into the folder that stands for the file system's root.
func place(t *testing.T, root, path, text string) {
	t.Helper()
	file := filepath.Join(root, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestBrowsersAreFound(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	in := func(path string) string { return filepath.Join(root, path) }
	for path, text := range map[string]string{
		"usr/bin/chromium":          "program",
		"usr/bin/firefox":           "#!/bin/sh\nexec /snap/bin/firefox \"$@\"\n", // Ubuntu's
		"opt/google/google-chrome":  "program",
		"usr/bin/flatpak":           "program",
		"usr/bin/snap":              "program",
		"usr/bin/firefox-esr/no":    "a folder is no program",
		"snap/bin/firefox":          "program",
		"home/snap/firefox/current": "",
		"home/.local/share/flatpak/app/com.brave.Browser/current":                "",
		"var/lib/flatpak/app/org.mozilla.firefox/current":                        "",
		"Applications/Google Chrome.app/Contents/MacOS/Google Chrome":            "program",
		"home/Applications/Firefox.app/Contents/MacOS/firefox":                   "program",
		"Program Files (x86)/Microsoft/Edge/Application/msedge.exe":              "program",
		"home/AppData/Local/Google/Chrome/Application/chrome.exe":                "program",
		"Program Files/Mozilla Firefox/firefox.exe":                              "program",
		"Program Files/Mozilla Firefox/uninstall/firefox-developer-edition.html": "",
	} {
		place(t, root, path, text)
	}
	for name, to := range map[string]string{"google-chrome": "opt/google/google-chrome", "google-chrome-stable": "opt/google/google-chrome", "opera": "usr/bin/snap"} {
		if err := os.Symlink(in(to), in("usr/bin/"+name)); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{
		"PATH=" + in("usr/bin"), "HOME=" + in("home"),
		"PROGRAMFILES=" + in("Program Files"), "ProgramFiles(x86)=" + in("Program Files (x86)"), "LocalAppData=" + in("home/AppData/Local"),
	}
	tests := map[string][]Browser{
		"linux": {
			{"chromium", Chromium, []string{in("usr/bin/chromium")}, ""},
			{"google-chrome", Chromium, []string{in("usr/bin/google-chrome")}, ""},
			{"com.brave.Browser", Chromium, []string{in("usr/bin/flatpak"), "run", "com.brave.Browser"}, in("home/.var/app/com.brave.Browser/cache")},
			{"firefox-snap", Firefox, []string{in("snap/bin/firefox")}, in("home/snap/firefox/common")},
			{"org.mozilla.firefox", Firefox, []string{in("usr/bin/flatpak"), "run", "org.mozilla.firefox"}, in("home/.var/app/org.mozilla.firefox/cache")},
		},
		"darwin": {
			{"google-chrome", Chromium, []string{in("Applications/Google Chrome.app/Contents/MacOS/Google Chrome")}, ""},
			{"firefox", Firefox, []string{in("home/Applications/Firefox.app/Contents/MacOS/firefox")}, ""},
		},
		"windows": {
			{"google-chrome", Chromium, []string{in("home/AppData/Local/Google/Chrome/Application/chrome.exe")}, ""},
			{"microsoft-edge", Chromium, []string{in("Program Files (x86)/Microsoft/Edge/Application/msedge.exe")}, ""},
			{"firefox", Firefox, []string{in("Program Files/Mozilla Firefox/firefox.exe")}, ""},
		},
	}
	for goos, want := range tests {
		got := finder{goos: goos, env: env, root: root}.all()
		if !slices.EqualFunc(got, want, func(a, b Browser) bool {
			return a.Name == b.Name && a.Family == b.Family && slices.Equal(a.Command, b.Command) && a.Confined == b.Confined
		}) {
			t.Errorf("%s: found %+v, want %+v", goos, got, want)
		}
	}
}

func TestAnAddressIsOneArgument(t *testing.T) {
	t.Parallel()
	const page = "https://localhost:8443/?a=%PATH%&b=$(id)"
	for _, goos := range []string{"linux", "darwin", "windows"} {
		if args := opener(goos, page); args[len(args)-1] != page {
			t.Errorf("%s: %q", goos, args)
		}
	}
}
