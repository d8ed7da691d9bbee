package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"culvert/certs/trust"

	"github.com/spf13/cobra"
)

func newElevated() *cobra.Command {
	return &cobra.Command{
		Use:    trust.ElevatedVerb + " --ca FILE [--add STORE@FINGERPRINT]…",
		Short:  "Do as root what trust and untrust cannot do as the user",
		Hidden: true, // trust and untrust run it, through sudo or pkexec
		Long: `Put a CA's certificate into stores that belong to root, or take it out, and lead host names to this machine in the
hosts file. This is the one command that trust and untrust run as root; where they cannot, they print it to be copied.

  --ca FILE                    the certificate, as PEM or in a receipt; - is standard input
  --add STORE@FINGERPRINT      the store that shall trust the certificate with this SHA-256
  --remove STORE@FINGERPRINT   the store that shall not
  --add-host NAME              lead the name to 127.0.0.1 and ::1
  --remove-host NAME           take out what --add-host wrote
  --json                       print JSON`,
		DisableFlagsInUseLine: true,
		DisableFlagParsing:    true, // the arguments are fixed, and are read by package trust alone
		RunE: func(c *cobra.Command, args []string) error {
			if slices.Contains(args, "--help") {
				return c.Help()
			}
			asJSON := slices.Contains(args, "--json")
			args = slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "--json" })
			change, err := trust.ParseChange(args)
			if err != nil {
				return &usageError{c, err}
			}
			return elevated(c.Context(), c.InOrStdin(), c.OutOrStdout(), change, asJSON)
		},
	}
}

// elevated does the change, and prints what became of each part of it.
func elevated(ctx context.Context, in io.Reader, out io.Writer, change trust.Change, asJSON bool) error {
	certificates, err := readCertificates(in, change.CA)
	if err != nil {
		return fmt.Errorf("%s: %w", trust.ElevatedVerb, err)
	}
	outcomes, err := trust.Elevated(ctx, trust.ElevatedHost(), change, certificates)
	if err != nil {
		return fmt.Errorf("%s: %w", trust.ElevatedVerb, err)
	}
	if asJSON {
		return printJSON(out, outcomes)
	}
	var rows [][]string
	failed := false
	for _, o := range outcomes {
		words := o.State
		if o.Reason != "" {
			words += ": " + o.Reason
		}
		rows = append(rows, []string{o.Store, words})
		failed = failed || o.State == trust.Cannot.String()
	}
	if err := printTable(out, rows); err != nil || !failed {
		return err
	}
	return errSilent
}

// readCertificates returns what the files hold, as PEM.
func readCertificates(in io.Reader, files []string) ([]byte, error) {
	var all []byte
	for _, file := range files {
		data, err := readLimited(in, file)
		if err != nil {
			return nil, fmt.Errorf("%w (make it readable for root)", err)
		}
		if pem, ok := trust.ReceiptCertificates(data); ok {
			data = pem
		}
		all = append(append(all, data...), '\n')
	}
	return all, nil
}

// readLimited reads a file, or standard input for "-".
//
// SECURITY: root reads here what a user named: a device without an end must not fill the memory, and of another file
// than a certificate nothing is printed.
func readLimited(in io.Reader, file string) ([]byte, error) {
	const limit = 1 << 20
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, limit))
	if err == nil && len(data) == limit {
		err = errors.New(file + ": too long for a certificate")
	}
	return data, err
}
