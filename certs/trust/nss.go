package trust

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"culvert/certs"
)

// nssDatabase is a folder with an NSS database (cert9.db, key4.db, pkcs11.txt), which is where Chromium and Firefox on
// Linux keep the CAs that their user added. It is read and changed with NSS's own tool, certutil.
//
// Entries are told apart by fingerprint, never by nickname: NSS gives a certificate that it has already the nickname
// of the first import, whatever the second asked for.
type nssDatabase struct {
	sys    System
	name   string
	dir    string
	reader string // the program that reads it, for messages
	make   bool   // its reader would take it from here if it were made now
}

func (d *nssDatabase) Name() string  { return d.name }
func (d *nssDatabase) Where() string { return d.dir }

// Kind tells the store in a receipt.
func (d *nssDatabase) Kind() string { return kindNSS }

// Reader is the program that reads the database, once, when it starts.
func (d *nssDatabase) Reader() string { return d.reader }

// nssEntry is a certificate in a database under one of its nicknames.
type nssEntry struct {
	nickname string
	flags    string // the trust of SSL, S/MIME and code signing, such as "C,,"
}

// trusted reports whether TLS servers with certificates of this CA are accepted: NSS's "trusted CA" for SSL.
func (e nssEntry) trusted() bool {
	ssl, _, _ := strings.Cut(e.flags, ",")
	return strings.Contains(ssl, "C")
}

func (d *nssDatabase) Check(ctx context.Context, root *certs.Root) Status {
	if !isDir(d.dir) && !d.make {
		return Status{State: Absent, Reason: "there is no folder " + d.dir}
	}
	if d.imported(root) {
		return Status{State: Trusted}
	}
	if _, err := d.certutil(); err != nil {
		return cannot(err)
	}
	if !d.exists() {
		return Status{State: NotTrusted, Reason: d.reader + " has no certificate database yet"}
	}
	entries, err := d.entries(ctx, root)
	if err != nil {
		return cannot(err)
	}
	for _, e := range entries {
		if e.trusted() {
			return Status{State: Trusted}
		}
	}
	if len(entries) > 0 {
		return Status{State: NotTrusted, Reason: "the certificate is there, but without trust"}
	}
	return Status{State: NotTrusted}
}

func (d *nssDatabase) Add(ctx context.Context, root *certs.Root) error {
	if err := d.create(ctx); err != nil {
		return err
	}
	before, err := d.entries(ctx, root)
	if err != nil {
		return err
	}
	_, err = d.retry(ctx, root.PEM(), "-A", "-t", "C,,", "-n", nickname(root), "-a", "-f", noPassword)
	if err == nil {
		return nil
	}
	// certutil puts the certificate in before it is allowed to give it trust. What was not there before goes again.
	if len(before) == 0 && isPasswordError(err) {
		err = errors.Join(err, d.Remove(ctx, root))
	}
	return d.explain(err, root)
}

func (d *nssDatabase) Remove(ctx context.Context, root *certs.Root) error {
	if !d.exists() {
		return nil
	}
	entries, err := d.entries(ctx, root)
	if errors.Is(err, exec.ErrNotFound) && d.imported(root) {
		return d.inFirefox()
	}
	if err != nil {
		return err
	}
	// Without trust, by what this certutil knows, and yet trusted: it would take out the certificate and leave the trust,
	// which Firefox then honours for the root that our servers send, and shows nowhere any more.
	if d.imported(root) && !slices.ContainsFunc(entries, nssEntry.trusted) {
		return d.inFirefox()
	}
	for _, e := range entries {
		if _, err := d.retry(ctx, nil, "-D", "-n", e.nickname, "-f", noPassword); err != nil {
			return d.explain(err, root)
		}
	}
	return nil
}

// imported reports whether the database has trust of the form that NSS writes since version 3.108: an object CKO_TRUST
// of PKCS #11 3.2 with the certificate's SHA-256. Firefox writes it when it imports a CA itself, by a policy or its
// settings; certutil from the time before neither shows nor removes it. It is looked for in the file, so that no certutil
// is needed.
func (d *nssDatabase) imported(root *certs.Root) bool {
	const limit = 64 << 20
	f, err := os.Open(filepath.Join(d.dir, "cert9.db"))
	if err != nil {
		return false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit))
	sum := sha256.Sum256(root.Certificate().Raw)
	return err == nil && sqliteHolds(data, sum[:])
}

// inFirefox is the problem of a CA that only its program can remove.
func (d *nssDatabase) inFirefox() error {
	return &Problem{
		Reason: d.reader + " imported the CA itself, in a form that this machine's certutil cannot take out whole",
		Fix:    "delete it in " + d.reader + ": Settings, Privacy & Security, View Certificates, Authorities, Culvert",
	}
}

// exists reports whether the folder has a database. certutil would make one just by looking.
func (d *nssDatabase) exists() bool { return isFile(filepath.Join(d.dir, "cert9.db")) }

// create makes an empty database without a password where there is none.
func (d *nssDatabase) create(ctx context.Context) error {
	if d.exists() {
		return nil
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return &Problem{Reason: "the certificate database cannot be made: " + err.Error(), Fix: "make its folder writable", Err: err}
	}
	_, err := d.run(ctx, nil, "-N", "--empty-password")
	return d.explain(err, nil)
}

// entries returns the root's entries in the database: none, one, or one for each nickname.
func (d *nssDatabase) entries(ctx context.Context, root *certs.Root) ([]nssEntry, error) {
	list, err := d.retry(ctx, nil, "-L")
	if err != nil {
		return nil, d.explain(err, root)
	}
	var found []nssEntry
	for _, e := range parseNSSList(string(list)) {
		// An entry that cannot be read is not ours: a nickname may hold characters that certutil does not take back.
		data, err := d.run(ctx, nil, "-L", "-n", e.nickname, "-a")
		if err == nil && holds(data, root) {
			found = append(found, e)
		}
	}
	return found, nil
}

// nssLine is a line of certutil -L: the nickname, padded, and the three kinds of trust.
var nssLine = regexp.MustCompile(`^(.*\S)\s+([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$`)

// parseNSSList reads the output of certutil -L. Its heading has no such trust column but for "SSL,S/MIME,JAR/XPI".
func parseNSSList(out string) []nssEntry {
	var entries []nssEntry
	for line := range strings.Lines(out) {
		if m := nssLine.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil {
			entries = append(entries, nssEntry{nickname: m[1], flags: m[2]})
		}
	}
	return entries
}

// holds reports whether PEM data has the root among its certificates.
func holds(data []byte, root *certs.Root) bool {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return false
		}
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil && certs.Fingerprint(cert) == root.Fingerprint() {
			return true
		}
	}
}

// nickname is what browsers list the root under. NSS reads "token:nickname", so that it must hold no colon.
func nickname(root *certs.Root) string {
	return strings.ReplaceAll(root.Certificate().Subject.CommonName, ":", " ")
}

// noPassword is a password file without a password: certutil then fails where it would otherwise ask the terminal.
const noPassword = "/dev/null"

// certutil is the tool's path, or why the databases of this user cannot be changed with it.
func (d *nssDatabase) certutil() (string, error) {
	if home := d.sys.home(); foreignTo(os.Geteuid() == 0, home) {
		return "", &Problem{Reason: home + " belongs to another user, who could not use what root writes there", Fix: "run it without sudo"}
	}
	if path := d.sys.find("certutil"); path != "" {
		return path, nil
	}
	missing := &Problem{Fix: certutilPackage(d.sys), Err: exec.ErrNotFound}
	missing.Reason = "certutil is not installed, which " + d.reader + "'s certificates are changed with; an isolated browser does without"
	if d.firefox() {
		missing.Reason = "certutil is not installed, which " + d.reader + "'s certificates are changed with; " +
			"culvert trust --store firefox-policies and an isolated browser do without"
	}
	return "", missing
}

// firefox reports whether the database is a profile of a Firefox.
func (d *nssDatabase) firefox() bool { return strings.HasPrefix(d.name, "firefox") }

// barred reports whether certutil can do nothing for this database, but its Firefox can, see [firefoxPolicies].
func barred(status Status) bool {
	return errors.Is(status.Err, exec.ErrNotFound) || isPasswordError(status.Err)
}

// certutilPackage is the command that installs certutil on this distribution.
func certutilPackage(sys System) string {
	for _, id := range sys.distribution() {
		switch id {
		case "debian", "ubuntu":
			return "run: sudo apt-get install libnss3-tools"
		case "fedora", "rhel", "centos":
			return "run: sudo dnf install nss-tools"
		case "arch":
			return "run: sudo pacman -S nss"
		case "suse", "opensuse":
			return "run: sudo zypper install mozilla-nss-tools"
		case "alpine":
			return "run: sudo apk add nss-tools"
		}
	}
	return "install the package with it: libnss3-tools, nss-tools, nss or mozilla-nss-tools"
}

func (d *nssDatabase) run(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	path, err := d.certutil()
	if err != nil {
		return nil, err
	}
	// sql: is the kind of database; older tools would otherwise make one of the kind that browsers gave up.
	args = append([]string{args[0], "-d", "sql:" + d.dir}, args[1:]...)
	return d.sys.run(ctx, Command{Path: path, Args: args, Stdin: stdin, Timeout: 30 * time.Second})
}

// retry runs certutil again while another program, most often the browser, has the database locked.
// SQLite already waits for a second or two in each run.
func (d *nssDatabase) retry(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	const attempts = 2
	for i := 1; ; i++ {
		out, err := d.run(ctx, stdin, args...)
		if err == nil || i == attempts || !d.locked() {
			return out, err
		}
	}
}

// locked reports whether another program is writing to the database at this moment.
func (d *nssDatabase) locked() bool {
	return sqliteLocked(filepath.Join(d.dir, "cert9.db")) || sqliteLocked(filepath.Join(d.dir, "key4.db"))
}

// explain puts the reason of a failed certutil in words. Its own error codes are the same for a locked,
// a damaged and a read-only database, so that the files are asked instead.
func (d *nssDatabase) explain(err error, root *certs.Root) error {
	file := filepath.Join(d.dir, "cert9.db")
	switch problem := (*Problem)(nil); {
	case err == nil:
		return nil
	case errors.As(err, &problem):
		return err
	case isPasswordError(err):
		return &Problem{
			Reason: d.reader + "'s certificates are protected by a primary password",
			Fix:    "import " + root.File() + " in its settings, under certificate authorities, or remove the password for a moment",
			Err:    err,
		}
	case d.locked():
		return &Problem{Reason: "another program is using " + file, Fix: "close " + d.reader + ", then try again", Err: err}
	case errors.Is(writable(d.dir), fs.ErrPermission):
		return &Problem{Reason: "its files may not be changed by this user", Fix: "make " + d.dir + " writable", Err: err}
	case !isSQLite(file) || said(err, "SEC_ERROR_BAD_DATABASE"):
		return &Problem{
			Reason: file + " is damaged, NSS cannot read it",
			Fix:    "close " + d.reader + " and move the file away, then try again",
			Err:    err,
		}
	}
	return &Problem{
		Reason: "certutil failed: " + err.Error(),
		Fix:    "close " + d.reader + ", then try again",
		Err:    err,
	}
}

func isPasswordError(err error) bool {
	return said(err, "SEC_ERROR_BAD_PASSWORD") || said(err, "could not authenticate to token")
}

// said reports whether the error is a command's that printed the words.
func said(err error, words string) bool {
	failed := (*CommandError)(nil)
	return errors.As(err, &failed) && strings.Contains(failed.Output, words)
}

// sqliteMagic is how every SQLite 3 database begins.
const sqliteMagic = "SQLite format 3\x00"

// isSQLite reports whether a file begins as every SQLite 3 database does.
func isSQLite(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	head := make([]byte, len(sqliteMagic))
	_, err = f.Read(head)
	return err == nil && string(head) == sqliteMagic
}

// writable opens a database's files as a writer would, and changes nothing.
func writable(dir string) error {
	for _, name := range []string{"cert9.db", "key4.db"} {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		f.Close()
	}
	return nil
}
