package nginx

import "strings"

// sslOn reads the directive by which all of a server's addresses once spoke TLS.
func (sv *server) sslOn() {
	if d := sv.scope.get("ssl"); d != nil && d.arg(0) == "on" {
		for i := range sv.listens {
			sv.listens[i].tls = true
		}
		sv.notes.add(Needless, d, "every port of Culvert speaks TLS; nginx has given up this directive for the ssl of listen")
	}
}

// tls notes what is different about the schemes and the certificate.
func (sv *server) tls() {
	certificate := sv.scope.get("ssl_certificate")
	for _, l := range sv.listens {
		switch {
		case l.tls:
			sv.notes.add(Different, l.from, "nginx speaks only TLS on this port; here it speaks https and wss, and http and ws too "+
				"(redirect_http = true sends pages to https)")
		case certificate != nil && strings.HasSuffix(l.addr, ":443"):
			sv.notes.add(Different, l.from, "without ssl behind it nginx speaks plain http on this port, in spite of the certificate; here it speaks both")
		case sv.secure == nil:
			sv.notes.add(Different, l.from, "nginx speaks only plain http on this port; here it speaks http and ws, and https and wss too")
		}
	}
	if d := sv.scope.get("ssl_verify_client"); d != nil && d.arg(0) != "off" {
		sv.notes.add(Careful, d, "clients are not asked for a certificate here (allow, deny and [auth] are what there is)")
	}
	if certificate != nil {
		sv.notes.add(Different, certificate, "the local CA's certificate is served, which your browsers trust; [certificate] with this one is in the file as a comment")
	}
}

// protocols notes the versions of TLS that are not spoken.
func protocols(b *notebook, d *directive) {
	var old []string
	for _, version := range d.args {
		switch version {
		case "SSLv2", "SSLv3", "TLSv1", "TLSv1.1":
			old = append(old, version)
		}
	}
	if len(old) > 0 {
		b.add(Insecure, d, strings.Join(old, ", ")+": outdated and insecure; Culvert speaks TLS 1.2 and 1.3")
		return
	}
	b.add(Needless, d, "Culvert speaks TLS 1.2 and 1.3")
}

// weak are the words of OpenSSL's cipher lists that let in what is broken, and what that is.
var weak = map[string]string{
	"RC4": "RC4", "ARCFOUR": "RC4", "MD5": "MD5", "3DES": "3DES", "DES": "DES", "EXP": "EXPORT", "EXPORT": "EXPORT", "EXPORT40": "EXPORT",
	"EXPORT56": "EXPORT", "LOW": "LOW", "NULL": "NULL", "ENULL": "NULL", "ANULL": "aNULL", "ADH": "ADH", "AECDH": "AECDH",
	"SSLV2": "SSLv2", "SSLV3": "SSLv3", "IDEA": "IDEA", "RC2": "RC2", "SEED": "SEED",
}

// ciphers notes the broken ciphers that a list names. What it excludes is no matter.
func ciphers(b *notebook, d *directive) {
	var found []string
	seen := make(map[string]bool)
	for _, item := range strings.FieldsFunc(strings.Join(d.args, ":"), func(r rune) bool { return strings.ContainsRune(":, ", r) }) {
		if strings.HasPrefix(item, "!") || strings.HasPrefix(item, "-") {
			continue
		}
		item = strings.ReplaceAll(strings.ToUpper(item), "DES-CBC3", "3DES")
		for _, word := range strings.FieldsFunc(item, func(r rune) bool { return r == '+' || r == '-' || r == '_' }) {
			if what := weak[word]; what != "" && !seen[what] {
				seen[what] = true
				found = append(found, what)
			}
		}
	}
	if len(found) > 0 {
		b.add(Insecure, d, strings.Join(found, ", ")+": outdated and insecure; Culvert takes only ciphers with forward secrecy")
		return
	}
	b.add(Needless, d, "Go's TLS chooses among secure ciphers")
}
