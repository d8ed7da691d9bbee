package doctor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxHSTSFile bounds what is read of a browser's file.
const maxHSTSFile = 16 << 20

// remembered is what a browser remembers of a name by HSTS (RFC 6797).
type remembered struct {
	browser string // "Chromium"
	forget  string // how it is made to forget
	name    string
	until   time.Time
	file    string
}

// hstsStuck finds browsers that remember for a host of the project, or for localhost, that it is to be reached by https
// alone, and backends that tell them so.
func hstsStuck(ctx context.Context, p *Patient) (found []Finding) {
	now := p.machine.now()
	for _, r := range p.machine.remembered(ctx, append([]string{"localhost"}, p.Project.Hosts...)) {
		if !r.until.After(now) {
			continue
		}
		f := Finding{
			Severity: Warning,
			What:     fmt.Sprintf("%s reaches %s by https and wss alone (HSTS).", r.browser, r.name),
			Evidence: fmt.Sprintf("%s, until %s", r.file, r.until.Format(time.DateOnly)),
			Why: "The tunnel has both. But the rule counts for every port of the name: plain http:// and ws:// servers under " +
				"it are no longer reached, nor can a warning be clicked away.",
			Fixes: []Fix{{What: r.forget}},
		}
		if loopbackName(r.name) {
			f.Severity = Note
			f.Why += " Today's Chromium keeps no such rule for localhost and the names below it, and neither Chromium nor Firefox " +
				"obeys one; older versions and Safari do."
		}
		found = append(found, f)
	}
	return append(found, p.hstsSent(ctx)...)
}

// hstsSent finds backends that send the rule. Browsers heed it only over TLS, so it is the tunnel that would pass it on.
func (p *Patient) hstsSent(ctx context.Context) (found []Finding) {
	told := map[string]bool{}
	note := func(backend, value string) {
		if value == "" || told[backend] {
			return
		}
		told[backend] = true
		found = append(found, Finding{
			Severity: Note,
			What:     fmt.Sprintf("The backend %s sends Strict-Transport-Security.", backend),
			Evidence: "Strict-Transport-Security: " + safe(value),
			Why: "A browser would remember it for every port of the name. The tunnel takes it out of answers on localhost and its " +
				"like; under other names it reaches the browser, and whoever reaches the backend by another way gets it too.",
			Fixes: []Fix{{What: "send the header in production only"}},
		})
	}
	for _, b := range p.probes(ctx) {
		if b.answer != nil {
			note(b.to.String(), b.answer.response.Get("Strict-Transport-Security"))
		}
	}
	for _, pg := range p.pages(ctx) {
		note(pg.from, pg.header.Get("Strict-Transport-Security"))
	}
	return found
}

// remembered looks into the profiles of all browsers for rules about names.
func (m *Machine) remembered(ctx context.Context, names []string) (found []remembered) {
	if m.Home == "" {
		return nil
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, b := range m.chromiums() {
		for _, file := range glob(b.dir, "*/TransportSecurity", "*/Network/TransportSecurity", "TransportSecurity") {
			for _, r := range chromiumHSTS(read(file), names) {
				r.browser, r.file = b.name, file
				r.forget = fmt.Sprintf("open chrome://net-internals/#hsts in %s, and delete the domain %s", b.name, r.name)
				found = append(found, r)
			}
			if ctx.Err() != nil {
				return found
			}
		}
	}
	for _, dir := range m.firefoxes() {
		for _, file := range glob(dir, "*/SiteSecurityServiceState.bin", "*/SiteSecurityServiceState.txt") {
			for _, r := range firefoxHSTS(read(file), names) {
				r.browser, r.file = "Firefox", file
				r.forget = fmt.Sprintf("in Firefox's history (Ctrl-Shift-H) look for %s, and choose Forget About This Site", r.name)
				found = append(found, r)
			}
		}
	}
	return found
}

// userData is a folder in which a browser of Chromium's family keeps its profiles.
type userData struct{ name, dir string }

// chromiums are the places of browsers of Chromium's family, on all systems: those of others are not there.
func (m *Machine) chromiums() (list []userData) {
	config := m.getenv("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(m.Home, ".config")
	}
	mac := filepath.Join(m.Home, "Library", "Application Support")
	local := m.getenv("LOCALAPPDATA")
	for _, b := range []struct{ name, linux, mac, windows string }{
		{"Chromium", "chromium", "Chromium", `Chromium\User Data`},
		{"Chrome", "google-chrome", "Google/Chrome", `Google\Chrome\User Data`},
		{"Chrome Beta", "google-chrome-beta", "Google/Chrome Beta", `Google\Chrome Beta\User Data`},
		{"Edge", "microsoft-edge", "Microsoft Edge", `Microsoft\Edge\User Data`},
		{"Brave", "BraveSoftware/Brave-Browser", "BraveSoftware/Brave-Browser", `BraveSoftware\Brave-Browser\User Data`},
		{"Vivaldi", "vivaldi", "Vivaldi", `Vivaldi\User Data`},
	} {
		list = append(list, userData{b.name, filepath.Join(config, b.linux)}, userData{b.name, filepath.Join(mac, b.mac)})
		if local != "" {
			list = append(list, userData{b.name, filepath.Join(local, filepath.FromSlash(strings.ReplaceAll(b.windows, `\`, "/")))})
		}
	}
	return append(list,
		userData{"Chromium (snap)", filepath.Join(m.Home, "snap/chromium/common/chromium")},
		userData{"Chromium (flatpak)", filepath.Join(m.Home, ".var/app/org.chromium.Chromium/config/chromium")},
		userData{"Chrome (flatpak)", filepath.Join(m.Home, ".var/app/com.google.Chrome/config/google-chrome")},
	)
}

// firefoxes are the folders in which Firefox keeps its profiles, on all systems.
func (m *Machine) firefoxes() []string {
	config := m.getenv("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(m.Home, ".config")
	}
	list := []string{
		filepath.Join(m.Home, ".mozilla/firefox"), filepath.Join(config, "mozilla/firefox"),
		filepath.Join(m.Home, "snap/firefox/common/.mozilla/firefox"),
		filepath.Join(m.Home, ".var/app/org.mozilla.firefox/.mozilla/firefox"),
		filepath.Join(m.Home, ".var/app/org.mozilla.firefox/config/mozilla/firefox"),
		filepath.Join(m.Home, "Library/Application Support/Firefox/Profiles"),
	}
	if roaming := m.getenv("APPDATA"); roaming != "" {
		list = append(list, filepath.Join(roaming, "Mozilla", "Firefox", "Profiles"))
	}
	return list
}

// glob returns the files below dir that fit one of the patterns.
func glob(dir string, patterns ...string) (files []string) {
	for _, pattern := range patterns {
		list, _ := fs.Glob(os.DirFS(dir), pattern)
		for _, name := range list {
			files = append(files, filepath.Join(dir, filepath.FromSlash(name)))
		}
	}
	return files
}

// read reads a browser's file, as far as it can be.
func read(name string) []byte {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, _ := io.ReadAll(io.LimitReader(f, maxHSTSFile))
	return data
}

// chromiumHSTS reads Chromium's file TransportSecurity (net/http/transport_security_persister.cc), and returns the rules
// that bind one of the names. Its rules are found by hash: it does not say for which names they are.
func chromiumHSTS(data []byte, names []string) (found []remembered) {
	var file struct {
		STS []struct {
			Host   string  `json:"host"` // base64 of the SHA-256 of the name
			Expiry float64 `json:"expiry"`
			Mode   string  `json:"mode"`
			Subs   bool    `json:"sts_include_subdomains"`
		} `json:"sts"`
	}
	if json.Unmarshal(data, &file) != nil {
		return nil
	}
	for _, name := range names {
		for at := name; at != ""; _, at, _ = strings.Cut(at, ".") {
			for _, r := range file.STS {
				if r.Mode == "force-https" && r.Host == chromiumKey(at) && (at == name || r.Subs) {
					found = append(found, remembered{name: at, until: time.Unix(int64(r.Expiry), 0)})
				}
			}
		}
	}
	return distinct(found)
}

// chromiumKey is by what Chromium finds a name: base64 of the SHA-256 of its form in DNS (RFC 1035 §3.1).
func chromiumKey(name string) string {
	var wire []byte
	for label := range strings.SplitSeq(name, ".") {
		wire = append(append(wire, byte(len(label))), label...)
	}
	sum := sha256.Sum256(append(wire, 0))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Firefox's file SiteSecurityServiceState.bin is a table of entries of one size (DataStorage in
// security/manager/ssl/data_storage): checksum, score and day of last use in two bytes each, then the key and the value,
// filled up with NUL.
const (
	firefoxEntry = 6 + firefoxKey + firefoxValue
	firefoxKey   = 256
	firefoxValue = 24
)

// firefoxHSTS reads a file of Firefox, in its older form of lines or in that of a table, and returns the rules that bind
// one of the names.
func firefoxHSTS(data []byte, names []string) (found []remembered) {
	add := func(key, value string) {
		host, _, _ := strings.Cut(key, "^") // what follows is for which other page
		host, _, _ = strings.Cut(host, ":")
		fields := strings.Split(value, ",") // expiry in ms, state (1: set), whether subdomains are bound too
		if len(fields) < 3 || fields[1] != "1" {
			return
		}
		expiry, err := strconv.ParseInt(fields[0], 10, 64)
		bound := slices.ContainsFunc(names, func(name string) bool {
			return name == host || fields[2] == "1" && strings.HasSuffix(name, "."+host)
		})
		if err == nil && host != "" && bound {
			found = append(found, remembered{name: host, until: time.UnixMilli(expiry)})
		}
	}
	if isTable(data) {
		for ; len(data) >= firefoxEntry; data = data[firefoxEntry:] {
			add(text(data[6:6+firefoxKey]), text(data[6+firefoxKey:firefoxEntry]))
		}
		return distinct(found)
	}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) == 4 { // key, score, day, value
			add(fields[0], fields[3])
		}
	}
	return distinct(found)
}

// isTable tells the two forms apart: only a table has NUL bytes.
func isTable(data []byte) bool { return bytes.IndexByte(data, 0) >= 0 }

func text(field []byte) string {
	before, _, _ := bytes.Cut(field, []byte{0})
	return string(before)
}

// distinct leaves one rule for each name, the one that lasts longest.
func distinct(list []remembered) (out []remembered) {
	for _, r := range list {
		i := slices.IndexFunc(out, func(o remembered) bool { return o.name == r.name })
		switch {
		case i < 0:
			out = append(out, r)
		case r.until.After(out[i].until):
			out[i] = r
		}
	}
	return out
}
