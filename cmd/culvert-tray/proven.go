package main

import (
	"slices"
	"sync"

	"culvert/certs/trust/proof"
	"culvert/ui/state"
)

// proven remembers what programs made of their last handshake, for as long as the app runs. Its methods may be called from
// any goroutine; the zero value remembers nothing yet.
type proven struct {
	mu  sync.Mutex
	all []proof.Proof
}

// keep remembers proofs, in the place of earlier ones of the same programs.
func (p *proven) keep(proofs []proof.Proof) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = slices.DeleteFunc(p.all, func(old proof.Proof) bool {
		return slices.ContainsFunc(proofs, func(n proof.Proof) bool { return n.Store == old.Store && n.Program == old.Program })
	})
	p.all = append(p.all, proofs...)
}

// of returns what the programs that read a store made of it.
func (p *proven) of(store string) (list []state.Proof) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, q := range p.all {
		if q.Store == store {
			list = append(list, state.Proof{
				Program: q.Program, Version: q.Version, State: proofState(q.State), Reason: q.Reason, Fix: q.Fix, At: q.At,
			})
		}
	}
	return list
}

func proofState(s proof.State) state.ProofState {
	switch s {
	case proof.Proven:
		return state.Proven
	case proof.Refused:
		return state.Refused
	}
	return state.Untried
}
