// Package proof finds out by trying which programs accept a certificate of the local CA: each program makes a TLS
// handshake in a fresh process with a server that is there for it alone. What a store says of itself is one thing,
// and what the program does that reads it another: it may have been built with other roots, or read another file.
//
// Nothing of the user's is changed. Programs on the command line run with the user's environment, without what would have
// them take other roots; databases and profiles of browsers are copied, and the copies are tried.
package proof
