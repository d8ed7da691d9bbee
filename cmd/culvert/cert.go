package main

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"culvert/certs"
	"culvert/cmd/internal/app"
	"culvert/tunnel/control"

	"github.com/spf13/cobra"
)

// defaultPassword is the one that Java's own tools and Tomcat assume. The file's mode is what protects the key.
const defaultPassword = "changeit"

// certOptions are the flags of cert.
type certOptions struct {
	format, out, key   string
	hosts              []string
	passwordEnv, alias string
	legacy, force      bool
}

func newCert() *cobra.Command {
	var o certOptions
	c := &cobra.Command{
		Use:   "cert [N] --format pem|p12|jks --out FILE",
		Short: "Write a certificate for a server that does its own TLS",
		Long: `Write a certificate with its key, signed by the local CA, for a server that does its own TLS: nginx, Node, Tomcat.
It names the hosts of a known project, those that --host adds, and the loopback addresses; it is valid for a year.
The file also holds the CA's certificates, its issuer's and its root's: clients need the one, and can say by the other
which CA they miss. The CA's key is never exported.

The formats: pem (certificates and key in one file, or the key in the one that --key names), p12 (PKCS#12, with
--legacy in the encryption that Java 8, Windows Server 2016 and older read), and jks (a Java keystore).
A p12 or jks has the password of the variable that --password-env names, else "changeit".`,
		Example: `  culvert cert web-chat --out web-chat.pem
  culvert cert web-chat --out web-chat.crt --key web-chat.key
  culvert cert web-chat --format jks --out node1.jks --alias node1
  KEY_PASSWORD=… culvert cert --host app.test --format p12 --out app.p12 --password-env KEY_PASSWORD`,
		Args: atMost(1, "the name of a project, or none with --host"), ValidArgsFunction: completeProject,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.check(len(args)); err != nil {
				return &usageError{c, err}
			}
			return o.export(c, args)
		},
	}
	c.Flags().StringVar(&o.format, "format", "pem", "the `format`: pem, p12 or jks")
	c.Flags().StringVar(&o.out, "out", "", "the `file` to write")
	c.Flags().StringVar(&o.key, "key", "", "with pem: the `file` of the key, instead of the certificates' own")
	c.Flags().StringArrayVar(&o.hosts, "host", nil, "a host `name` or address; may be repeated")
	c.Flags().StringVar(&o.passwordEnv, "password-env", "", "with p12 and jks: the environment `variable` that holds the password")
	c.Flags().BoolVar(&o.legacy, "legacy", false, "with p12: the encryption that old programs read")
	c.Flags().StringVar(&o.alias, "alias", "", "with jks: the `name` of the entry (default culvert)")
	c.Flags().BoolVar(&o.force, "force", false, "replace files that are there")
	return c
}

// check reports flags that do not go together.
func (o *certOptions) check(projects int) error {
	switch {
	case !slices.Contains([]string{"pem", "p12", "jks"}, o.format):
		return fmt.Errorf("--format is pem, p12 or jks, not %q", o.format)
	case o.out == "":
		return errors.New("--out is missing")
	case projects == 0 && len(o.hosts) == 0:
		return errors.New("takes the name of a project, or --host")
	case o.key != "" && o.format != "pem":
		return errors.New("--key goes with --format pem")
	case o.key == o.out:
		return errors.New("--key and --out name one file (leave --key out to have both in it)")
	case o.passwordEnv != "" && o.format == "pem":
		return errors.New("--password-env goes with --format p12 or jks")
	case o.legacy && o.format != "p12":
		return errors.New("--legacy goes with --format p12")
	case o.alias != "" && o.format != "jks":
		return errors.New("--alias goes with --format jks")
	}
	return nil
}

// export makes the certificate and writes it.
func (o *certOptions) export(c *cobra.Command, args []string) error {
	hosts, err := o.allHosts(c, args)
	if err != nil {
		return err
	}
	leaf, err := signLeaf(hosts)
	if err != nil {
		return err
	}
	files, err := o.encode(leaf, c.ErrOrStderr())
	if err != nil {
		return err
	}
	if err := o.write(files); err != nil {
		return err
	}
	names := slices.Clone(leaf.Leaf.DNSNames)
	for _, ip := range leaf.Leaf.IPAddresses {
		names = append(names, ip.String())
	}
	text := fmt.Sprintf("%s written: for %s; valid until %s",
		o.out, strings.Join(names, ", "), leaf.Leaf.NotAfter.Format(time.DateOnly))
	_, err = fmt.Fprintln(c.ErrOrStderr(), app.Printable(text))
	return err
}

// allHosts returns the hosts of the project, if one is named, and those of --host.
func (o *certOptions) allHosts(c *cobra.Command, args []string) (hosts []string, err error) {
	if len(args) == 0 {
		return o.hosts, nil
	}
	err = withProjects(c, func(p app.Projects) error {
		list, err := p.Projects(c.Context())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(p control.Project) bool { return p.Name == args[0] })
		if i < 0 {
			return fmt.Errorf("project %s: not known (culvert list shows those that are)", args[0])
		}
		hosts, err = app.Hosts(list[i])
		return err
	})
	return append(hosts, o.hosts...), err
}

// signLeaf has one of the CAs sign a leaf for all hosts. The first CA is made if there is none yet.
func signLeaf(hosts []string) (*tls.Certificate, error) {
	folders, err := app.FindFolders()
	if err != nil {
		return nil, err
	}
	cas, err := app.NewAuthorities(folders, nil).Load()
	if err != nil {
		return nil, err
	}
	signer := make(map[*certs.CA]string) // and a host that it permits
	for _, host := range hosts {
		i := slices.IndexFunc(cas, func(ca *certs.CA) bool { return ca.Permits(host) })
		if i < 0 {
			return cas[0].Leaf([]string{host}, time.Now()) // its error says why
		}
		signer[cas[i]] = host
	}
	if len(signer) > 1 {
		return nil, fmt.Errorf("cert: one CA signs %s and another one %s, so no certificate can name both "+
			"(make a file for each, with --host)", signer[cas[0]], signer[cas[1]])
	}
	for ca := range signer {
		return ca.Leaf(hosts, time.Now())
	}
	return nil, errors.New("cert: the project has no host (name one with --host)")
}

// privateFile is a file to be written.
type privateFile struct {
	name string
	data []byte
}

// encode puts the leaf into the files of the format.
func (o *certOptions) encode(leaf *tls.Certificate, notes io.Writer) ([]privateFile, error) {
	if o.format == "pem" {
		chain, key, err := certs.EncodePair(leaf)
		if o.key == "" {
			return []privateFile{{o.out, append(chain, key...)}}, err
		}
		return []privateFile{{o.key, key}, {o.out, chain}}, err
	}
	password, err := o.password(notes)
	if err != nil {
		return nil, err
	}
	var data []byte
	switch {
	case o.format == "jks":
		data, err = certs.EncodeJKS(leaf, cmp.Or(o.alias, "culvert"), password)
	case o.legacy:
		data, err = certs.EncodeLegacyPKCS12(leaf, password)
	default:
		data, err = certs.EncodePKCS12(leaf, password)
	}
	return []privateFile{{o.out, data}}, err
}

// password returns the keystore's password. One that was not asked for is told.
func (o *certOptions) password(notes io.Writer) (string, error) {
	if o.passwordEnv == "" {
		_, err := fmt.Fprintf(notes, "culvert: cert: the password is %q (--password-env VAR sets another)\n", defaultPassword)
		return defaultPassword, err
	}
	// SECURITY: a password on the command line could be read by every user of the machine.
	password, ok := os.LookupEnv(o.passwordEnv)
	if !ok {
		return "", fmt.Errorf("cert: the variable %s is not set (export it, or leave out --password-env)", o.passwordEnv)
	}
	return password, nil
}

// write writes all files, or none that was not there before.
func (o *certOptions) write(files []privateFile) error {
	write := writeNewFile
	if o.force {
		write = writeFile
	}
	for i, f := range files {
		err := write("cert", f.name, func(w io.Writer) error {
			_, err := w.Write(f.data)
			return err
		})
		if err != nil && !o.force {
			for _, written := range files[:i] {
				os.Remove(written.name)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
