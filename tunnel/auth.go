package tunnel

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"culvert/tunnel/project"
)

// basicAuth asks for a user and a password (RFC 7617). nil asks nobody.
type basicAuth struct {
	user, password [sha256.Size]byte // digests
	challenge      string            // the value of WWW-Authenticate
}

// newBasicAuth returns what a project asks for, or nil. getenv tells the password.
//
// SECURITY: a project that asks for a password which nobody has set is not served, rather than served to everyone.
func newBasicAuth(p *project.Project, getenv func(string) string) (*basicAuth, error) {
	if p.Auth == nil {
		return nil, nil
	}
	password := getenv(p.Auth.PasswordEnv)
	if password == "" {
		return nil, fmt.Errorf("auth: the environment variable %s, which is to hold the password, is not set or empty "+
			"(set it for the program: in the shell before culvert run; the desktop app has the environment of your session, "+
			"set it there and log in again)", p.Auth.PasswordEnv)
	}
	return &basicAuth{
		user: sha256.Sum256([]byte(p.Auth.User)), password: sha256.Sum256([]byte(password)),
		challenge: fmt.Sprintf("Basic realm=%q, charset=\"UTF-8\"", p.Name), // a name needs no escapes
	}, nil
}

// Authorize has a request that Culvert itself makes through a project that is on bring the user and the password that it
// asks for, if it asks.
func (e *Engine) Authorize(name string, h http.Header) {
	e.mu.Lock()
	run := e.projects[name]
	e.mu.Unlock()
	if run == nil || run.project.Auth == nil {
		return
	}
	auth := run.project.Auth
	r := http.Request{Header: h}
	r.SetBasicAuth(auth.User, e.config.Getenv(auth.PasswordEnv))
}

// knows reports whether the value of an Authorization header has the user and the password.
//
// SECURITY: the time it takes tells nothing of them: digests have one length, and both are compared in any case.
func (a *basicAuth) knows(authorization string) bool {
	r := http.Request{Header: http.Header{"Authorization": {authorization}}}
	user, password, ok := r.BasicAuth()
	givenUser, givenPassword := sha256.Sum256([]byte(user)), sha256.Sum256([]byte(password))
	same := subtle.ConstantTimeCompare(a.user[:], givenUser[:]) & subtle.ConstantTimeCompare(a.password[:], givenPassword[:])
	return ok && same == 1
}

// admits reports whether a request with that Authorization header may go on to a route, nil where there is none.
func (a *basicAuth) admits(rt *route, authorization string) bool {
	return a == nil || rt != nil && rt.Open || a.knows(authorization)
}

// why is the refusal of a request.
func (a *basicAuth) why(p *project.Project) string {
	return fmt.Sprintf("project %s asks for a user and a password (they are in [auth] of its project file)", p.Name)
}

// withhold takes the project's own password out of a request to a backend. A route that asks for none may have a backend
// that asks for one of its own, which passes.
//
// SECURITY: a browser sends the password to every path of the origin. It is for the tunnel, and no backend learns it.
func (a *basicAuth) withhold(h http.Header) {
	if a != nil && slices.ContainsFunc(h["Authorization"], a.knows) {
		h.Del("Authorization")
	}
}

// withholdHead is withhold for a head.
func (a *basicAuth) withholdHead(h *head) {
	if a == nil {
		return
	}
	for _, f := range h.fields {
		if strings.EqualFold(f.name, "Authorization") && a.knows(f.value) {
			h.del("Authorization")
			return
		}
	}
}

// redact returns a request's head as it may be recorded: of each Authorization header, right or wrong, at most the scheme
// is left. All else stays as it came.
//
// SECURITY: a record is shown, exported and sent to colleagues.
func (a *basicAuth) redact(raw []byte) []byte {
	if a == nil {
		return raw
	}
	redacted := make([]byte, 0, len(raw))
	for line := range bytes.SplitAfterSeq(raw, []byte("\r\n")) {
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || !strings.EqualFold(string(name), "Authorization") {
			redacted = append(redacted, line...)
			continue
		}
		redacted = append(append(redacted, name...), ": "...)
		scheme, _, _ := strings.Cut(strings.TrimSpace(string(value)), " ")
		if strings.EqualFold(scheme, "Basic") || strings.EqualFold(scheme, "Bearer") { // anything else may be the secret
			redacted = append(append(redacted, scheme...), ' ')
		}
		redacted = append(redacted, "[redacted]\r\n"...)
	}
	return redacted
}
