package doctor

import (
	"context"
	"crypto/sha1" //nolint:gosec // RFC 6455 §4.2.2 has no other
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"culvert/tunnel/capture"
	"culvert/tunnel/project"
)

// What is wrong with a handshake is read from those that the tunnel recorded and from the doctor's own. A fault stands
// until the same page is answered otherwise when it asks for the same socket.

// good reports whether a browser opens the socket.
func (a *attempt) good() bool {
	return a.status == http.StatusSwitchingProtocols && !a.wrongAccept() &&
		a.foreignProtocol() == "" && a.foreignExtension() == ""
}

// wrongAccept reports whether a 101 carries another Sec-WebSocket-Accept than the key asks for (RFC 6455 §4.2.2).
func (a *attempt) wrongAccept() bool {
	return a.status == http.StatusSwitchingProtocols &&
		a.response.Get("Sec-WebSocket-Accept") != acceptOf(a.request.Get("Sec-WebSocket-Key"))
}

// acceptOf is what a server answers to a key.
func acceptOf(key string) string {
	sum := sha1.Sum([]byte(strings.TrimSpace(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// foreignProtocol says what is wrong with the subprotocol of a 101, "" if nothing is: one that was not offered
// (RFC 6455 §4.1), or none though some were offered, which browsers refuse too (Fetch standard, "establish a WebSocket
// connection"; programs without an Origin go on).
func (a *attempt) foreignProtocol() string {
	if a.status != http.StatusSwitchingProtocols {
		return ""
	}
	offered, chosen := tokens(a.request, "Sec-WebSocket-Protocol"), tokens(a.response, "Sec-WebSocket-Protocol")
	switch {
	case len(chosen) > 0 && !slices.Contains(offered, chosen[0]):
		return fmt.Sprintf("it chose %q of the offered %s", safe(chosen[0]), offer(offered))
	case len(chosen) == 0 && len(offered) > 0 && a.request.Get("Origin") != "":
		return "it chose none of the offered " + offer(offered)
	}
	return ""
}

// foreignExtension says which extension a 101 has that was not offered (RFC 6455 §4.1), "" if none.
func (a *attempt) foreignExtension() string {
	if a.status != http.StatusSwitchingProtocols {
		return ""
	}
	offered := tokens(a.request, "Sec-WebSocket-Extensions")
	for _, chosen := range tokens(a.response, "Sec-WebSocket-Extensions") {
		if !slices.Contains(offered, chosen) {
			return fmt.Sprintf("it chose %q of the offered %s", safe(chosen), offer(offered))
		}
	}
	return ""
}

func offer(list []string) string {
	if len(list) == 0 {
		return "(nothing)"
	}
	return safe(strings.Join(list, ", "))
}

// lastAttempt is the newest recorded handshake on a route that a backend answered, or any of them without one; or nil.
func (p *Patient) lastAttempt(ctx context.Context, r *project.Route, to *url.URL) *attempt {
	for _, a := range slices.Backward(p.record(ctx).attempts) {
		if a.route == r && (to == nil || a.to == to) && a.status != 0 {
			return a
		}
	}
	return nil
}

// standing is a fault of one backend of a route that is the last word on it.
type standing struct {
	last     *attempt
	partly   bool // another backend of the route does not have it
	recorded int  // how often it was recorded
	guessed  bool // it was seen at the route's path only, which nobody has asked for
}

// standing returns the fault by backend, in the order of the routes and of their backends.
func (p *Patient) standing(ctx context.Context, has func(*attempt) bool) (list []*standing) {
	type backend struct {
		route *project.Route
		to    *url.URL
	}
	faults := map[backend]*standing{}
	note := func(a *attempt) *standing {
		s := faults[backend{a.route, a.to}]
		if s == nil {
			s = &standing{last: a}
			faults[backend{a.route, a.to}] = s
		}
		if !a.at.Before(s.last.at) {
			s.last = a
		}
		return s
	}
	probes := p.probes(ctx)
	for _, a := range p.lastWords(ctx, has) {
		if !slices.ContainsFunc(probes, func(b *probe) bool { return b.mended(a) }) {
			note(a).recorded++
		}
	}
	for _, b := range probes {
		if b.socket && b.answer != nil && has(b.answer) {
			s := note(b.answer)
			s.guessed = s.recorded == 0 && !b.seen
		}
	}
	for _, b := range probes {
		s := faults[backend{b.route, b.to}]
		if s == nil {
			continue
		}
		s.partly = slices.ContainsFunc(probes, func(o *probe) bool {
			return o.route == b.route && o.sound() && faults[backend{o.route, o.to}] == nil
		})
		list = append(list, s)
	}
	return list
}

// lastWords are the recorded handshakes with a fault after which the same page was not answered otherwise.
func (p *Patient) lastWords(ctx context.Context, has func(*attempt) bool) []*attempt {
	byKind := map[string][]*attempt{}
	for _, a := range p.record(ctx).attempts {
		switch {
		case a.route == nil || a.status == 0:
		case has(a):
			byKind[a.kind()] = append(byKind[a.kind()], a)
		default:
			delete(byKind, a.kind())
		}
	}
	return slices.Concat(slices.Collect(maps.Values(byKind))...)
}

// kind tells attempts of one page at one socket from others.
func (a *attempt) kind() string {
	return strings.Join([]string{pathOf(a.url), a.request.Get("Origin"), a.request.Get("Sec-WebSocket-Protocol")}, "\n")
}

// mended reports whether the backend now does right what it did wrong then.
func (b *probe) mended(then *attempt) bool {
	return b.answer != nil && b.answer.good() && b.seen && b.route == then.route && b.to == then.to && b.target == then.target
}

// finding is the fault as a finding, with what was seen: an error if a client has met it.
func (s *standing) finding(m *Machine, what, detail string) Finding {
	f := Finding{Severity: Error, What: what}
	if s.guessed || s.partly {
		f.Severity = Warning
	}
	path, _, _ := strings.Cut(s.last.target, "?") // what follows may be secret
	seen := fmt.Sprintf("GET %s, answered with %d %s", safe(path), s.last.status, http.StatusText(s.last.status))
	if detail != "" {
		seen += ": " + detail
	}
	switch {
	case s.guessed:
		seen += "; the doctor asked for the route's path, no page has asked for a socket yet"
	case s.last.info == nil && s.recorded > 0:
		seen += fmt.Sprintf("; recorded %s, and now again when the doctor asked", count(s.recorded))
	case s.last.info == nil:
		seen += "; when the doctor asked"
	default:
		seen += "; " + m.times(s.recorded, s.last.at)
	}
	f.Evidence = seen
	return f
}

// edit is the fix that the user makes in the project file.
func (p *Patient) edit(what string) Fix {
	return Fix{What: what, Action: Edit, Args: []string{p.Name}}
}

// backendNotWebSocket finds backends that answer with another status than 101, or not in HTTP.
func backendNotWebSocket(ctx context.Context, p *Patient) (found []Finding) {
	for _, b := range p.probes(ctx) {
		if b.addr != "" && b.speaks == silence && b.badCert == nil {
			found = append(found, Finding{
				Severity: p.gravity(ctx, b),
				What:     fmt.Sprintf("The backend %s answers no HTTP request.", b.to),
				Evidence: fmt.Sprintf("%s takes the connection, and sends nothing that is HTTP or TLS within %s", b.addr, probeTimeout),
				Why:      "A WebSocket begins as an HTTP request (RFC 6455 §4); this is another kind of server, or one that hangs.",
				Fixes: []Fix{
					p.edit("name the address of the WebSocket server in the route's to"),
					{What: "restart the backend if it hangs"},
				},
			})
		}
	}
	for _, s := range p.standing(ctx, func(a *attempt) bool { return a.otherStatus() && !p.refusesOrigin(ctx, a) }) {
		f := s.finding(p.machine, fmt.Sprintf("The backend %s does not open a WebSocket there.", s.last.to), "")
		f.Why = "A browser opens the socket only on status 101 (RFC 6455 §4.1); on any other its script learns nothing but " +
			"code 1006."
		f.Fixes = []Fix{
			p.edit("correct the route: its path, its upstream's path, or strip_prefix"),
			{What: "look into the backend's log for why it answers so"},
		}
		found = append(found, f)
	}
	return found
}

// otherStatus reports whether the answer is neither a 101 nor what another check explains.
func (a *attempt) otherStatus() bool {
	return a.status != 0 && a.status != http.StatusSwitchingProtocols && !a.redirects() && !a.login()
}

// redirects reports whether the answer leads elsewhere.
func (a *attempt) redirects() bool {
	return a.status >= 300 && a.status < 400 && a.response.Get("Location") != ""
}

// login reports whether the answer asks who the user is.
func (a *attempt) login() bool {
	return a.status == http.StatusUnauthorized ||
		a.status == http.StatusOK && strings.HasPrefix(a.response.Get("Content-Type"), "text/html")
}

// redirected finds backends that answer with a redirect.
func redirected(ctx context.Context, p *Patient) (found []Finding) {
	for _, s := range p.standing(ctx, (*attempt).redirects) {
		where, _, _ := strings.Cut(s.last.response.Get("Location"), "?")
		f := s.finding(p.machine, fmt.Sprintf("The backend %s redirects the socket.", s.last.to), "Location: "+safe(where))
		f.Why = "Browsers follow no redirect when they open a WebSocket (Fetch standard); the socket fails with code 1006."
		f.Fixes = []Fix{
			p.edit("let the route lead to where the redirect points, or correct a slash at the path's end"),
			{What: "if it points to a login page, log in on the page first: the socket brings the page's cookies"},
		}
		found = append(found, f)
	}
	return found
}

// loginPage finds backends that answer with a page, or ask for a password.
func loginPage(ctx context.Context, p *Patient) (found []Finding) {
	for _, s := range p.standing(ctx, (*attempt).login) {
		detail := "a page of type " + safe(s.last.response.Get("Content-Type"))
		if s.last.status == http.StatusUnauthorized {
			detail = ""
			if asked := s.last.response.Get("WWW-Authenticate"); asked != "" {
				detail = "WWW-Authenticate: " + safe(asked)
			}
		}
		what := fmt.Sprintf("The backend %s answers with a page or asks for a login instead of opening the socket.", s.last.to)
		f := s.finding(p.machine, what, detail)
		f.Why = "A script cannot show a login in a WebSocket; the socket fails with code 1006."
		f.Fixes = []Fix{
			{What: "log in on the page first: the socket brings its cookie if SameSite and Domain fit the page's address"},
			p.edit("correct the route if the socket lives at another path: many servers answer unknown paths with their start page"),
		}
		if s.last.info == nil {
			f.Severity = Warning // the doctor brings no cookies
		}
		found = append(found, f)
	}
	return found
}

// refusesOrigin reports whether the answer was given for the sake of the page's Origin.
func (p *Patient) refusesOrigin(ctx context.Context, a *attempt) bool {
	return slices.ContainsFunc(p.probes(ctx), func(b *probe) bool {
		return b.route == a.route && b.to == a.to && b.refusesOrigin() && b.answer.status == a.status
	})
}

// refusesOrigin reports whether another Origin, or none, opens the socket.
func (b *probe) refusesOrigin() bool {
	return b.answer != nil && slices.ContainsFunc(b.variants, func(v *attempt) bool {
		return v.status == http.StatusSwitchingProtocols
	})
}

// backendRefusesOrigin finds backends that open the socket for another Origin than the page's.
func backendRefusesOrigin(ctx context.Context, p *Patient) (found []Finding) {
	for _, b := range p.probes(ctx) {
		if !b.refusesOrigin() {
			continue
		}
		origin := b.answer.request.Get("Origin")
		evidence := fmt.Sprintf("with Origin %s it answers %d %s", safe(origin), b.answer.status, http.StatusText(b.answer.status))
		for _, v := range b.variants {
			from := "without one"
			if o := v.request.Get("Origin"); o != "" {
				from = "with " + safe(o)
			}
			evidence += fmt.Sprintf(", %s %d", from, v.status)
		}
		found = append(found, Finding{
			Severity: p.gravity(ctx, b),
			What:     fmt.Sprintf("The backend %s refuses pages of the Origin %s.", b.to, safe(origin)),
			Evidence: evidence,
			Why: "The backend lets in the pages of certain addresses only (RFC 6455 §10.2), and the tunnel passes on the page's " +
				"real one.",
			Fixes: []Fix{
				{What: fmt.Sprintf("add %s to the origins that the backend allows", safe(origin))},
				p.edit(fmt.Sprintf(`or let the route say another: set_headers = { Origin = "http://%s" }`,
					safe(b.answer.request.Get("Host")))),
			},
		})
	}
	return found
}

// wrongAccept finds backends that answer the key wrongly.
func wrongAccept(ctx context.Context, p *Patient) (found []Finding) {
	for _, s := range p.standing(ctx, (*attempt).wrongAccept) {
		detail := fmt.Sprintf("Sec-WebSocket-Accept is %q, and the key asks for %q",
			safe(s.last.response.Get("Sec-WebSocket-Accept")), acceptOf(s.last.request.Get("Sec-WebSocket-Key")))
		what := fmt.Sprintf("The backend %s answers the key of the handshake wrongly.", s.last.to)
		f := s.finding(p.machine, what, detail)
		f.Why = "Browsers fail the socket unless Sec-WebSocket-Accept is made of the key that they sent (RFC 6455 §4.2.2, §4.1)."
		f.Fixes = []Fix{
			{What: "let a WebSocket library answer the handshake"},
			{What: "or look whether a proxy before the backend changes or caches the header"},
		}
		found = append(found, f)
	}
	return found
}

// subprotocolNotOffered finds backends that choose no subprotocol of those offered.
func subprotocolNotOffered(ctx context.Context, p *Patient) (found []Finding) {
	for _, s := range p.standing(ctx, func(a *attempt) bool { return a.foreignProtocol() != "" }) {
		what := fmt.Sprintf("The backend %s does not agree on a subprotocol.", s.last.to)
		f := s.finding(p.machine, what, s.last.foreignProtocol())
		f.Why = "A browser fails the socket unless the backend chooses one of the subprotocols that the page offers " +
			"(RFC 6455 §4.1)."
		f.Fixes = []Fix{
			{What: "let the backend choose one of those that the page offers"},
			{What: "or correct the second argument of new WebSocket(url, protocols) in the page"},
		}
		found = append(found, f)
	}
	return found
}

// extensionNotOffered finds backends that use an extension of which the client said nothing.
func extensionNotOffered(ctx context.Context, p *Patient) (found []Finding) {
	for _, s := range p.standing(ctx, func(a *attempt) bool { return a.foreignExtension() != "" }) {
		what := fmt.Sprintf("The backend %s uses an extension that was not offered.", s.last.to)
		f := s.finding(p.machine, what, s.last.foreignExtension())
		f.Why = "A client fails the socket when the answer has an extension that it did not offer (RFC 6455 §4.1)."
		f.Fixes = []Fix{
			{What: "switch the extension off in the backend, or let it look at what the request offers"},
		}
		found = append(found, f)
	}
	return found
}

// tunnelRefuses finds sockets that the tunnel itself did not let through.
func tunnelRefuses(ctx context.Context, p *Patient) (found []Finding) {
	refused := map[string][]*attempt{}
	var order []string
	for _, a := range p.record(ctx).attempts {
		end := a.info.End
		switch {
		case a.good():
			for detail, list := range refused {
				refused[detail] = slices.DeleteFunc(list, func(b *attempt) bool { return b.kind() == a.kind() })
			}
		case a.info.Over && end.By == capture.Tunnel && (end.Cause == capture.ByRefusal || end.Cause == capture.ByLimit) &&
			!(a.route == nil && p.route(pathOf(a.url)) != nil):
			if refused[end.Detail] == nil {
				order = append(order, end.Detail)
			}
			refused[end.Detail] = append(refused[end.Detail], a)
		}
	}
	for _, detail := range order {
		if list := refused[detail]; len(list) > 0 {
			found = append(found, Finding{
				Severity: Error,
				What:     "The tunnel itself does not let a socket through.",
				Evidence: fmt.Sprintf("%s: %s", p.machine.times(len(list), list[len(list)-1].at), safe(detail)),
				Why:      "The project file has no backend for its path, does not let the client in, asks it for a password, or bounds the connections.",
				Fixes:    []Fix{p.edit("change route, allow, auth or max_connections in the project file")},
			})
		}
	}
	return found
}
