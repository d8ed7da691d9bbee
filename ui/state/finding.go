package state

import "errors"

// Severity is how much a finding matters.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // sockets do not open
	Warning Severity = "warning" // some do not, or will not
	Note    Severity = "note"    // worth knowing
)

// Finding is something that the doctor found between browser and backend.
type Finding struct {
	Check    string // name of the check, "backend-absent"
	Severity Severity
	What     string // one sentence
	Evidence string // what was seen, with names, addresses, times; "" for nothing more
	Why      string // why it breaks the socket
	Fixes    []Fix
}

// Fix is one way to mend what was found.
type Fix struct {
	What    string // to people
	Command string // a shell line that does it, "" for none
	Action  Action // what the app can do itself instead, "" for nothing
	Args    []string
}

// Action is something that the app can do about a finding.
type Action string

// The actions.
const (
	DoTrust    Action = "trust"    // make the stores in Args trust the CA
	DoName     Action = "name"     // have the second CA sign the names in Args, and the stores trust it
	DoHosts    Action = "hosts"    // write the names in Args into the hosts file
	DoRenew    Action = "renew"    // renew the CA
	DoEdit     Action = "edit"     // open the project's form
	DoSwitch   Action = "switch"   // switch the project on
	DoIsolated Action = "isolated" // open the project in a browser of its own
)

// ErrCancelled is what a change fails with that the user gave up when asked for the password. It is no fault.
var ErrCancelled = errors.New("cancelled")
