package app

import (
	"context"

	"culvert/certs"
	"culvert/certs/trust/proof"
)

// Prove has the programs of the machine that read the stores of those names, or all without a name, make a handshake each
// with a certificate of the first CA, and returns what each made of it. It starts them, browsers too, and takes seconds.
func (a *Authorities) Prove(ctx context.Context, stores ...string) ([]proof.Proof, error) {
	cas, err := a.Load()
	if len(cas) == 0 {
		return nil, err
	}
	var roots []*certs.Root
	for _, ca := range cas {
		roots = append(roots, ca.Root)
	}
	return proof.Run(ctx, proof.Options{
		GetCertificate: certs.NewMinter(nil, cas...).GetCertificate,
		System:         a.system(),
		Roots:          roots,
		Stores:         stores,
		Culvert:        Command(),
		Folder:         a.folders.Runtimes(),
	}), nil
}
