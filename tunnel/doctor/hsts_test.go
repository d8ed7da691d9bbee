package doctor

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// table is a file SiteSecurityServiceState.bin with one entry.
func table(key, value string) []byte {
	entry := make([]byte, firefoxEntry)
	binary.BigEndian.PutUint16(entry[4:], 20784)
	copy(entry[6:], key)
	copy(entry[6+firefoxKey:], value)
	return entry
}

func TestWhatABrowserRemembers(t *testing.T) {
	const chromiumFile = ".config/chromium/Default/TransportSecurity"
	const firefoxFile = ".mozilla/firefox/x.default/SiteSecurityServiceState.bin"
	const until, past = "4102444800", "1000000000" // the year 2100, and 2001
	chromium := func(host, expiry, mode string, subs bool) []byte {
		return fmt.Appendf(nil, `{"sts":[{"expiry":%s.5,"host":%q,"mode":%q,"sts_include_subdomains":%v,"sts_observed":1.5}],"version":2}`,
			expiry, chromiumKey(host), mode, subs)
	}
	for name, tc := range map[string]struct {
		file string
		data []byte
		want string // "" finds nothing
	}{
		"Chromium, of a host":                       {chromiumFile, chromium("web.test", until, "force-https", false), "Chromium reaches web.test"},
		"Chrome, of a domain":                       {".config/google-chrome/Profile 1/Network/TransportSecurity", chromium("test", until, "force-https", true), "Chrome reaches test"},
		"Brave on a Mac":                            {"Library/Application Support/BraveSoftware/Brave-Browser/Default/TransportSecurity", chromium("localhost", until, "force-https", true), "Brave reaches localhost"},
		"Chromium, of a domain without those below": {chromiumFile, chromium("test", until, "force-https", false), ""},
		"Chromium, of another host":                 {chromiumFile, chromium("web.example", until, "force-https", true), ""},
		"Chromium, over":                            {chromiumFile, chromium("web.test", past, "force-https", true), ""},
		"Chromium, not enforced":                    {chromiumFile, chromium("web.test", until, "default", true), ""},
		"Chromium, damaged":                         {chromiumFile, []byte(`{"sts":[`), ""},
		"Firefox, of a host":                        {firefoxFile, table("web.test^partitionKey=%28https%2Cweb.test%29", until+"000,1,0"), "Firefox reaches web.test"},
		"Firefox, of a domain":                      {".config/mozilla/firefox/x.default/SiteSecurityServiceState.bin", table("test", until+"000,1,1"), "Firefox reaches test"},
		"Firefox, forgotten":                        {firefoxFile, table("web.test", until+"000,0,0"), ""},
		"Firefox, over":                             {firefoxFile, table("web.test", past+"000,1,0"), ""},
		"Firefox, in the older form":                {"snap/firefox/common/.mozilla/firefox/x/SiteSecurityServiceState.txt", []byte("web.test:HSTS\t0\t18000\t" + until + "000,1,0\n"), "Firefox reaches web.test"},
		"Firefox, damaged":                          {firefoxFile, []byte("\x00\x01"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			file := filepath.Join(home, filepath.FromSlash(tc.file))
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, tc.data, 0o600); err != nil {
				t.Fatal(err)
			}
			m := &Machine{Home: home, Getenv: func(string) string { return "" }}
			p := &Patient{Name: "app", Project: parse(t, "hosts = [\"web.test\"]\n%s", route("/ws", "ws://127.0.0.1:9"))}
			found := findIn(t, "hsts-stuck", m, p)
			if tc.want == "" {
				wantNone(t, found)
				return
			}
			severity := Warning
			if strings.HasSuffix(tc.want, "localhost") {
				severity = Note
			}
			wantOne(t, found, severity, tc.want, file+", until 2100-01-01", "")
		})
	}
}

func TestABackendThatSendsHSTS(t *testing.T) {
	send := func(value string) string {
		return backend(t, func(w http.ResponseWriter, r *http.Request) {
			if value != "" {
				w.Header().Set("Strict-Transport-Security", value)
			}
			w.Header().Set("Content-Type", "text/html")
		})
	}
	w := newWard(t)
	addr := send("max-age=31536000")
	w.serve(t, route("/", "http://"+addr))
	wantOne(t, w.find(t, "hsts-stuck"), Note, addr+" sends Strict-Transport-Security", "max-age=31536000", "in production only")
	w.serve(t, route("/", "http://"+send("")))
	wantNone(t, w.find(t, "hsts-stuck"))
}

func FuzzFirefoxHSTS(f *testing.F) {
	f.Add(table("localhost^partitionKey=x", "4102444800000,1,1"))
	f.Add([]byte("localhost:HSTS\t0\t18000\t4102444800000,1,0\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, r := range firefoxHSTS(data, []string{"localhost", "web.test"}) {
			if r.name != "localhost" && r.name != "web.test" && r.name != "test" {
				t.Errorf("found %q", r.name)
			}
		}
	})
}

func FuzzChromiumHSTS(f *testing.F) {
	f.Add([]byte(`{"sts":[{"expiry":4102444800.5,"host":"` + chromiumKey("localhost") + `","mode":"force-https"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, r := range chromiumHSTS(data, []string{"localhost", "a.web.test"}) {
			if r.name != "localhost" && !strings.HasSuffix("a.web.test", r.name) {
				t.Errorf("found %q", r.name)
			}
		}
	})
}

func TestChromiumsKeyIsThatOfTheRealOne(t *testing.T) {
	// As Chromium 156 wrote it for app.test.
	if got := chromiumKey("app.test"); got != "Ce6DHIG5Nav7VAuZQ1K8Qn5Zj0HW7RFcEoxWkXOVWZU=" {
		t.Errorf("it is %s", got)
	}
}
