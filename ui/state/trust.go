package state

import (
	"slices"
	"time"
)

// Trust is what is known of the CA and the stores that may trust it.
type Trust struct {
	Authority string    // common name of the CA, "" while there is none
	Until     time.Time // when it ends; zero: not known
	Expiring  bool      // it should be renewed: that is soon, or it is Outdated
	Outdated  bool      // an earlier Culvert made it, and it signs nothing any more
	MaySign   []string  // names and networks it may sign for, as people write them; nil: not known
	Checked   bool      // Stores were looked at
	Stores    []Store
	// New are the names of stores that have appeared since the stores were last changed, and do not trust the CA.
	New []string
	// Named is the second CA, for names that the user listed; nil while none are.
	Named *Authority
}

// Authority is a CA beside the first, with the stores as they are towards it.
type Authority struct {
	Name     string // common name
	Until    time.Time
	Expiring bool
	Names    []string // it may sign for these alone
	Stores   []Store
}

// StoreState is what a trust store is found to be in.
type StoreState uint8

// The states of a store.
const (
	Absent        StoreState = iota // there is no such store on this machine
	NotTrusted                      // it does not trust the CA yet
	Trusted                         // it does
	Cannot                          // it could not be read or changed
	Cancelled                       // the user said no when asked for the password: it is as it was
	ByEnvironment                   // no store: programs that are told of the CA by variables, each time they start
)

// Store is one place where a program looks for the CAs it trusts.
type Store struct {
	Name      string // as on the command line: "system", "chromium", "firefox/4xkd1a2b.default"
	Where     string // folder or file
	State     StoreState
	Reason    string // why it is not trusted, in words
	Fix       string // what to do, often a command to copy
	NeedsRoot bool   // a change asks for the user's password
	// Restart is the program that notices a change only when it is started again, "" where nothing changed.
	Restart string
	// Commands are shell lines that start a program, or a shell, with the variables; of ByEnvironment alone.
	Commands []string
	// Proofs are what programs that use the store made of a real handshake, one for each; none before they were asked.
	Proofs []Proof
}

// Provable reports whether a handshake can tell anything: programs of the store should trust the CA.
func (s *Store) Provable() bool { return s.State == Trusted || s.State == ByEnvironment }

// ProofState is how a program's handshake went.
type ProofState uint8

// The states of a proof.
const (
	Untried ProofState = iota // it could not be asked, for Reason: it is not installed
	Proven                    // it accepted the certificate
	Refused                   // it did not
)

// Proof is what one program made of a handshake with a certificate of the CA.
type Proof struct {
	Program string // as people call it: "curl", "Chromium"
	Version string // short, "" where it adds nothing
	State   ProofState
	Reason  string // why not, in words; "" of one that is proven
	Fix     string // what to do then, often a command to copy
	At      time.Time
}

// Trusted counts the stores that trust the CA.
func (t *Trust) Trusted() int { return CountTrusted(t.Stores) }

// Possible counts the stores that are there.
func (t *Trust) Possible() int { return CountPossible(t.Stores) }

// CountTrusted counts the stores that trust a CA.
func CountTrusted(stores []Store) int {
	return count(stores, func(s StoreState) bool { return s == Trusted })
}

// CountPossible counts the stores that are there. What is told by variables is none.
func CountPossible(stores []Store) int {
	return count(stores, func(s StoreState) bool { return s != Absent && s != ByEnvironment })
}

func count(stores []Store, is func(StoreState) bool) (n int) {
	for _, s := range stores {
		if is(s.State) {
			n++
		}
	}
	return n
}

// Find returns the store of that name, or nil.
func (t *Trust) Find(name string) *Store {
	if i := slices.IndexFunc(t.Stores, func(s Store) bool { return s.Name == name }); i >= 0 {
		return &t.Stores[i]
	}
	return nil
}

// Appeared returns the names in New of stores that still do not trust the CA. While none does there are none: the user has
// not wanted it anywhere.
func (t *Trust) Appeared() (names []string) {
	if t.Trusted() == 0 {
		return nil
	}
	for _, name := range t.New {
		if s := t.Find(name); s != nil && s.State == NotTrusted {
			names = append(names, name)
		}
	}
	return names
}
