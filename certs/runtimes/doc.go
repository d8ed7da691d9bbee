// Package runtimes makes the programs that developers run trust the local CA by environment variables alone: no trust
// store of the machine is changed, and nobody has to be root. `culvert env` prints the variables, and `culvert exec`
// runs a program with them.
//
// There is no variable that all runtimes read, and two kinds of them:
//
// Some add to the roots that the runtime has. They name a file that holds the CA alone.
//
//	NODE_EXTRA_CA_CERTS   Node.js (https://nodejs.org/api/cli.html#node_extra_ca_certsfile), Bun, Deno from 2.8 on
//	DENO_CERT             Deno (https://docs.deno.com/runtime/reference/env_variables/)
//
// Most replace them: with the CA alone there, the program could talk to nobody else. They name a bundle in which the CA
// stands behind the system's roots, or behind those of the file that the variable named before: a company's own bundle
// stays what it is.
//
//	SSL_CERT_FILE         OpenSSL (X509_get_default_cert_file(3)) and what is built on it: Python, Ruby, PHP, wget; Go
//	                      on Linux (crypto/x509, SystemCertPool); Rust with rustls-native-certs
//	CURL_CA_BUNDLE        curl (curl(1), --cacert)
//	REQUESTS_CA_BUNDLE    Python's requests, which else takes its own list, certifi (requests: SSL Cert Verification)
//	AWS_CA_BUNDLE         the AWS CLI and SDKs (AWS CLI user guide, Environment variables)
//	GIT_SSL_CAINFO        git (git-config(1), http.sslCAInfo, whose file is the one that is added to where it is set)
//	CARGO_HTTP_CAINFO     cargo (The Cargo Book, http.cainfo)
//	PERL_LWP_SSL_CA_FILE  Perl's LWP (LWP::UserAgent, ENVIRONMENT)
//	PIP_CERT              pip, only where it is set already: unset, pip heeds SSL_CERT_FILE or REQUESTS_CA_BUNDLE
//	NIX_SSL_CERT_FILE     Nix and what it builds, only where it is set already: it says that there is a Nix
//
// A JVM reads a trust store, which is a file of a form of its own:
//
//	JAVA_TOOL_OPTIONS     every JVM (JVM Tool Interface, JAVA_TOOL_OPTIONS), told of a copy of the default JVM's own
//	                      trust store in which the CA was put too
//
// NODE_USE_SYSTEM_CA is not among them. It would have Node trust whatever the system trusts, which is more than what
// was asked for, and only in versions that NODE_EXTRA_CA_CERTS serves too.
package runtimes
