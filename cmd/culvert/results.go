package main

import (
	"errors"
	"fmt"
	"io"

	"culvert/certs/trust"
	"culvert/certs/trust/proof"
)

// verdict is an error, mended by fix, if a store that was found does not trust the CA, or if none was found.
func verdict(results []trust.Result, fix string) error {
	trusted, others := 0, 0
	for _, r := range results {
		switch r.Status.State {
		case trust.Trusted:
			trusted++
		case trust.NotTrusted, trust.Cannot, trust.Cancelled:
			others++
		}
	}
	switch {
	case others > 0:
		return fmt.Errorf("trust: the CA is trusted by %d of %d stores (%s)", trusted, trusted+others, fix)
	case trusted == 0:
		return errors.New("trust: no store was found (install a browser, start it once, and run culvert trust again)")
	}
	return nil
}

// storeResult is a store as --json prints it.
type storeResult struct {
	Store   string        `json:"store"`
	Where   string        `json:"where"`
	State   string        `json:"state"`
	Reason  string        `json:"reason,omitempty"`
	Fix     string        `json:"fix,omitempty"`
	Changed bool          `json:"changed"`
	Proofs  []proof.Proof `json:"proofs,omitempty"`
}

// printResults writes the stores, a line each, or as JSON with the proofs of each; those of the environment come last.
func printResults(out io.Writer, results []trust.Result, proofs []proof.Proof, asJSON bool) error {
	if !asJSON {
		return printTable(out, resultRows(results))
	}
	list := []storeResult{}
	for _, r := range results {
		list = append(list, storeResult{
			r.Store.Name(), r.Store.Where(), r.Status.State.String(), r.Status.Reason, r.Status.Fix, r.Changed,
			proofsOf(proofs, r.Store.Name()),
		})
	}
	if more := proofsOf(proofs, proof.Environment); len(more) > 0 {
		list = append(list, storeResult{Store: proof.Environment, Where: "culvert env", State: "by environment", Proofs: more})
	}
	return printJSON(out, list)
}

func resultRows(results []trust.Result) (rows [][]string) {
	for _, r := range results {
		words := r.Status.String()
		if r.Changed {
			words += ", now"
		}
		rows = append(rows, []string{r.Store.Name(), r.Store.Where(), words}) // the words last: they can be long
	}
	return rows
}

func proofsOf(proofs []proof.Proof, store string) (list []proof.Proof) {
	for _, p := range proofs {
		if p.Store == store {
			list = append(list, p)
		}
	}
	return list
}
