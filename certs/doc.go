// Package certs is the local certificate authority and the leaf certificates that it signs.
//
// A machine has one CA: a root, which the stores trust, and an issuer, which the root signed before its own key was thrown
// away, and which signs the leafs. Both carry critical name constraints, so that a stolen key signs nothing that a client
// would believe on the Internet: only localhost, test, internal and home.arpa with the names below them, and the loopback
// addresses. The issuer is there because Java does not heed the constraints of a root that it trusts, while every client
// heeds those of a certificate below it (RFC 5280 §6.1). Its private key stays in its folder and in the memory of this
// process; nothing exports it.
//
// A user who needs other names makes a second CA, constrained in the same way to exactly the names that the user
// lists ([CreateNamed]). Each lies in a folder of its own, which takes no CA of the other kind. Before a CA ends its
// successor is staged, trusted, and only then promoted ([Stage], [Promote]).
//
// A [Minter] signs one leaf per host name at the moment a TLS client first asks for it, keeps it in memory, and renews
// it by the wall clock. A leaf names exactly the host that was asked for, since most clients refuse a wildcard directly
// below a top-level name such as *.localhost. For a server that does its own TLS, [CA.Leaf] signs one for several
// hosts, and the Encode functions put it into PEM, PKCS#12 or JKS.
//
// Package certs does no networking and changes no trust store; package certs/trust does that.
package certs
