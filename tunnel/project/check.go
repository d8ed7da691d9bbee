package project

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// The functions of this file and of address.go take the text of one value and return what it means, or its fault.

// parseName checks the name of a project.
func parseName(s string) (string, *fault) {
	switch {
	case s == "" || len(s) > 255:
		return "", &fault{fmt.Sprintf("has %d characters", len(s)), "give it 1 to 255"}
	case strings.Trim(s, bareKey+".") != "":
		return "", &fault{
			fmt.Sprintf("%q has other characters than letters, digits, _ . and -", s),
			"write " + example("name"),
		}
	case strings.Trim(s, ".") == "":
		return "", &fault{fmt.Sprintf("%q is all dots", s), "add a letter or a digit"}
	}
	return s, nil
}

// parseLine checks text that is shown to people. Control characters would let a file of the team play with the
// terminal of everyone in it.
func parseLine(s string) (string, *fault) {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", &fault{"has a line break or another control character", "write one line of text"}
	}
	return s, nil
}

// parseFilled checks text that may not be empty.
func parseFilled(s string) (string, *fault) {
	if s == "" {
		return "", &fault{"is empty", "take the line out, or write a text"}
	}
	return parseLine(s)
}

// parseGroup checks the name of a group.
func parseGroup(s string) (string, *fault) {
	if len(s) > 255 {
		return "", &fault{fmt.Sprintf("has %d bytes", len(s)), "give it at most 255"}
	}
	return parseFilled(s)
}

// parseDuration checks a time span.
func parseDuration(s string) (time.Duration, *fault) {
	d, err := time.ParseDuration(s)
	switch {
	case s != "" && strings.Trim(s, "0123456789") == "" && err != nil:
		return 0, &fault{
			fmt.Sprintf("%q has no unit", s),
			fmt.Sprintf(`write "%ss" for seconds or "%sms" for milliseconds`, s, s),
		}
	case err != nil:
		return 0, &fault{
			fmt.Sprintf("%q is no time span", s),
			`write for example "500ms", "60s", "5m", "1h30m", or "0" for none`,
		}
	case d < 0:
		return 0, &fault{fmt.Sprintf("%q is negative", s), `write "0" for none`}
	}
	return d, nil
}

// parseEnv checks the name of an environment variable.
func parseEnv(s string) (string, *fault) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
	if s == "" || strings.Trim(s, letters+"0123456789") != "" || strings.Trim(s[:1], letters) != "" {
		// SECURITY: not quoted, it may be the password itself.
		return "", &fault{
			"is not the name of an environment variable",
			"write " + example("password_env") + " and keep the password out of the file",
		}
	}
	return s, nil
}

// parseUser checks a user name: RFC 7617 §2 ends it at the first colon.
func parseUser(s string) (string, *fault) {
	if strings.Contains(s, ":") {
		return "", &fault{fmt.Sprintf("%q has a colon", s), "HTTP basic authentication allows none in a user's name"}
	}
	return parseFilled(s)
}

// path checks a file's path and makes it absolute.
func (r *reader) path(s string) (string, *fault) {
	_, f := parseFilled(s)
	switch {
	case f != nil:
		return "", f
	case s == "~" || strings.HasPrefix(s, "~/"):
		return "", &fault{
			fmt.Sprintf("%q begins with ~, which only a shell replaces", s),
			"write a path relative to the project file",
		}
	case filepath.IsAbs(s):
		return filepath.Clean(s), nil
	}
	return filepath.Join(r.dir, filepath.FromSlash(s)), nil
}

// parsePath checks a route's path, which is compared with the decoded path of requests.
func parsePath(s string) (string, *fault) {
	clean := path.Clean(s)
	if strings.HasSuffix(s, "/") && clean != "/" {
		clean += "/"
	}
	switch {
	case !strings.HasPrefix(s, "/"):
		return "", &fault{fmt.Sprintf("%q does not begin with /", s), fmt.Sprintf("write %q", "/"+s)}
	case strings.ContainsAny(s, "?#"):
		return "", &fault{
			fmt.Sprintf("%q has a query or a fragment", s),
			"write only the path: a query is carried with any",
		}
	case strings.ContainsRune(s, '*'):
		return "", &fault{
			fmt.Sprintf("%q has a *", s),
			"write what the paths begin with: a route serves all that begin with its path",
		}
	case strings.ContainsRune(s, '%'):
		return "", &fault{fmt.Sprintf("%q has a %%", s), "write the character itself: paths are compared decoded"}
	case strings.ContainsFunc(s, unicode.IsControl):
		return "", &fault{fmt.Sprintf("%q has a control character", s), "write " + example("path")}
	case clean != s:
		return "", &fault{fmt.Sprintf("%q is no path that a browser sends", s), fmt.Sprintf("write %q", clean)}
	}
	return s, nil
}

// parseFallback checks the path of a file below a route's root.
func parseFallback(s string) (string, *fault) {
	s, f := parseFilled(s)
	if f != nil {
		return "", f
	}
	clean := strings.TrimPrefix(path.Clean("/"+s), "/")
	if s = strings.TrimPrefix(s, "/"); s != clean || !filepath.IsLocal(filepath.FromSlash(s)) {
		return "", &fault{fmt.Sprintf("%q is no file below root", s), "write " + example("fallback")}
	}
	return s, nil
}

// parseRedirect checks where clients are sent: a path with or without a query, or a URL of http or https.
func parseRedirect(s string) (string, *fault) {
	fix := `write a path, "/new/place", or a URL, "https://localhost:8443"`
	u, err := url.Parse(s)
	switch {
	case s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), err != nil:
		// SECURITY: a line break would begin another header.
		return "", &fault{"is no URL", fix}
	case u.User != nil:
		return "", &fault{"holds a user or a password, which everyone who has the file would see", "take it out"}
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(s, "/"):
		return s, nil
	case u.Scheme != "http" && u.Scheme != "https":
		return "", &fault{fmt.Sprintf("%q is neither a path nor a URL of http or https", s), fix}
	}
	if u.Hostname() == "" && u.Port() != "" { // the host that was asked for
		if _, f := parsePort(u.Port()); f != nil {
			return "", f
		}
		return s, nil
	}
	if f := checkAuthority(u.Host); f != nil {
		return "", f
	}
	return s, nil
}

// token reports whether s is a token of RFC 9110 §5.6.2, as methods and header names are.
func token(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~") == ""
}

// parseMethod checks a request method, whose case matters (RFC 9110 §9.1).
func parseMethod(s string) (string, *fault) {
	switch {
	case !token(s):
		return "", &fault{fmt.Sprintf("%q is no method", s), "write " + example("methods")}
	case s != strings.ToUpper(s):
		return "", &fault{
			fmt.Sprintf("%q is not in capitals, and case matters in methods", s),
			fmt.Sprintf("write %q", strings.ToUpper(s)),
		}
	}
	return s, nil
}

// parseHeaderName checks the name of a header field (RFC 9110 §5.1) and returns it in canonical form.
func parseHeaderName(s string) (string, *fault) {
	if !token(s) {
		return "", &fault{fmt.Sprintf("%q is no header name", s), "write letters, digits and -"}
	}
	return http.CanonicalHeaderKey(s), nil
}

// parseSetHeader checks the name of a header that a route sets.
func parseSetHeader(s string) (string, *fault) {
	name, f := parseHeaderName(s)
	if f != nil {
		return "", f
	}
	switch name {
	case "Host":
		return "", &fault{"has a key of its own", `write host = "…" in the route`}
	case "Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return "", &fault{"belongs to the connection, not to the request", "take it out: Culvert sends it where it is due"}
	}
	if strings.HasPrefix(name, "Sec-Websocket-") {
		return "", &fault{"belongs to the handshake between browser and backend", "take it out: it is carried as it is"}
	}
	return name, nil
}

// parseHeaderValue checks the value of a header field (RFC 9110 §5.5).
func parseHeaderValue(s string) (string, *fault) {
	switch {
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		// SECURITY: a line break would begin another header.
		return "", &fault{fmt.Sprintf("%q has a line break or another control character", s), "write one line of text"}
	case strings.Trim(s, " \t") != s:
		return "", &fault{fmt.Sprintf("%q begins or ends with a blank", s), fmt.Sprintf("write %q", strings.Trim(s, " \t"))}
	}
	return s, nil
}
