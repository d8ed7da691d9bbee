package doctor

import "context"

// check is one thing that is looked for.
type check struct {
	name  string // of its findings
	about string // what is in order where it finds nothing
	of    subject
	find  func(context.Context, *Patient) []Finding
}

// subject is what a check is made of.
type subject uint8

const (
	theMachine subject = iota // once
	aProject                  // each project whose file can be read
	anyProject                // each project
)

// checks are all of them, in the order in which a socket meets what they look at: the machine, the browser, the tunnel,
// the backend, and the time after.
var checks = []check{
	{"clock-wrong", "the machine's clock", theMachine, clockWrong},
	{"ca-missing", "the CA's being there", theMachine, caMissing},
	{"ca-expired", "the CA's last day", theMachine, caExpired},
	{"ca-expiring", "the CA's next 60 days", theMachine, caExpiring},
	{"store-untrusted", "the trust of every store in the CA", theMachine, storeUntrusted},

	{"not-served", "the project's file and switch", anyProject, notServed},
	{"port-taken", "the freedom of its ports", aProject, portTaken},
	{"privileged-port", "the right to its ports", aProject, privilegedPort},

	{"host-not-resolving", "the addresses of its hosts", aProject, hostNotResolving},
	{"name-not-covered", "the CA's reach over its names", aProject, nameNotCovered},
	{"browser-distrusts", "the TLS handshakes of its clients", aProject, browserDistrusts},
	{"mixed-content", "the sockets that its pages open", aProject, mixedContent},
	{"local-network-access", "the places of the pages that ask", aProject, localNetworkAccess},
	{"hsts-stuck", "what browsers remember of its hosts (HSTS)", aProject, hstsStuck},
	{"tunnel-refuses", "its routes and limits", aProject, tunnelRefuses},

	{"backend-absent", "the presence of its backends", aProject, backendAbsent},
	{"backend-other-loopback-family", "the loopback family of its backends", aProject, backendOtherFamily},
	{"backend-speaks-tls", "the plainness of its plain backends", aProject, backendSpeaksTLS},
	{"backend-speaks-plain", "the TLS of its TLS backends", aProject, backendSpeaksPlain},
	{"backend-certificate", "the certificates of its distant backends", aProject, backendCertificate},
	{"clock-wrong", "the clocks of its backends", aProject, clockDiffers},
	{"backend-not-websocket", "the backends' way with WebSockets", aProject, backendNotWebSocket},
	{"backend-refuses-origin", "the backends' way with Origins", aProject, backendRefusesOrigin},
	{"redirect-instead-of-101", "the absence of redirects", aProject, redirected},
	{"login-page-instead-of-101", "the absence of login pages", aProject, loginPage},
	{"wrong-accept", "Sec-WebSocket-Accept", aProject, wrongAccept},
	{"subprotocol-not-offered", "the subprotocol", aProject, subprotocolNotOffered},
	{"extension-not-offered", "the extensions", aProject, extensionNotOffered},

	{"idle-cut", "how idle sockets end", aProject, idleCut},
}

// Checked returns what an examination looks at, for people: of the machine, or of a project.
func Checked(ofProject bool) (list []string) {
	for _, c := range checks {
		if (c.of != theMachine) == ofProject {
			list = append(list, c.about)
		}
	}
	return list
}
