// Package browser finds the browsers of this machine and starts them: for a page in the user's own browser, for a page in
// a browser that is isolated, and without a window to see whether it accepts a server.
//
// An isolated browser has a profile of its own, which goes when it ends, and accepts the certificates of the servers that
// it is opened for. No trust store of the machine is changed, so that it works where the user may change none:
//
//	Chromium   is told of the keys of those servers (--ignore-certificate-errors-spki-list)
//	Firefox    has the CA in its profile's database where certutil is there to put it in; else an exception for each
//	           server, the same that its user could make (cert_override.txt)
package browser
