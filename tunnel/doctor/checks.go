package doctor

import "context"

// check is one thing that is looked for.
type check struct {
	name  string // of its findings
	about string // what it looks at, for people
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
	{"clock-wrong", "the clock", theMachine, clockWrong},
	{"ca-missing", "the CA", theMachine, caMissing},
	{"ca-expired", "the CA's last day", theMachine, caExpired},
	{"ca-expiring", "the CA's next 60 days", theMachine, caExpiring},
	{"store-untrusted", "the trust stores", theMachine, storeUntrusted},

	{"not-served", "the project file and its switch", anyProject, notServed},
	{"certificate-unreadable", "the files of its own certificate", aProject, certificateUnreadable},
	{"password-missing", "the password that it asks for", aProject, passwordMissing},
	{"port-taken", "its ports", aProject, portTaken},
	{"privileged-port", "the rights to its ports", aProject, privilegedPort},
	{"open-to-network", "who reaches its addresses", aProject, openToNetwork},

	{"host-not-resolving", "the addresses of its hosts", aProject, hostNotResolving},
	{"name-not-covered", "the names in its certificates", aProject, nameNotCovered},
	{"certificate-name", "the names in its own certificate", aProject, certificateName},
	{"certificate-expired", "the last day of its own certificate", aProject, certificateExpired},
	{"certificate-untrusted", "who signed its own certificate", aProject, certificateUntrusted},
	{"certificate-weak", "the algorithms of its own certificate", aProject, certificateWeak},
	{"browser-distrusts", "the TLS handshakes of its clients", aProject, browserDistrusts},
	{"mixed-content", "the ws:// addresses in its pages", aProject, mixedContent},
	{"local-network-access", "the origins of its sockets", aProject, localNetworkAccess},
	{"hsts-stuck", "what browsers remember of its hosts", aProject, hstsStuck},
	{"tunnel-refuses", "its routes and limits", aProject, tunnelRefuses},
	{"cors-refuses", "what pages of other origins ask for", aProject, corsRefuses},
	{"folder-missing", "its folders of files", aProject, folderMissing},
	{"redirect-loop", "where its redirects lead", aProject, redirectLoop},

	{"backend-absent", "its backends", aProject, backendAbsent},
	{"backend-other-loopback-family", "the loopback addresses of its backends", aProject, backendOtherFamily},
	{"backend-speaks-tls", "its plain backends", aProject, backendSpeaksTLS},
	{"backend-speaks-plain", "its TLS backends", aProject, backendSpeaksPlain},
	{"backend-certificate", "the certificates of its backends", aProject, backendCertificate},
	{"clock-wrong", "the clocks of its backends", aProject, clockDiffers},
	{"backend-not-websocket", "the backends' answers to a handshake", aProject, backendNotWebSocket},
	{"backend-refuses-origin", "the origins that its backends let in", aProject, backendRefusesOrigin},
	{"redirect-instead-of-101", "redirects", aProject, redirected},
	{"login-page-instead-of-101", "login pages", aProject, loginPage},
	{"wrong-accept", "Sec-WebSocket-Accept", aProject, wrongAccept},
	{"subprotocol-not-offered", "the subprotocol", aProject, subprotocolNotOffered},
	{"extension-not-offered", "the extensions", aProject, extensionNotOffered},

	{"idle-cut", "the ends of idle sockets", aProject, idleCut},
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
