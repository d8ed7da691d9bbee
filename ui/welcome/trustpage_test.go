package welcome

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/look/looktest"
	"culvert/ui/state"
	"culvert/ui/words"
)

// press presses the button with a text among those of o.
func press(t *testing.T, o fyne.CanvasObject, text string) {
	t.Helper()
	for _, b := range buttons(t, o) {
		if b.Text() == text && b.Visible() {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("there is no button %q", text)
}

// reads returns what is to be read in o, a line for each text.
func reads(o fyne.CanvasObject) string {
	var lines []string
	var read func(o fyne.CanvasObject)
	read = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		if told, ok := o.(interface {
			Describe() (role, text, state string)
		}); ok {
			_, text, _ := told.Describe()
			lines = append(lines, text)
			return
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				read(c)
			}
		case interface{ Parts() []fyne.CanvasObject }:
			for _, c := range o.Parts() {
				read(c)
			}
		}
	}
	read(o)
	return strings.Join(lines, "\n")
}

func says(t *testing.T, o fyne.CanvasObject, parts ...string) {
	t.Helper()
	text := reads(o)
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not to be read in:\n%s", part, text)
		}
	}
}

func trustPage(t *testing.T) (*desk, *TrustPage, fyne.Window) {
	t.Helper()
	d := newDesk(t)
	p := NewTrustPage(d.options())
	w := open(t, p.Content())
	p.Show(d.state())
	return d, p, w
}

func TestTheTrustPageChangesEachStoreOnItsOwn(t *testing.T) {
	d, p, _ := trustPage(t)
	d.stores[1].State = state.Trusted
	d.stores = append(d.stores, state.Store{Name: "macos", State: state.Cannot})
	p.Show(d.state())
	for row, want := range []string{"trust system", "untrust chromium", "trust firefox/4xkd1a2b.default-esr", "trust macos", "check"} {
		at := p.stores.content.Objects[row].(*fyne.Container).Objects[cellButton]
		test.Tap(at.(*look.Button))
		if told := d.told(); told != want {
			t.Errorf("row %d: told %q, want %q", row, told, want)
		}
	}
}

func TestRemovingEverythingIsAskedAboutFirst(t *testing.T) {
	d, p, _ := trustPage(t)
	d.stores[1].State = state.Trusted
	p.Show(d.state())
	test.Tap(p.everything)
	if told := d.told(); told != "" || !p.sure.Visible() {
		t.Errorf("removing everything was not asked about: %q", told)
	}
	test.Tap(buttons(t, p.sure)[1])
	if told := d.told(); told != "" || p.sure.Visible() {
		t.Errorf("told %q of what was given up", told)
	}
	test.Tap(p.everything)
	test.Tap(buttons(t, p.sure)[0])
	if told := d.told(); told != "untrust " || p.sure.Visible() {
		t.Errorf("told %q", told)
	}
}

func TestACancelledPromptIsNoFault(t *testing.T) {
	for what, removing := range map[string]bool{"trusting": false, "removing": true} {
		d, p, _ := trustPage(t)
		before, button := state.NotTrusted, words.T("welcome.trust")
		if removing {
			before, button = state.Trusted, words.T("welcome.remove")
		}
		d.stores = d.stores[:1]
		d.stores[0].State, d.stores[0].NeedsRoot = before, true
		p.Show(d.state())
		d.outcome = state.Cancelled
		press(t, p.stores.content, button)
		first := d.told()
		p.Show(d.state()) // the store itself knows nothing of the prompt
		says(t, p.Content(), words.T("welcome.state.cancelled"), words.T("welcome.cancelled"))
		if dot, _ := looks(state.Cancelled); dot == ink.Error || dot == ink.Warning {
			t.Errorf("its dot is %v", dot)
		}
		press(t, p.stores.content, words.T("welcome.again"))
		if again := d.told(); again != first {
			t.Errorf("%s: told %q, and %q to try again", what, first, again)
		}
		p.Check()
		if text := reads(p.Content()); strings.Contains(text, words.T("welcome.cancelled")) {
			t.Errorf("%s: a look at the stores has not ended it:\n%s", what, text)
		}
	}
}

func TestThePasswordIsExplainedBeforeItIsAskedFor(t *testing.T) {
	d, p, _ := trustPage(t)
	says(t, p.Content(), words.T("welcome.note"))
	d.stores[0].NeedsRoot = true
	p.Show(d.state())
	says(t, p.Content(), words.T("welcome.password"), words.T("welcome.noteAsked", "stores", "System"))
	d.hold = true
	p.Trust("chromium")
	says(t, p.Content(), words.T("welcome.busy.change"))
	d.finished[0]()()
	p.Trust()
	says(t, p.Content(), words.T("welcome.busy.password", "stores", "System"))
	for _, b := range buttons(t, p.Content()) {
		if b.Text() == words.T("welcome.trust") && !b.Disabled() {
			t.Error("a second change could be begun meanwhile")
		}
	}
}

func TestProofsTellWhoRefusedAndHowLongAgo(t *testing.T) {
	d, p, _ := trustPage(t)
	d.stores[0].State = state.Trusted
	p.Show(d.state())
	says(t, p.stores.content, words.T("welcome.proof.untried"))
	d.proven = slices.Clone(d.stores[:1])
	at := d.now().Add(-2 * time.Minute)
	d.proven[0].Proofs = []state.Proof{
		{Program: "curl", State: state.Proven, At: at},
		{Program: "openssl", State: state.Proven, At: at.Add(time.Second)},
		{Program: "Go", State: state.Untried, Reason: "Go is not installed"},
	}
	press(t, p.stores.content, words.T("welcome.prove"))
	if told := d.told(); told != "prove system" {
		t.Errorf("told %q", told)
	}
	p.Show(d.state()) // which knows nothing of proofs
	says(t, p.stores.content, "curl, openssl · 2 min ago", "Go: Go is not installed")
	p.Tick(d.now().Add(3 * time.Hour))
	says(t, p.stores.content, "curl, openssl · 3 hours ago")

	d.proven[0].Proofs[1] = state.Proof{Program: "openssl", Version: "3.2.17", State: state.Refused, Reason: "unable to get local issuer certificate\x1b", Fix: "run: update-ca-certificates", At: d.now()}
	test.Tap(p.prove)
	says(t, p.stores.content, "refused by openssl 3.2 · 2 min ago", "openssl 3.2.17: unable to get local issuer certificate\uFFFD", "update-ca-certificates", "Accepted by curl")

	d.stores[0].Proofs = d.proven[0].Proofs // the engine remembers them
	d.later = time.Minute
	press(t, p.stores.content, words.T("welcome.remove"))
	p.Trust("system")
	p.Show(d.state())
	says(t, p.stores.content, words.T("welcome.proof.untried"))
	if text := reads(p.stores.content); strings.Contains(text, "curl") {
		t.Errorf("a proof has outlived a change:\n%s", text)
	}
}

func TestWhatIsToldByVariablesIsCopied(t *testing.T) {
	d, p, _ := trustPage(t)
	d.stores = []state.Store{{Name: "environment", State: state.ByEnvironment, Commands: []string{"culvert exec -- npm run dev"}}}
	p.Show(d.state())
	press(t, p.stores.content, words.T("welcome.copy"))
	if d.copied != "culvert exec -- npm run dev" {
		t.Errorf("copied %q", d.copied)
	}
	says(t, p.Content(), words.T("welcome.state.environment"), words.T("welcome.partly", "trusted", 0, "possible", 0))
	d.stores[0].Commands = append(d.stores[0].Commands, `eval "$(culvert env)"`)
	p.Show(d.state())
	press(t, p.stores.content, words.T("welcome.copy"))
	menu := fyne.CurrentApp().Driver().CanvasForObject(p.stores.content).Overlays().Top()
	if menu == nil {
		t.Fatal("two commands, and no menu to choose of")
	}
}

func TestAnEndingAuthorityIsRenewed(t *testing.T) {
	d, p, _ := trustPage(t)
	now := d.state()
	now.Trust.Until = d.now()
	p.Show(now)
	if p.card.renew.Visible() {
		t.Error("it can be renewed although it does not end soon")
	}
	now.Trust.Expiring = true
	p.Show(now)
	says(t, p.card.content, "2026-11-21", words.T("welcome.renew"))
	d.err = errors.New("the disk is full\x1b")
	press(t, p.card.content, words.T("welcome.renew"))
	if told := d.told(); told != "renew; check" {
		t.Errorf("told %q", told)
	}
	says(t, p.Content(), "the disk is full\uFFFD")
	d.err = nil
	p.Renew()
	if p.trouble.Visible() || p.card.renew.Visible() {
		t.Error("it was renewed, and the page does not show it")
	}
}

func TestOwnNamesHaveAnAuthorityOfTheirOwn(t *testing.T) {
	d, p, _ := trustPage(t)
	n := p.names
	test.Tap(n.put)
	if n.field.Problem() == "" || d.told() != "" {
		t.Error("no name was taken for one")
	}
	d.err = errors.New("not a name: a b")
	n.field.SetText(" a b ")
	test.Tap(n.put)
	if n.field.Problem() != "not a name: a b" || n.field.Text != " a b " {
		t.Errorf("the field says %q of %q", n.field.Problem(), n.field.Text)
	}
	d.err = nil
	for _, name := range []string{"web.example.cn", "192.168.1.20", "web.example.cn"} {
		n.field.SetText(name)
		n.field.OnSubmitted(name)
	}
	if told := d.told(); told != "names a b; names web.example.cn; names web.example.cn,192.168.1.20" {
		t.Errorf("told %q", told)
	}
	says(t, n.content, "web.example.cn", "192.168.1.20", "Culvert names 9B:00:17, until 2036-11-21", "Trusted by 0 of 2 stores")
	press(t, n.content, words.T("welcome.each"))
	press(t, n.stores.content, words.T("welcome.trust"))
	press(t, n.stores.content, words.T("welcome.remove"))
	press(t, n.buttons, words.T("welcome.trust"))
	press(t, n.buttons, words.T("welcome.remove"))
	if told := d.told(); told != "trust named system; untrust named system; trust named ; untrust named " {
		t.Errorf("told %q", told)
	}
	n.drop("web.example.cn")
	n.drop("192.168.1.20")
	if told := d.told(); told != "names 192.168.1.20; names " || n.buttons.Visible() || n.list.Visible() {
		t.Errorf("told %q", told)
	}
}

func TestTheKeyboardStaysWithItsRow(t *testing.T) {
	d, p, w := trustPage(t)
	row := func(i, cell int) *look.Button {
		return p.stores.content.Objects[i].(*fyne.Container).Objects[cell].(*look.Button)
	}
	w.Canvas().Focus(row(1, cellButton))
	d.hold = true
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.finished[0]()()
	if f := w.Canvas().Focused(); f != row(1, cellButton) || f.(*look.Button).Text() != words.T("welcome.remove") {
		t.Error("the keyboard is elsewhere after the change")
	}
}

// full is a page with most of what there is to show.
func full(t *testing.T, d *desk) *TrustPage {
	t.Helper()
	ago := d.now().Add(-2 * time.Minute)
	d.stores = []state.Store{
		{Name: "system", Where: "/usr/local/share/ca-certificates", State: state.Trusted, NeedsRoot: true, Proofs: []state.Proof{
			{Program: "curl", State: state.Proven, At: ago},
			{Program: "openssl", State: state.Proven, At: ago},
			{Program: "Go", State: state.Proven, At: ago},
		}},
		{Name: "chromium", Where: "~/.local/share/pki/nssdb", State: state.Trusted, Restart: "Chromium", Proofs: []state.Proof{
			{Program: "Chromium", Version: "156.0.8078.108", State: state.Refused, At: ago, Reason: "NET::ERR_CERT_AUTHORITY_INVALID"},
		}},
		{Name: "firefox/q9n2kd81.default-esr", Where: "~/.config/mozilla/firefox/q9n2kd81.default-esr", State: state.NotTrusted},
		{Name: "firefox/flatpak", Where: "found no profile yet: start it once", State: state.Absent},
		{
			Name: "java/17", Where: "/usr/lib/jvm/java-17-openjdk-amd64", State: state.Cannot, NeedsRoot: true,
			Reason: "the keystore's password is not the usual one", Fix: "run: keytool -importcert -cacerts -alias culvert -file ~/.local/share/culvert/ca/ca.pem",
		},
		{Name: "nss/work", Where: "~/.pki/work", State: state.Cancelled},
		{
			Name: "environment", State: state.ByEnvironment, Commands: []string{"culvert exec -- npm run dev", `eval "$(culvert env)"`},
			Proofs: []state.Proof{{Program: "Node", Version: "20", State: state.Proven, At: ago}, {Program: "Python", Version: "3.11.2", State: state.Proven, At: ago}},
		},
	}
	p := NewTrustPage(d.options())
	s := d.state()
	s.Trust.Until, s.Trust.Expiring = d.now().AddDate(0, 0, 41), true
	s.Trust.MaySign = []string{"localhost", "*.test", "*.internal", "*.home.arpa", "127.0.0.0/8", "::1"}
	s.Trust.Named = &state.Authority{
		Name: "Culvert names 9B:00:17", Names: []string{"web.example.cn", "192.168.1.20"}, Until: d.now().AddDate(10, 0, 0),
		Stores: []state.Store{{Name: "system", State: state.Trusted}, {Name: "chromium", State: state.NotTrusted}},
	}
	p.Show(s)
	return p
}

// TestTheMatrixLooksAsItDid compares the matrix with its pictures.
func TestTheMatrixLooksAsItDid(t *testing.T) {
	for _, c := range []struct {
		name string
		look.Appearance
		size fyne.Size
	}{
		{"trust-dark", look.Dark, fyne.NewSize(1032, 820)},
		{"trust-light", look.Light, fyne.NewSize(1032, 820)},
		{"trust-narrow", look.Light, fyne.NewSize(520, 1000)},
	} {
		d := newDesk(t)
		fyne.CurrentApp().Settings().SetTheme(look.NewTheme(look.Options{Appearance: c.Appearance, Locale: words.Language()}))
		w := open(t, full(t, d).Content())
		w.Resize(c.size)
		w.Canvas().Capture() // paragraphs know only then how high they are
		if looktest.Looking() {
			looktest.Keep(t, w, c.name)
			continue
		}
		looktest.Golden(t, c.name, w.Canvas().Capture())
	}
}
