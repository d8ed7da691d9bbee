package doctor

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ownSoon is how long before its last day a project's own certificate is to be replaced. Those who renew them by a program
// do so earlier.
const ownSoon = 14 * 24 * time.Hour

// loaded is a project's own certificate as its files have it.
type loaded struct {
	cert *tls.Certificate
	err  error
}

// own reads the certificate that the project brings; the zero loaded where it brings none.
func (p *Patient) own() loaded {
	return p.brought.get(func() (l loaded) {
		if of := p.Project.Certificate; of != nil && p.machine.LoadCertificate != nil {
			password := ""
			if of.PasswordEnv != "" {
				password = p.machine.getenv(of.PasswordEnv)
			}
			l.cert, l.err = p.machine.LoadCertificate(*of, password)
		}
		return l
	})
}

// foreign reports whether the project brings a certificate that none of the local CAs signed. Those that culvert cert
// writes are trusted as the local CAs are.
func (p *Patient) foreign() bool {
	if p.Project == nil || p.Project.Certificate == nil {
		return false
	}
	cert, local := p.own().cert, x509.NewCertPool()
	for _, a := range p.machine.Authorities {
		if a.Root != nil {
			local.AddCert(a.Root)
		}
	}
	return cert == nil || p.verify(cert, local) != nil
}

// verify says why roots do not vouch for a certificate, whatever its names and its time are.
func (p *Patient) verify(cert *tls.Certificate, roots *x509.CertPool) error {
	o := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool(), CurrentTime: within(cert.Leaf, p.machine.now())}
	for _, c := range chain(cert)[1:] {
		o.Intermediates.AddCert(c)
	}
	_, err := cert.Leaf.Verify(o)
	return err
}

// localCA is the fix of leaving the certificate to the local CA.
func (p *Patient) localCA() Fix {
	return p.edit("or leave [certificate] out: the local CA signs then, which culvert trust puts into every store")
}

// certificateUnreadable finds a certificate of the project's own that cannot be read.
func certificateUnreadable(_ context.Context, p *Patient) []Finding {
	err := p.own().err
	if err == nil {
		return nil
	}
	f := Finding{
		Severity: Error,
		What:     "The project's own certificate cannot be read.",
		Evidence: err.Error(),
		Why:      "Without it the project is not served.",
		Fixes:    []Fix{p.edit("correct [certificate] in the project file, or its files"), p.switchOn("then switch it on again")},
	}
	switch {
	case p.Served:
		f.Severity = Warning
		f.Why = "The tunnel shows the last one that it could read, until culvert is started anew or that expires."
		f.Fixes = []Fix{p.edit("correct the files that [certificate] names: they are read anew at the next handshake")}
	case !p.Running:
		f.Severity = Warning // the app may be started with other variables
	}
	return []Finding{f}
}

// certificateName finds hosts of the project that its own certificate is not for.
func certificateName(_ context.Context, p *Patient) []Finding {
	cert := p.own().cert
	if cert == nil {
		return nil
	}
	var missing []string
	for _, host := range p.Project.Hosts {
		if cert.Leaf.VerifyHostname(host) != nil {
			missing = append(missing, host)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	f := Finding{
		Severity: Warning,
		What:     fmt.Sprintf("The project's own certificate is not for %s.", strings.Join(missing, ", ")),
		Evidence: "it is for " + safe(strings.Join(spoken(cert.Leaf), ", ")),
		Why:      "A browser that asks for a name which the certificate has not shows a warning, and fails a wss:// socket without one (close code 1006).",
		Fixes: []Fix{
			p.edit("name in hosts what the certificate is for"),
			{What: "or have it signed for these names too, as subject alternative names"},
			p.localCA(),
		},
	}
	if len(spoken(cert.Leaf)) == 0 {
		f.Evidence = fmt.Sprintf("it has no subject alternative names; its subject, %s, counts for nothing (RFC 9525 §2)", safe(cert.Leaf.Subject.String()))
	}
	if len(missing) == len(p.Project.Hosts) {
		f.Severity = Error
	}
	return []Finding{f}
}

// spoken are the names and addresses that a certificate is for.
func spoken(cert *x509.Certificate) []string {
	list := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		list = append(list, ip.String())
	}
	return list
}

// certificateExpired finds a certificate of the project's own that is not valid now, or not for long any more.
func certificateExpired(_ context.Context, p *Patient) []Finding {
	cert, now := p.own().cert, p.machine.now()
	if cert == nil {
		return nil
	}
	f := Finding{
		Severity: Error,
		Evidence: "its last day is " + cert.Leaf.NotAfter.Format(time.DateOnly),
		Why:      "Browsers refuse a certificate outside its time, whoever signed it.",
		Fixes: []Fix{
			{What: "put one there that is valid: it is read anew at the next handshake"},
			p.localCA(),
		},
	}
	left := cert.Leaf.NotAfter.Sub(now)
	switch {
	case left < 0:
		f.What = "The project's own certificate has expired."
	case now.Before(cert.Leaf.NotBefore):
		f.What, f.Evidence = "The project's own certificate is not valid yet.", "its first day is "+cert.Leaf.NotBefore.Format(time.DateOnly)
	case left < ownSoon:
		f.Severity = Warning
		f.What = fmt.Sprintf("The project's own certificate expires in %d days.", int(left.Hours()/24))
	default:
		return nil
	}
	return []Finding{f}
}

// certificateUntrusted finds a certificate of the project's own that the system does not trust. Whether the local CAs
// are trusted, it is for the right names, and for this time, is looked at elsewhere.
func certificateUntrusted(_ context.Context, p *Patient) []Finding {
	cert := p.own().cert
	if cert == nil || !p.foreign() {
		return nil
	}
	err := p.verify(cert, p.machine.Roots)
	if err == nil {
		return nil
	}
	last := chain(cert)[len(cert.Certificate)-1]
	evidence := fmt.Sprintf("it was signed by %s: %s", safe(last.Issuer.String()), safe(err.Error()))
	fixes := []Fix{
		{What: "have the system and the browsers trust the CA that signed it"},
		{What: "if it was signed by an intermediate CA, put that one's certificate behind it in the file"},
	}
	if cert.Leaf.Subject.String() == cert.Leaf.Issuer.String() {
		evidence = fmt.Sprintf("it is self-signed, by %s", safe(cert.Leaf.Subject.String()))
		fixes = []Fix{{What: "have the system and the browsers trust the certificate itself"}}
	}
	return []Finding{{
		Severity: Warning,
		What:     "This system does not trust the project's own certificate.",
		Evidence: evidence,
		Why: "A browser that does not trust who signed it either shows a warning instead of the page, and fails a wss:// socket " +
			"without one (close code 1006).",
		Fixes: append(fixes, p.localCA()),
	}}
}

// within is the time nearest to now at which a certificate is valid.
func within(cert *x509.Certificate, now time.Time) time.Time {
	switch {
	case now.Before(cert.NotBefore):
		return cert.NotBefore
	case now.After(cert.NotAfter):
		return cert.NotAfter
	}
	return now
}

// chain is the certificate with those that are sent behind it, as far as they can be read.
func chain(cert *tls.Certificate) []*x509.Certificate {
	list := []*x509.Certificate{cert.Leaf}
	for _, der := range cert.Certificate[1:] {
		if c, err := x509.ParseCertificate(der); err == nil {
			list = append(list, c)
		}
	}
	return list
}

// certificateWeak finds a certificate of the project's own, or one behind it, that clients refuse for its algorithms.
func certificateWeak(_ context.Context, p *Patient) (found []Finding) {
	cert := p.own().cert
	if cert == nil {
		return nil
	}
	for _, c := range chain(cert) {
		f := Finding{
			Severity: Error,
			Evidence: "it is that of " + safe(c.Subject.String()),
			Fixes:    []Fix{{What: "have one made with an RSA key of 2048 bits or an ECDSA key, signed with SHA-256"}, p.localCA()},
		}
		bits, root := size(c), c.Subject.String() == c.Issuer.String() && c != cert.Leaf
		switch {
		case !root && weakSignature(c): // nobody checks the signature of a root
			f.What = fmt.Sprintf("The project's own certificate is signed with %s.", c.SignatureAlgorithm)
			f.Why = "Such signatures can be forged; browsers, OpenSSL and Java refuse them."
		case bits > 0 && bits < 2048:
			f.Severity = Warning
			f.What = fmt.Sprintf("The project's own certificate has an RSA key of %d bits.", bits)
			f.Why = "Safari, and OpenSSL as Debian and Ubuntu have it, refuse RSA keys below 2048 bits; others will follow."
		default:
			continue
		}
		found = append(found, f)
	}
	return found
}

// size is how long the RSA key of a certificate is, 0 for one of another kind.
func size(c *x509.Certificate) int {
	if key, ok := c.PublicKey.(*rsa.PublicKey); ok {
		return key.N.BitLen()
	}
	return 0
}

func weakSignature(c *x509.Certificate) bool {
	return slices.Contains([]x509.SignatureAlgorithm{
		x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1,
	}, c.SignatureAlgorithm)
}
