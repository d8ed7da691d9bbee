package doctor

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"culvert/tunnel/capture"
)

func TestWhoReachesTheAddresses(t *testing.T) {
	for name, tc := range map[string]struct {
		text     string
		severity Severity // "" finds nothing
		what     string
		evidence string
		fix      string
	}{
		"this machine alone":         {`listen = ["127.0.0.1:8443", "[::1]:8443"]`, "", "", "", ""},
		"nobody says otherwise":      {``, "", "", "", ""},
		"others, and none is let in": {`listen = ["0.0.0.0:8443"]`, Note, "Other machines reach 0.0.0.0:8443, and none is let in.", "allow has: 127.0.0.0/8, ::1/128", "let them in by allow"},
		"others of a network": {
			"listen = [\"127.0.0.1:8443\", \"[::]:8443\"]\nallow = [\"127.0.0.0/8\", \"192.168.1.0/24\"]\ndeny = [\"192.168.1.7\"]",
			Warning, "Other machines reach the tunnel at [::]:8443.", "let in are 192.168.1.0/24; but not 192.168.1.7/32; nobody is asked for a password", "[auth]",
		},
		"everybody, with a password": {
			"listen = [\"192.0.2.1:8443\"]\nallow = [\"0.0.0.0/0\", \"::/0\"]\n[auth]\nuser = \"dev\"\npassword_env = \"P\"",
			Warning, "at 192.0.2.1:8443", "let in are 0.0.0.0/0, ::/0", "listen on 127.0.0.1",
		},
		"whoever is allowed is denied": {
			"listen = [\"0.0.0.0:8443\"]\nallow = [\"127.0.0.0/8\", \"10.0.0.0/8\"]\ndeny = [\"10.0.0.0/8\"]", Note, "none is let in", "10.0.0.0/8", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Patient{Name: "app", Project: parse(t, "%s\n%s", tc.text, route("/ws", "ws://127.0.0.1:9"))}
			found := findIn(t, "open-to-network", &Machine{}, p)
			if tc.severity == "" {
				wantNone(t, found)
				return
			}
			wantOne(t, found, tc.severity, tc.what, tc.evidence, tc.fix)
		})
	}
	routed := parse(t, "listen = [\"0.0.0.0:8443\"]\n%sallow = [\"10.0.0.0/8\"]\n", route("/ws", "ws://127.0.0.1:9"))
	wantOne(t, findIn(t, "open-to-network", &Machine{}, &Patient{Name: "app", Project: routed}), Warning, "", "let in are 10.0.0.0/8", "")
}

func TestAPasswordThatIsNotInTheEnvironment(t *testing.T) {
	env := map[string]string{}
	m := &Machine{Getenv: func(name string) string { return env[name] }}
	patient := func(running bool) *Patient {
		p := parse(t, "[auth]\nuser = \"dev\"\npassword_env = \"CHAT_PASSWORD\"\n%s", route("/ws", "ws://127.0.0.1:9"))
		return &Patient{Name: "app", Project: p, Running: running, On: true, Reason: "auth: no"}
	}
	wantOne(t, findIn(t, "password-missing", m, patient(true)), Error, "is missing", "variable CHAT_PASSWORD is not set", "where culvert is started")
	wantOne(t, findIn(t, "password-missing", m, patient(false)), Warning, "", "", "")
	wantNone(t, findIn(t, "not-served", m, patient(true))) // said already
	env["CHAT_PASSWORD"] = "secret1"
	wantNone(t, findIn(t, "password-missing", m, patient(true)))
	wantNone(t, findIn(t, "password-missing", m, &Patient{Name: "app", Project: parse(t, "%s", route("/ws", "ws://127.0.0.1:9"))}))
}

func TestFoldersThatAreNotThere(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	writeTo(t, file, nil)
	find := func(root, more string, log *capture.Log) []Finding {
		t.Helper()
		p := parse(t, "[[route]]\npath = \"/\"\nroot = %q\n%s\n%s", root, more, route("/ws", "ws://127.0.0.1:9"))
		return findIn(t, "folder-missing", &Machine{}, &Patient{Name: "app", Project: p, Capture: log})
	}
	none := filepath.Join(dir, "dist")
	wantOne(t, find(none, "", nil), Error, "The folder of the route / is not there.", none+": there is no such folder", "correct root")
	wantOne(t, find(file, "", nil), Error, "is not there", "it is a file", "")
	wantOne(t, find(dir, "fallback = \"/index.html\"", nil), Warning, "The fallback of the route / is not there", "index.html: there is no such file", "correct fallback")

	log := capture.New(1 << 20)
	defer log.Close()
	wantNone(t, find(dir, "", log)) // a folder of files needs no page
	for _, at := range []string{"https://localhost:8443/ws", "https://localhost:8443/favicon.ico"} {
		log.HTTP(capture.Exchange{Time: time.Now(), Method: "GET", URL: at, Status: 404})
	}
	wantNone(t, find(dir, "", log))
	log.HTTP(capture.Exchange{Time: time.Now(), Method: "GET", URL: "https://localhost:8443/", Status: 404})
	wantOne(t, find(dir, "", log), Warning, "The folder of the route / has no index.html.", "/ was answered with 404 once, at ", "build the page")
	writeTo(t, filepath.Join(dir, "index.html"), []byte("<p>hello"))
	wantNone(t, find(dir, "", log))
	wantNone(t, find(dir, "fallback = \"/index.html\"", log))
}

func TestRedirectsThatLeadToThemselves(t *testing.T) {
	redirect := func(path, to, more string) string {
		return fmt.Sprintf("[[route]]\npath = %q\nredirect = %q\n%s\n", path, to, more)
	}
	page := route("/", "http://127.0.0.1:9")
	for name, tc := range map[string]struct{ text, evidence string }{
		"a path below itself":                     {redirect("/old", "/old/new", "") + page, "/old → /old/new"},
		"an exact path to what is below":          {redirect("/old", "/old/new", "exact = true") + page, ""},
		"an exact path to itself":                 {redirect("/old", "/old", "exact = true") + page, "/old → /old"},
		"all to a path":                           {redirect("/", "/app/", ""), "/ → /app/"},
		"all to a path that another route serves": {redirect("/", "/app/", "") + route("/app", "http://127.0.0.1:9"), ""},
		"two to each other":                       {redirect("/a", "/b", "") + redirect("/b", "/a", "") + page, "/b → /a → /b"},
		"its own name and port":                   {redirect("/", "https://localhost:8443", ""), "/ → /"},
		"another port of its name":                {redirect("/", "https://localhost:9443", ""), ""},
		"another name":                            {redirect("/", "https://example.com", ""), ""},
		"a page of its own name":                  {redirect("/old", "https://localhost:8443/new", "") + page, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Patient{Name: "app", Project: parse(t, "listen = [\"127.0.0.1:8443\"]\n%s", tc.text)}
			found := findIn(t, "redirect-loop", &Machine{}, p)
			if tc.evidence == "" {
				wantNone(t, found)
				return
			}
			wantFinding(t, found[len(found)-1], Error, "redirects to itself", tc.evidence, "let redirect lead to a path")
		})
	}
}

func TestPagesOfOtherOriginsThatAreTurnedAway(t *testing.T) {
	log := capture.New(1 << 20)
	defer log.Close()
	p := parse(t, "[cors]\norigins = [\"https://a.example\"]\n%s", route("/", "http://127.0.0.1:9"))
	find := func() []Finding {
		t.Helper()
		return findIn(t, "cors-refuses", &Machine{}, &Patient{Name: "app", Project: p, Capture: log})
	}
	ask := func(method, upstream, why string) {
		log.HTTP(capture.Exchange{
			Time: time.Now(), Method: method, URL: "https://localhost/api?token=1", Status: 403, Upstream: upstream, Err: why,
		})
	}
	ask("GET", "", "it was turned away")
	ask("OPTIONS", "http://127.0.0.1:9", "the backend said so")
	ask("OPTIONS", "", "")
	wantNone(t, find())
	ask("OPTIONS", "", "project app allows no pages of https://b.example (add it)")
	ask("OPTIONS", "", "project app allows no pages of https://b.example (add it)")
	wantOne(t, find(), Warning, "turns away what pages of another origin ask for",
		"project app allows no pages of https://b.example (add it); for https://localhost/api, 2 times, last at ", "name the page's origin")
	ask("OPTIONS", "", "")
	wantNone(t, find())
	ask("OPTIONS", "", "project app allows no pages of https://b.example (add it)")
	p.CORS = nil
	wantNone(t, find())
}

func TestAReadTimeoutThatCutsSilentSockets(t *testing.T) {
	p := parse(t, "%s", route("/ws", "ws://127.0.0.1:9"))
	log := capture.New(1 << 20)
	defer log.Close()
	end := capture.End{By: capture.Tunnel, Cause: capture.ByTimeout, Detail: "read_timeout 1m0s"}
	find := func() []Finding {
		t.Helper()
		return findIn(t, "idle-cut", &Machine{}, &Patient{Name: "app", Project: p, Capture: log})
	}
	socket(log, p, time.Now().Add(-time.Hour), time.Minute, end, false)
	wantOne(t, find(), Note, "as the project file says", "read_timeout 1m0s", "")
	socket(log, p, time.Now().Add(-time.Hour), time.Minute, end, false)
	socket(log, p, time.Now().Add(-time.Hour), time.Minute, end, false)
	wantOne(t, find(), Warning, "read_timeout cuts sockets", "3 times, last at ", "raise read_timeout")
}

// What a real tunnel records is what the checks read.
func TestWhatTheTunnelAnswersIsReadFromItsRecord(t *testing.T) {
	dir := t.TempDir()
	w := newWard(t)
	w.serve(t, "[cors]\norigins = [\"https://a.example\"]\n[[route]]\npath = \"/\"\nroot = %q\n", dir)
	wantNone(t, w.find(t, "folder-missing"))
	w.get(t, "/")
	wantOne(t, w.find(t, "folder-missing"), Warning, "has no index.html", "answered with 404 once", "")

	w.preflight(t, "https://a.example")
	wantNone(t, w.find(t, "cors-refuses"))
	w.preflight(t, "https://b.example")
	wantOne(t, w.find(t, "cors-refuses"), Warning, "turns away", "allows no pages of https://b.example", "")
	w.preflight(t, "https://a.example")
	wantNone(t, w.find(t, "cors-refuses"))
}

// preflight asks whether a page of an origin may ask for /, and waits until that is on record.
func (w *ward) preflight(t *testing.T, origin string) {
	t.Helper()
	log, _ := w.engine.Capture("app")
	before := log.Stats().Requests
	r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, "http://"+w.engine.Status()[0].Listen[0]+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "localhost"
	r.Header.Set("Origin", origin)
	r.Header.Set("Access-Control-Request-Method", "GET")
	tr := &http.Transport{DisableKeepAlives: true}
	resp, err := tr.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for log.Stats().Requests == before {
		_, next := log.Range()
		if err := log.Wait(t.Context(), next-1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAProjectThatIsNotServedForWantOfItsPassword(t *testing.T) {
	w := newWard(t)
	w.project = parse(t, "[auth]\nuser = \"dev\"\npassword_env = \"CULVERT_TEST_NO_SUCH_VARIABLE\"\n%s", route("/ws", "ws://127.0.0.1:9"))
	if err := w.engine.On(w.project); err == nil {
		t.Fatal("it is served without a password")
	}
	wantOne(t, w.find(t, "password-missing"), Error, "is missing", "CULVERT_TEST_NO_SUCH_VARIABLE", "")
	wantNone(t, w.find(t, "not-served"))
}
