package trust

import (
	"bytes"
	"encoding/binary"
	"encoding/pem"
	"strings"

	keystore "github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"

	"culvert/certs"
)

// trustedEntry is a certificate in a Java keystore that is trusted, rather than one of a key's chain.
type trustedEntry struct {
	alias string // "" where it is not known
	der   []byte
}

// holders returns the aliases of the entries that are the root.
func holders(entries []trustedEntry, root *certs.Root) []string {
	var aliases []string
	for _, e := range entries {
		if bytes.Equal(e.der, root.Certificate().Raw) {
			aliases = append(aliases, e.alias)
		}
	}
	return aliases
}

// readKeystore returns the trusted entries of a keystore of either form: JKS, or PKCS#12, which Java writes since
// version 18 and reads since 8. The latter's library does not tell the aliases.
func readKeystore(data []byte, password string) ([]trustedEntry, error) {
	const jks = 0xfeedfeed
	if len(data) >= 4 && binary.BigEndian.Uint32(data) == jks {
		return readJKS(data, password)
	}
	list, err := pkcs12.DecodeTrustStore(data, password)
	if err != nil {
		list, err = pkcs12.DecodeTrustStore(data, "") // without a seal there is no password to ask for
	}
	entries := make([]trustedEntry, len(list))
	for i, cert := range list {
		entries[i].der = cert.Raw
	}
	return entries, err
}

func readJKS(data []byte, password string) ([]trustedEntry, error) {
	store := keystore.New(keystore.WithCaseExactAliases())
	if err := store.Load(bytes.NewReader(data), []byte(password)); err != nil {
		return nil, err
	}
	var entries []trustedEntry
	for _, alias := range store.Aliases() {
		if !store.IsTrustedCertificateEntry(alias) {
			continue
		}
		e, err := store.GetTrustedCertificateEntry(alias)
		if err != nil {
			return nil, err
		}
		entries = append(entries, trustedEntry{alias: alias, der: e.Certificate.Content})
	}
	return entries, nil
}

// parseKeytoolList reads the output of keytool -list -rfc in English: for each entry its alias, its kind, and
// its certificates, of which a trusted one has just one.
func parseKeytoolList(out string) []trustedEntry {
	var entries []trustedEntry
	for _, part := range strings.Split("\n"+strings.ReplaceAll(out, "\r\n", "\n"), "\nAlias name: ")[1:] {
		alias, rest, _ := strings.Cut(part, "\n")
		block, _ := pem.Decode([]byte(rest))
		if block != nil && strings.Contains(rest, "\nEntry type: trustedCertEntry\n") {
			entries = append(entries, trustedEntry{alias: alias, der: block.Bytes})
		}
	}
	return entries
}
