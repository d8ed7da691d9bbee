package doctor

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// settled is how long after a page its sockets are there.
const settled = 5 * time.Second

// mixedContent finds pages on https that open ws://, three ways: by their sockets that arrived without TLS, by their
// source, and by the absence of any socket after them.
func mixedContent(ctx context.Context, p *Patient) (found []Finding) {
	found = append(found, p.plainArrivals(ctx)...)
	found = append(found, p.plainAddresses(ctx)...)
	if len(found) == 0 {
		found = p.noArrivals(ctx)
	}
	return found
}

// mixedWhy says who refuses what: as tried on Chromium 156 and Firefox 153; of Safari, WebKit's bugs 89068 and 171934.
const mixedWhy = "A page on https may not open ws:// (mixed content). Chromium and Firefox let it pass to localhost, names " +
	"below it and loopback addresses, and refuse it to any other name, where the page gets an exception; Safari refuses it even there."

// plainArrivals finds sockets without TLS that pages on https opened: some browser let them through.
func (p *Patient) plainArrivals(ctx context.Context) (found []Finding) {
	last := map[string]*attempt{}
	count := map[string]int{}
	var order []string
	for _, a := range p.record(ctx).attempts {
		if !strings.HasPrefix(a.request.Get("Origin"), "https://") {
			continue
		}
		kind := a.request.Get("Origin") + " " + hostOf(a.url) + pathOf(a.url)
		switch {
		case strings.HasPrefix(a.url, "wss://"):
			delete(count, kind) // the page has been mended
		case count[kind] == 0:
			order = append(order, kind)
			fallthrough
		default:
			count[kind]++
			last[kind] = a
		}
	}
	for _, kind := range order {
		if count[kind] == 0 {
			continue
		}
		a := last[kind]
		at, _, _ := strings.Cut(a.url, "?")
		found = append(found, Finding{
			Severity: Warning,
			What:     fmt.Sprintf("A page on https opens %s, without TLS.", safe(at)),
			Evidence: fmt.Sprintf("Origin %s, by %s; %s", safe(a.request.Get("Origin")), safe(a.request.Get("User-Agent")),
				p.machine.times(count[kind], a.at)),
			Why:   mixedWhy,
			Fixes: mixedFixes("wss" + strings.TrimPrefix(at, "ws")),
		})
		count[kind] = 0
	}
	return found
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// mixedFixes are the ways to open a socket by TLS, at the tunnel's address.
func mixedFixes(address string) []Fix {
	return []Fix{
		{What: fmt.Sprintf("write %s in the page, the address of the tunnel", safe(address))},
		{What: `or let the page follow its own address: (location.protocol === "https:" ? "wss://" : "ws://") + location.host`},
	}
}

var (
	// plainURL is a ws:// address in quotes, with what stands before it.
	plainURL = regexp.MustCompile(`(new\s+WebSocket\s*\(\s*)?(["'` + "`" + `])(ws://[^"'` + "`" + `\s<>]*)`)
	// choice is what stands near an address that is one of two.
	choice = regexp.MustCompile(`wss:|https:`)
)

// around is how far from an address the other of two may stand, in bytes.
const around = 120

// plainAddresses finds ws:// in the project's pages and their scripts.
func (p *Patient) plainAddresses(ctx context.Context) (found []Finding) {
	for _, pg := range p.pages(ctx) {
		if pg.upgraded {
			continue
		}
		for _, part := range append([]part{{pg.url, pg.body}}, pg.scripts...) {
			for _, u := range plainURLs(part.body) {
				f := Finding{
					Severity: Warning,
					What:     fmt.Sprintf("The page %s has a ws:// address in it.", safe(pg.url)),
					Evidence: fmt.Sprintf("%s, line %d: %s", safe(part.url), u.line, safe(u.text)),
					Why:      mixedWhy,
					Fixes:    mixedFixes("wss://" + p.authority() + pathOf(u.address)),
				}
				if u.opened && !loopbackName(hostOf(u.address)) {
					f.Severity = Error
				}
				found = append(found, f)
			}
		}
	}
	return found[:min(len(found), 10)]
}

// literal is a ws:// address in a text.
type literal struct {
	line    int
	text    string // of the line, around the address
	address string
	opened  bool // it is the argument of new WebSocket
}

// plainURLs returns the ws:// addresses in quotes in a text, but for those beside which another scheme is chosen from.
func plainURLs(body []byte) (list []literal) {
	for _, m := range plainURL.FindAllSubmatchIndex(body, -1) {
		from, to := max(0, m[0]-around), min(len(body), m[1]+around)
		if choice.Match(body[from:m[6]]) || choice.Match(body[m[7]:to]) {
			continue
		}
		start, end := m[0], m[1]
		for start > from && body[start-1] != '\n' {
			start--
		}
		for end < to && body[end] != '\n' {
			end++
		}
		list = append(list, literal{
			line:    1 + strings.Count(string(body[:m[0]]), "\n"),
			text:    strings.TrimSpace(string(body[start:end])),
			address: string(body[m[6]:m[7]]), opened: m[2] >= 0,
		})
	}
	return list
}

// noArrivals finds that pages were served, and no socket was asked for after the last of them.
func (p *Patient) noArrivals(ctx context.Context) []Finding {
	r := p.record(ctx)
	if len(r.pages) == 0 || len(r.attempts) > 0 || !p.hasSockets() {
		return nil
	}
	last := r.pages[len(r.pages)-1]
	if p.machine.now().Sub(last.Time) < settled {
		return nil
	}
	where, _, _ := strings.Cut(last.URL, "?")
	return []Finding{{
		Severity: Warning,
		What:     "Pages were served, and no browser has asked for a socket.",
		Evidence: fmt.Sprintf("%s was served %s", safe(where), p.machine.times(len(r.pages), last.Time)),
		Why: "Either the page opens none yet, or the browser refused to before anything reached the tunnel: a ws:// address on a " +
			"page on https (mixed content), a page of the public network that may not reach this machine (local network access), a " +
			"Content-Security-Policy without connect-src, or an address of another port.",
		Fixes: []Fix{
			{What: "look into the console of the browser's developer tools (F12), where it says which"},
			{What: `write wss:// and the tunnel's own host and port in the page, best by "wss://" + location.host`},
		},
	}}
}

// hasSockets reports whether the project has a route for WebSockets.
func (p *Patient) hasSockets() bool {
	for _, r := range p.Project.Routes {
		if len(r.To) > 0 && (r.To[0].Scheme == "ws" || r.To[0].Scheme == "wss") {
			return true
		}
	}
	return false
}
