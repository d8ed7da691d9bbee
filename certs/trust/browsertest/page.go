//go:build unix

package browsertest

import (
	"encoding/json"
	"fmt"
	"testing"
)

// driver is what the protocols have in common.
type driver interface {
	navigate(url string) error
	evaluate(expression string) (string, error) // of an expression that yields a string, or a promise of one
	click(x, y int) error
	enter(text string) error // at the cursor
}

// Page is a tab of a browser that is driven. A method that cannot do what it says ends the test.
type Page struct {
	t      testing.TB
	driver driver
}

// NewPage starts the browser with an environment, whose HOME has its settings and stores, and opens a tab.
func (b Browser) NewPage(t testing.TB, env []string, args ...string) *Page {
	t.Helper()
	p := b.Start(t, env, append(append([]string{}, b.driven...), args...)...)
	var endpoint string
	select {
	case endpoint = <-p.output.found:
	case <-p.ended:
		t.Fatalf("%s ended before it could be driven", b.Name)
	}
	w, err := dial(endpoint + b.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.conn.Close() })
	d, err := b.attach(w)
	if err != nil {
		t.Fatal(err)
	}
	return &Page{t, d}
}

// Open goes to an address. The error tells what is shown instead of a page, a wrong certificate for example.
func (p *Page) Open(url string) error { return p.driver.navigate(url) }

// Read decodes the value of a JavaScript expression, or of the promise that it is, into v.
func (p *Page) Read(expression string, v any) {
	p.t.Helper()
	text, err := p.driver.evaluate("(async () => JSON.stringify(await (" + expression + ")))()")
	if err == nil {
		err = json.Unmarshal([]byte(text), v)
	}
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
}

// Await waits until a JavaScript expression is true.
func (p *Page) Await(condition string) {
	p.t.Helper()
	var came bool
	p.Read(`new Promise(done => {
		const end = Date.now() + 60_000;
		const look = () => { if (`+condition+`) done(true); else if (Date.now() > end) done(false); else setTimeout(look, 10); };
		look();
	})`, &came)
	if !came {
		var text string
		p.Read("document.body.innerText.slice(0, 2000)", &text)
		p.t.Fatalf("%s did not become true on the page:\n%s", condition, text)
	}
}

// Click waits until there is an element that a CSS selector finds and that can be used, and clicks into its middle.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.Await(`performance.getEntriesByName("first-contentful-paint").length > 0`) // before, Chromium drops clicks
	p.Await(fmt.Sprintf("document.querySelector(%q)?.matches(':not(:disabled)')", selector))
	var at struct{ X, Y int }
	p.Read(fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({block: "center", behavior: "instant"});
		const r = e.getBoundingClientRect();
		return {x: Math.round(r.x + r.width / 2), y: Math.round(r.y + r.height / 2)};
	})()`, selector), &at)
	if err := p.driver.click(at.X, at.Y); err != nil {
		p.t.Fatal(err)
	}
}

// Type clicks into the field that a CSS selector finds, and types a text.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.Click(selector)
	p.Await(fmt.Sprintf("document.activeElement == document.querySelector(%q)", selector))
	if err := p.driver.enter(text); err != nil {
		p.t.Fatal(err)
	}
	p.Await(fmt.Sprintf("document.activeElement.value.endsWith(%q)", text))
}
