// Package doctor finds what keeps a WebSocket from opening, between the browser and the backend, and says what mends it.
//
// [Examine] runs every check on the machine and on each project: one function for each, in files by what they look at.
// A check reads what the tunnel recorded, looks at the machine, and asks the backend; it changes nothing. A backend is
// asked by the User-Agent "culvert doctor", directly, so that nothing of it is among what the tunnel recorded.
//
// The package knows trust stores and CAs only by what it is told of them in a [Machine].
package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Severity is how much a finding matters.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // a socket cannot open
	Warning Severity = "warning" // some sockets cannot, or will not
	Note    Severity = "note"    // it is worth knowing
)

// rank orders severities, the gravest first.
func (s Severity) rank() int { return slices.Index([]Severity{Error, Warning, Note}, s) }

// Finding is one thing that is wrong.
type Finding struct {
	Check    string   `json:"check"`              // the check's name, "backend-absent"
	Project  string   `json:"project,omitempty"`  // "" for the machine
	Severity Severity `json:"severity"`           //
	What     string   `json:"what"`               // one sentence
	Evidence string   `json:"evidence,omitempty"` // what was seen, with names, addresses, times
	Why      string   `json:"why"`                // why it breaks the socket
	Fixes    []Fix    `json:"fixes"`
}

// Fix is one way to mend it.
type Fix struct {
	What    string   `json:"what"`              // to people
	Command string   `json:"command,omitempty"` // a shell line to copy
	Action  Action   `json:"action,omitempty"`  // what the app can do itself
	Args    []string `json:"args,omitempty"`    // of the action
}

// Action is what the app can do itself.
type Action string

// The actions, with their arguments.
const (
	Trust    Action = "trust"    // put the CA into the stores of those names; none: into all
	Name     Action = "name"     // have the second CA sign those names too, and put it into all stores
	Hosts    Action = "hosts"    // write those names into the hosts file, for the loopback addresses
	Renew    Action = "renew"    // make the next CA and trust it
	Edit     Action = "edit"     // open the project file of that name in the editor
	Switch   Action = "switch"   // switch the project of that name on, again if it is
	Isolated Action = "isolated" // open the project of that name in a browser of its own that trusts the CA
)

// Patience bounds an examination.
const Patience = 10 * time.Second

// grace is how long a check may take to return when the time is up.
const grace = 500 * time.Millisecond

// Examine runs the checks on the machine and on each of the patients, which share it, and returns what they find: the
// gravest first, then in the order of the checks and of the patients. It takes [Patience] at most, or until ctx ends. A
// check that fails, or does not come to an end in time, is a finding itself, and takes nothing from the others; the
// goroutine of one that never returns is left behind.
func Examine(ctx context.Context, m *Machine, patients ...*Patient) []Finding {
	return examine(ctx, Patience, checks, m, patients)
}

// examine is Examine with those checks.
func examine(ctx context.Context, patience time.Duration, list []check, m *Machine, patients []*Patient) []Finding {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	visits := visits(list, m, patients)
	done := make(chan *visit, len(visits)) // whoever comes late is not waited for, and must not wait
	for _, v := range visits {
		go v.run(ctx, done)
	}
	waiting := make(map[*visit]bool, len(visits))
	for _, v := range visits {
		waiting[v] = true
	}
	var late <-chan time.Time
	for timeUp := ctx.Done(); len(waiting) > 0; {
		select {
		case v := <-done:
			delete(waiting, v)
			continue
		case <-timeUp:
			timeUp, late = nil, time.After(grace)
			continue
		case <-late:
		}
		break
	}
	return findings(visits, waiting)
}

// visit is one check of one patient.
type visit struct {
	check   check
	patient *Patient
	found   []Finding // once it has come to its end
}

// visits returns each check with each patient that it is for.
func visits(list []check, m *Machine, patients []*Patient) (all []*visit) {
	m.idle = len(patients) > 0
	for _, p := range patients {
		p.machine = m
		m.idle = m.idle && p.foreign()
	}
	for _, c := range list {
		if c.of == theMachine {
			all = append(all, &visit{check: c, patient: &Patient{machine: m}})
			continue
		}
		for _, p := range patients {
			if c.of == anyProject || p.Project != nil {
				all = append(all, &visit{check: c, patient: p})
			}
		}
	}
	return all
}

// run makes the visit. One that panics has found that.
func (v *visit) run(ctx context.Context, done chan<- *visit) {
	defer func() {
		if broken := recover(); broken != nil {
			v.found = []Finding{v.unfinished(fmt.Sprintf("it broke off: %v", broken))}
		}
		done <- v
	}()
	v.found = v.check.find(ctx, v.patient)
}

// unfinished is the finding that a check has come to no end.
func (v *visit) unfinished(evidence string) Finding {
	return Finding{
		Severity: Warning,
		What:     fmt.Sprintf("The check %s did not come to its end.", v.check.name),
		Evidence: evidence,
		Why:      fmt.Sprintf("It looks at %s: something may be wrong there all the same.", v.check.about),
		Fixes:    []Fix{{What: "run the doctor again"}},
	}
}

// findings puts together what the visits found, of which some are still waited for.
func findings(visits []*visit, waiting map[*visit]bool) []Finding {
	all := []Finding{}
	for _, v := range visits {
		found := []Finding(nil)
		if waiting[v] {
			found = append(found, v.unfinished("its time was up"))
		} else {
			found = v.found
		}
		for _, f := range found {
			f.Check, f.Project = v.check.name, v.patient.Name
			if f.Fixes == nil {
				f.Fixes = []Fix{}
			}
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int { return cmp.Compare(a.Severity.rank(), b.Severity.rank()) })
	return all
}

// Failed reports whether a finding is an error.
func Failed(list []Finding) bool {
	return slices.ContainsFunc(list, func(f Finding) bool { return f.Severity == Error })
}
