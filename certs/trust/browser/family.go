package browser

// Family is what a browser is made from, which decides how it is started and where it looks for certificates.
type Family string

const (
	Chromium Family = "chromium"
	Firefox  Family = "firefox"
)

// Commands returns the names of the family's programs on Linux, the commonest first.
func (f Family) Commands() []string {
	if f == Firefox {
		return []string{"firefox", "firefox-esr", "firefox-developer-edition", "firefox-nightly", "firefox-trunk"}
	}
	return []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "google-chrome-beta", "google-chrome-unstable",
		"brave-browser", "microsoft-edge", "microsoft-edge-stable", "vivaldi", "vivaldi-stable", "opera",
	}
}

// Snaps returns the names of the family's snaps, which are confined to folders of their own below ~/snap.
func (f Family) Snaps() []string {
	if f == Firefox {
		return []string{"firefox"}
	}
	return []string{"chromium", "brave", "opera", "opera-beta"}
}

// Flatpaks returns the IDs of the family's flatpaks, which are confined to folders of their own below ~/.var/app.
func (f Family) Flatpaks() []string {
	if f == Firefox {
		return []string{"org.mozilla.firefox"}
	}
	return []string{"org.chromium.Chromium", "com.google.Chrome", "com.brave.Browser", "com.microsoft.Edge", "com.vivaldi.Vivaldi"}
}

// installed is where a browser lies on macOS, in a folder of applications, and on Windows, in one of programs.
type installed struct {
	name, mac, windows string
}

func (f Family) installed() []installed {
	if f == Firefox {
		return []installed{
			{"firefox", "Firefox.app/Contents/MacOS/firefox", "Mozilla Firefox/firefox.exe"},
			{"firefox-developer-edition", "Firefox Developer Edition.app/Contents/MacOS/firefox", "Firefox Developer Edition/firefox.exe"},
			{"firefox-nightly", "Firefox Nightly.app/Contents/MacOS/firefox", "Firefox Nightly/firefox.exe"},
		}
	}
	return []installed{
		{"google-chrome", "Google Chrome.app/Contents/MacOS/Google Chrome", "Google/Chrome/Application/chrome.exe"},
		{"microsoft-edge", "Microsoft Edge.app/Contents/MacOS/Microsoft Edge", "Microsoft/Edge/Application/msedge.exe"},
		{"brave-browser", "Brave Browser.app/Contents/MacOS/Brave Browser", "BraveSoftware/Brave-Browser/Application/brave.exe"},
		{"chromium", "Chromium.app/Contents/MacOS/Chromium", "Chromium/Application/chrome.exe"},
		{"vivaldi", "Vivaldi.app/Contents/MacOS/Vivaldi", "Vivaldi/Application/vivaldi.exe"},
	}
}
