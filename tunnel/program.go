package tunnel

import (
	"crypto/tls"
	"slices"
)

// program is what a client is, as its ClientHello looks. Nobody promises these looks: they are a help to people, and
// nothing is let in or kept out by them.
type program struct {
	name   string // "" where nothing is known
	looks  func(*tls.ClientHelloInfo) bool
	ahead  bool // opens connections ahead of need, and drops them as it likes; it sends an alert where it does not trust
	midway bool // may close the connection in the midst of the handshake where it does not trust, without an alert
	after  bool // completes the handshake before it looks at the certificate
	alone  bool // has its own list of CAs, and looks at none of the system's
}

// TLS extensions by their numbers in IANA's registry.
const (
	extStatusRequestV2     = 17
	extEncryptThenMAC      = 22
	extCompressCertificate = 27
	extRecordSizeLimit     = 28
	extDelegatedCredential = 34
	extPostHandshakeAuth   = 49
	extSignatureAlgsCert   = 50
)

// TLS 1.3 cipher suites, in the order of TLS_AES_128_GCM_SHA256, …
const (
	aes128 = tls.TLS_AES_128_GCM_SHA256
	aes256 = tls.TLS_AES_256_GCM_SHA384
	chacha = tls.TLS_CHACHA20_POLY1305_SHA256
	ccm128 = 0x1304 // TLS_AES_128_CCM_SHA256
)

// programs are the looks that are known, the more telling first.
var programs = [...]program{
	// BoringSSL's GREASE (RFC 8701), and the compressed certificates of all Chromium since 69; extensions are in random order
	// (net/socket/ssl_client_socket_impl.cc). Apple's own TLS has both too, and offers 3DES still (uTLS HelloSafari_16_0).
	{name: "Chromium", ahead: true, looks: func(h *tls.ClientHelloInfo) bool {
		return greased(h) && offers(h, extCompressCertificate) && !slices.Contains(h.CipherSuites, tripleDES)
	}},
	{name: "Safari", ahead: true, looks: func(h *tls.ClientHelloInfo) bool {
		return greased(h) && offers(h, extCompressCertificate) && slices.Contains(h.CipherSuites, tripleDES)
	}},
	// NSS with what Firefox alone switches on (security.tls.enable_delegated_credentials).
	{name: "Firefox", ahead: true, looks: func(h *tls.ClientHelloInfo) bool {
		return offers(h, extDelegatedCredential) && offers(h, extRecordSizeLimit)
	}},
	// JSSE: status_request_v2 (RFC 6961), which nobody else offers, and signature_algorithms_cert. java.net.http closes the
	// connection before its alert has gone out, more often than not.
	{name: "Java", midway: true, looks: func(h *tls.ClientHelloInfo) bool {
		return offers(h, extStatusRequestV2) && offers(h, extSignatureAlgsCert)
	}},
	// crypto/tls puts the suites of TLS 1.3 behind all others (handshake_client.go, makeClientHello).
	{name: "Go", looks: func(h *tls.ClientHelloInfo) bool {
		n := len(h.CipherSuites)
		return n > 3 && !modern(h.CipherSuites[0]) && !modern(h.CipherSuites[n-4]) && modern(h.CipherSuites[n-3]) &&
			modern(h.CipherSuites[n-2]) && modern(h.CipherSuites[n-1])
	}},
	// GnuTLS's priority NORMAL, with CCM in the fourth place: wget, and Git in Debian.
	{name: "GnuTLS", after: true, looks: func(h *tls.ClientHelloInfo) bool {
		return begins(h, aes256, chacha, aes128, ccm128)
	}},
	// OpenSSL with the list of suites that Node has of its own (tls.DEFAULT_CIPHERS). It looks at the certificate in
	// JavaScript, once OpenSSL is done, and destroys the socket before its Finished has gone out.
	{name: "Node.js", midway: true, alone: true, looks: func(h *tls.ClientHelloInfo) bool {
		return begins(h, aes256, chacha, aes128,
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
	}},
	// OpenSSL with authentication after the handshake, as curl asks for it (lib/vtls/openssl.c) and Python's http.client.
	{name: "curl", looks: func(h *tls.ClientHelloInfo) bool {
		return openSSL(h) && offers(h, extPostHandshakeAuth) && slices.Equal(h.SupportedProtos, []string{"h2", "http/1.1"})
	}},
	{name: "Python", midway: true, looks: func(h *tls.ClientHelloInfo) bool {
		return openSSL(h) && offers(h, extPostHandshakeAuth) && slices.Equal(h.SupportedProtos, []string{"http/1.1"})
	}},
	// Without a socket of its own OpenSSL sends what its program passes on, which Python's asyncio does not with alerts.
	{name: "OpenSSL", midway: true, looks: openSSL},
}

// tripleDES is a suite that browsers but Apple's have given up.
const tripleDES = tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA

// programOf returns what sent a ClientHello; hello may be nil.
func programOf(hello *tls.ClientHelloInfo) program {
	if hello != nil {
		for _, p := range programs {
			if p.looks(hello) {
				return p
			}
		}
	}
	return program{}
}

// greased reports whether the first suite is one that means nothing (RFC 8701 §2): 0x0A0A, 0x1A1A, …
func greased(h *tls.ClientHelloInfo) bool {
	return len(h.CipherSuites) > 0 && h.CipherSuites[0]&0x0F0F == 0x0A0A && h.CipherSuites[0]>>8 == h.CipherSuites[0]&0xFF
}

// modern reports whether a suite is one of TLS 1.3 (RFC 8446 §B.4).
func modern(suite uint16) bool { return suite>>8 == 0x13 }

func openSSL(h *tls.ClientHelloInfo) bool {
	return offers(h, extEncryptThenMAC) && begins(h, aes256, chacha, aes128)
}

func offers(h *tls.ClientHelloInfo, extension uint16) bool {
	return slices.Contains(h.Extensions, extension)
}

// begins reports whether the client's list of suites begins with these.
func begins(h *tls.ClientHelloInfo, suites ...uint16) bool {
	return len(h.CipherSuites) >= len(suites) && slices.Equal(h.CipherSuites[:len(suites)], suites)
}
