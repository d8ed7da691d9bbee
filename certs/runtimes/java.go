package runtimes

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"culvert/certs"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"
)

// defaultPassword protects the trust stores that come with JVMs, and ours. It keeps nothing secret: they hold certificates
// that everybody knows.
const defaultPassword = "changeit"

const (
	storeOption    = "-Djavax.net.ssl.trustStore="
	passwordOption = "-Djavax.net.ssl.trustStorePassword="
	typeOption     = "-Djavax.net.ssl.trustStoreType="

	blanks = " \t\n\v\f\r" // what C's isspace takes for white space
)

// java prepares the JVMs' variable: a trust store that holds what the default JVM trusts, or what its user's own options
// name, and the roots. The user's other options stay.
func (p *preparation) java() error {
	options, err := splitOptions(getenv(p.env, javaOptions))
	if err != nil {
		p.omit(javaOptions, err.Error(), "mend it, no JVM can start with it")
		return nil
	}
	options = p.withoutOwn(options)
	source, password := lastOption(options, storeOption), lastOption(options, passwordOption)
	if source == "" {
		if source = javaStore(p.env); source == "" {
			if home := getenv(p.env, "JAVA_HOME"); home != "" || Look(p.env, "java") != "" {
				p.omit(javaOptions, "the trust store of the default JVM was not found", "set JAVA_HOME to the JVM's folder")
			}
			return nil
		}
		password = defaultPassword
	}
	known, err := readTrustStore(source, password)
	if err != nil {
		p.omit(javaOptions, source+" cannot be read: "+err.Error(), "name another in "+storeOption+"FILE")
		return nil
	}
	store, err := trustStore(known, p.roots)
	if err != nil {
		return err
	}
	file := filepath.Join(p.folder, "java-"+short(source)+".p12")
	if err := replace(file, store); err != nil {
		return err
	}
	for _, o := range []string{storeOption + file, passwordOption + defaultPassword, typeOption + "PKCS12"} {
		options = append(options, option{text: quoteOption(o), value: o})
	}
	p.add(javaOptions, joinOptions(options), "Java")
	return nil
}

// withoutOwn leaves out what a Set added before: the option of a trust store in our folder, with its password and type.
func (p *preparation) withoutOwn(options []option) []option {
	var kept []option
	for i := 0; i < len(options); i++ {
		store, ok := strings.CutPrefix(options[i].value, storeOption)
		if ok && filepath.Dir(store) == p.folder {
			for i+1 < len(options) && (strings.HasPrefix(options[i+1].value, passwordOption) || strings.HasPrefix(options[i+1].value, typeOption)) {
				i++
			}
			continue
		}
		kept = append(kept, options[i])
	}
	return kept
}

// option is a JVM's option, as it stands in the variable and as the JVM reads it.
type option struct{ text, value string }

// splitOptions splits JAVA_TOOL_OPTIONS as the JVM does: at white space that stands in neither kind of quotes. There is no
// escape character (JVM Tool Interface, "JAVA_TOOL_OPTIONS").
func splitOptions(s string) ([]option, error) {
	var options []option
	for {
		s = strings.TrimLeft(s, blanks)
		if s == "" {
			return options, nil
		}
		var value []byte
		quote, end := byte(0), len(s)
	scan:
		for i, c := range []byte(s) {
			switch {
			case quote != 0 && c == quote:
				quote = 0
			case quote != 0:
				value = append(value, c)
			case c == '\'' || c == '"':
				quote = c
			case strings.IndexByte(blanks, c) >= 0:
				end = i
				break scan
			default:
				value = append(value, c)
			}
		}
		if quote != 0 {
			return nil, errors.New("a quotation mark in it is not closed")
		}
		options = append(options, option{text: s[:end], value: string(value)})
		s = s[end:]
	}
}

func joinOptions(options []option) string {
	texts := make([]string, len(options))
	for i, o := range options {
		texts[i] = o.text
	}
	return strings.Join(texts, " ")
}

// quoteOption writes an option so that the JVM reads it back, whatever characters it has.
func quoteOption(value string) string {
	if !strings.ContainsAny(value, blanks+`'"`) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'"'"'`) + "'"
}

// lastOption returns what stands behind the prefix in the last option that has it: of several, the JVM takes that one.
func lastOption(options []option, prefix string) string {
	value := ""
	for _, o := range options {
		if v, ok := strings.CutPrefix(o.value, prefix); ok {
			value = v
		}
	}
	return value
}

// javaStore returns the trust store of the default JVM, the one of JAVA_HOME or else of the java in PATH; "" if there
// is none. Where there is a jssecacerts, JSSE reads it instead of cacerts (JSSE Reference Guide, "Customizing the Default
// Keystores and Truststores").
func javaStore(env []string) string {
	homes := []string{getenv(env, "JAVA_HOME")}
	if java, err := filepath.EvalSymlinks(Look(env, "java")); err == nil && java != "" {
		homes = append(homes, filepath.Dir(filepath.Dir(java)))
	}
	for _, home := range homes {
		if home == "" {
			continue
		}
		var files []string
		for _, dir := range []string{"lib/security", "jre/lib/security"} { // the second in a JDK 8
			files = append(files, filepath.Join(home, dir, "jssecacerts"), filepath.Join(home, dir, "cacerts"))
		}
		if file := firstFile(files); file != "" {
			return file
		}
	}
	return ""
}

// Look returns the path of the first of the programs that the environment's PATH has, or "".
func Look(env []string, programs ...string) string {
	for _, program := range programs {
		for _, dir := range filepath.SplitList(getenv(env, "PATH")) {
			// SECURITY: a relative entry of PATH would run whatever lies in the current folder.
			if !filepath.IsAbs(dir) {
				continue
			}
			file := filepath.Join(dir, program)
			if runtime.GOOS == "windows" {
				file += ".exe"
			}
			info, err := os.Stat(file)
			if err == nil && info.Mode().IsRegular() && (info.Mode()&0o111 != 0 || runtime.GOOS == "windows") {
				return file
			}
		}
	}
	return ""
}

// readTrustStore returns the certificates of a trust store of either form that JVMs read, JKS and PKCS#12. They are not
// looked into: a JVM also takes some that Go would not.
func readTrustStore(file, password string) ([]*x509.Certificate, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(data, []byte{0xfe, 0xed, 0xfe, 0xed}) {
		list, err := pkcs12.DecodeTrustStore(data, "") // JDK 18 and later come with one without a password
		if err != nil {
			list, err = pkcs12.DecodeTrustStore(data, password)
		}
		return list, err
	}
	store := keystore.New(keystore.WithOrderedAliases())
	if err := store.Load(bytes.NewReader(data), []byte(password)); err != nil {
		return nil, err
	}
	var list []*x509.Certificate
	for _, alias := range store.Aliases() {
		if entry, err := store.GetTrustedCertificateEntry(alias); err == nil {
			list = append(list, &x509.Certificate{Raw: entry.Certificate.Content})
		}
	}
	return list, nil
}

// trustStore returns a trust store with the certificates and the roots. The same of them make the same file, so that one
// can see that it has not changed: what is random in such a file protects nothing here. For the same reason the cipher is
// one that every Java 8 reads.
func trustStore(known []*x509.Certificate, roots []*certs.Root) ([]byte, error) {
	var entries []pkcs12.TrustStoreEntry
	there := make(map[string]bool)
	all := sha256.New()
	add := func(cert *x509.Certificate) {
		if there[string(cert.Raw)] {
			return
		}
		there[string(cert.Raw)] = true
		all.Write(cert.Raw)
		// Java takes two entries of one name for one entry.
		entries = append(entries, pkcs12.TrustStoreEntry{Cert: cert, FriendlyName: fmt.Sprintf("root-%d", len(entries))})
	}
	for _, cert := range known {
		add(cert)
	}
	for _, root := range roots {
		add(root.Certificate())
	}
	salt := rand.NewChaCha8([32]byte(all.Sum(nil)))
	return pkcs12.LegacyDES.WithRand(salt).EncodeTrustStoreEntries(entries, defaultPassword)
}
