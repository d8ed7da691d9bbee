// Package trust puts the local CA into the trust stores that browsers and other programs read, and takes it out again.
//
// There is one file per kind of store, and one [Store] per place where a certificate can lie: the system's anchors, each
// NSS database of a Chromium, each profile of a Firefox, a keychain of macOS, the roots of a Windows user (from WSL as
// well), the file of each Java. A store is independent of every other one, says in words what
// its state is and what would mend it, and is read back by fingerprint after each change: that a command reported
// success proves nothing.
//
// What `culvert trust` does is
//
//	sys := trust.Host(trust.Terminal())
//	for _, r := range trust.Add(ctx, sys, trust.Stores(sys), ca.Root) {
//		fmt.Println(r.Store.Name(), r.Store.Where(), r.Status)
//	}
//
// What takes root is done last, by one process that is started through sudo or pkexec for all of it, and that does
// nothing but what its fixed arguments say: see [Change] and [Elevated]. The program itself never becomes root. What
// trusts the CA in the end is in a [Receipt], by which [Remove] and [Recorded] find it again.
//
// Everything a store sees of the machine comes through a [System], so that tests, and the stores of other platforms,
// run against a folder and commands of their own.
package trust
