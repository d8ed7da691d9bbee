// Package hosts changes the hosts file, in which the operating system looks up a host name before it asks any server:
// the way to a name of one's own where no resolver knows it, *.localhost in Safari for example.
//
// What was added carries a mark at the end of its line, and only lines with the mark are ever taken out. Every other
// byte of the file stays as it is. See hosts(5), and RFC 6761 §6.3 for what localhost should need no entry for.
package hosts
