package certs

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// workshop is a folder of certificates as their owners make them.
type workshop struct{ dir string }

func (w workshop) file(name string) string { return filepath.Join(w.dir, name) }

// openssl runs a command line of OpenSSL in which @ stands for the folder; the password is "secret1".
func (w workshop) openssl(t *testing.T, line string) {
	t.Helper()
	openssl(t, strings.Fields(strings.ReplaceAll(line, "@", w.dir+"/"))...)
}

// keytool runs a command line of Java's, likewise.
func (w workshop) keytool(t *testing.T, line string) {
	t.Helper()
	keytool(t, strings.Fields(strings.ReplaceAll(line, "@", w.dir+"/"))...)
}

// newWorkshop makes a CA, an intermediate CA, an RSA and an ECDSA certificate of that, and their keys in PEM.
func newWorkshop(t *testing.T) workshop {
	t.Helper()
	w := workshop{t.TempDir()}
	w.openssl(t, "req -x509 -newkey rsa:2048 -nodes -subj /CN=Root -days 30 -keyout @root.key -out @root.pem")
	writeTo(t, w.file("mid.ext"), "basicConstraints=critical,CA:TRUE\n")
	writeTo(t, w.file("leaf.ext"), "subjectAltName=DNS:node.test\n")
	w.openssl(t, "req -newkey rsa:2048 -nodes -subj /CN=Middle -keyout @mid.key -out @mid.csr")
	w.openssl(t, "x509 -req -in @mid.csr -CA @root.pem -CAkey @root.key -CAcreateserial -days 30 -extfile @mid.ext -out @mid.pem")
	w.openssl(t, "genrsa -out @rsa.key 2048")
	w.openssl(t, "ecparam -name prime256v1 -genkey -out @ec.key")
	for _, kind := range []string{"rsa", "ec"} {
		w.openssl(t, "req -new -key @"+kind+".key -subj /CN="+kind+" -out @leaf.csr")
		w.openssl(t, "x509 -req -in @leaf.csr -CA @mid.pem -CAkey @mid.key -CAcreateserial -days 30 -extfile @leaf.ext -out @"+kind+".pem")
		w.join(t, kind+"-chain.pem", kind+".pem", "mid.pem")
		w.join(t, kind+"-all.pem", kind+".key", kind+"-chain.pem")
	}
	return w
}

func writeTo(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// join writes files one after another.
func (w workshop) join(t *testing.T, name string, parts ...string) {
	t.Helper()
	var all []byte
	for _, part := range parts {
		data, err := os.ReadFile(w.file(part))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	writeTo(t, w.file(name), string(all))
}

// serves shakes hands with a server that has the certificate, as a client that trusts the workshop's root.
func (w workshop) serves(t *testing.T, cert *tls.Certificate) *x509.Certificate {
	t.Helper()
	pem, err := os.ReadFile(w.file("root.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	here, there := net.Pipe()
	defer here.Close()
	go func() {
		s := tls.Server(there, &tls.Config{Certificates: []tls.Certificate{*cert}})
		_ = s.Handshake() // the client says how it went
		there.Close()
	}()
	client := tls.Client(here, &tls.Config{RootCAs: roots, ServerName: "node.test"})
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	return client.ConnectionState().PeerCertificates[0]
}

func TestServersCertificatesAreReadInEveryForm(t *testing.T) {
	w := newWorkshop(t)
	w.openssl(t, "rsa -in @rsa.key -des3 -traditional -passout env:PASSWORD -out @rsa-des3.key")
	w.openssl(t, "ec -in @ec.key -aes256 -passout env:PASSWORD -out @ec-aes.key")
	w.openssl(t, "pkcs8 -topk8 -in @rsa.key -passout env:PASSWORD -out @rsa-pkcs8.key")
	w.openssl(t, "pkcs8 -topk8 -in @rsa.key -v2 des3 -v2prf hmacWithSHA1 -passout env:PASSWORD -out @rsa-pkcs8-des3.key")
	w.openssl(t, "pkcs8 -topk8 -in @ec.key -v2 aes-128-cbc -v2prf hmacWithSHA512 -iter 100000 -passout env:PASSWORD -out @ec-pkcs8.key")
	w.join(t, "rsa-all-encrypted.pem", "rsa-chain.pem", "rsa-pkcs8.key")
	w.join(t, "rsa-wrong-order.pem", "rsa.key", "mid.pem", "rsa.pem")
	for _, kind := range []string{"rsa", "ec"} {
		w.openssl(t, "pkcs12 -export -in @"+kind+"-all.pem -passout env:PASSWORD -out @"+kind+".p12")
		w.openssl(t, "pkcs12 -export -legacy -in @"+kind+"-all.pem -name "+kind+" -passout env:PASSWORD -out @"+kind+"-legacy.p12")
		w.openssl(t, "pkcs12 -export -in @"+kind+"-all.pem -name "+kind+" -passout env:PASSWORD -out @named-"+kind+".p12")
	}
	w.openssl(t, "pkcs12 -export -in @rsa-all.pem -passout pass: -out @open.p12")
	const to = "-importkeystore -noprompt -srcstoretype PKCS12 -srcstorepass secret1 -deststorepass secret1 "
	w.keytool(t, to+"-srckeystore @named-rsa.p12 -destkeystore @one.jks -deststoretype JKS")
	w.keytool(t, to+"-srckeystore @named-rsa.p12 -destkeystore @two.jks -deststoretype JKS")
	w.keytool(t, to+"-srckeystore @named-ec.p12 -destkeystore @two.jks -deststoretype JKS")
	w.keytool(t, to+"-srckeystore @named-rsa.p12 -destkeystore @default.jks")
	w.keytool(t, to+"-srckeystore @named-ec.p12 -destkeystore @two-default.jks")
	w.keytool(t, to+"-srckeystore @named-rsa.p12 -destkeystore @two-default.jks")
	w.keytool(t, "-importcert -noprompt -alias root -file @root.pem -keystore @default.jks -storepass secret1")
	w.join(t, "trusting.jks", "two-default.jks")
	w.keytool(t, "-importcert -noprompt -alias root -file @root.pem -keystore @trusting.jks -storepass secret1")

	for name, test := range map[string]struct {
		ServerFiles
		rsa bool
	}{
		"a PEM pair, RSA":                         {ServerFiles{File: "rsa-chain.pem", Key: "rsa.key"}, true},
		"a PEM pair, ECDSA":                       {ServerFiles{File: "ec-chain.pem", Key: "ec.key"}, false},
		"both in one PEM file":                    {ServerFiles{File: "rsa-all.pem"}, true},
		"both in one PEM file, ECDSA":             {ServerFiles{File: "ec-all.pem"}, false},
		"PEM whose chain begins with the CA":      {ServerFiles{File: "rsa-wrong-order.pem"}, true},
		"a key encrypted by OpenSSL 1":            {ServerFiles{File: "rsa-chain.pem", Key: "rsa-des3.key"}, true},
		"an ECDSA key encrypted by OpenSSL 1":     {ServerFiles{File: "ec-chain.pem", Key: "ec-aes.key"}, false},
		"a key encrypted by OpenSSL 3":            {ServerFiles{File: "rsa-chain.pem", Key: "rsa-pkcs8.key"}, true},
		"a key in PKCS#8 with 3DES":               {ServerFiles{File: "rsa-chain.pem", Key: "rsa-pkcs8-des3.key"}, true},
		"a key in PKCS#8 with other hashes":       {ServerFiles{File: "ec-chain.pem", Key: "ec-pkcs8.key"}, false},
		"both in one PEM file, the key encrypted": {ServerFiles{File: "rsa-all-encrypted.pem"}, true},
		"PKCS#12":                                   {ServerFiles{File: "rsa.p12"}, true},
		"PKCS#12, ECDSA":                            {ServerFiles{File: "ec.p12"}, false},
		"PKCS#12 by the number that Java gives":     {ServerFiles{File: "rsa.p12", Alias: "1"}, true},
		"PKCS#12 of old":                            {ServerFiles{File: "rsa-legacy.p12", Alias: "rsa"}, true},
		"PKCS#12 of old, ECDSA":                     {ServerFiles{File: "ec-legacy.p12"}, false},
		"PKCS#12 under an empty password":           {ServerFiles{File: "open.p12", PasswordEnv: "NONE"}, true},
		"JKS":                                       {ServerFiles{File: "one.jks"}, true},
		"JKS of two keys, by alias":                 {ServerFiles{File: "two.jks", Alias: "ec"}, false},
		"JKS of two keys, by alias in another case": {ServerFiles{File: "two.jks", Alias: "RSA"}, true},
		"a .jks file that is PKCS#12":               {ServerFiles{File: "default.jks"}, true},
		"such a file with a CA beside, by alias":    {ServerFiles{File: "default.jks", Alias: "Rsa"}, true},
		"such a file of two keys":                   {ServerFiles{File: "two-default.jks", Alias: "ec"}, false},
		"such a file of two keys, the other":        {ServerFiles{File: "two-default.jks", Alias: "RSA"}, true},
		"such a file of two keys with a CA beside":  {ServerFiles{File: "trusting.jks", Alias: "ec"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := w.in(test.ServerFiles)
			password := "secret1"
			if f.PasswordEnv == "NONE" {
				password = ""
			}
			cert, err := f.Read(password)
			if err != nil {
				t.Fatal(err)
			}
			shown := w.serves(t, cert)
			_, isRSA := shown.PublicKey.(*rsa.PublicKey)
			_, isEC := shown.PublicKey.(*ecdsa.PublicKey)
			if isRSA != test.rsa || isEC == test.rsa || !shown.Equal(cert.Leaf) {
				t.Errorf("it shows the certificate of %s", shown.Subject)
			}
		})
	}
}

// in has the files in the workshop.
func (w workshop) in(f ServerFiles) ServerFiles {
	f.File = w.file(f.File)
	if f.Key != "" {
		f.Key = w.file(f.Key)
	}
	if f.PasswordEnv == "" {
		f.PasswordEnv = "KEY_PASSWORD"
	}
	return f
}

func TestWhatIsWrongWithAServersCertificateIsSaid(t *testing.T) {
	w := newWorkshop(t)
	w.openssl(t, "rsa -in @rsa.key -des3 -traditional -passout env:PASSWORD -out @old.key")
	w.openssl(t, "pkcs8 -topk8 -in @rsa.key -passout env:PASSWORD -out @new.key")
	w.openssl(t, "pkcs8 -topk8 -in @rsa.key -scrypt -passout env:PASSWORD -out @scrypt.key")
	w.openssl(t, "pkcs8 -topk8 -in @rsa.key -v1 PBE-SHA1-3DES -passout env:PASSWORD -out @v1.key")
	w.openssl(t, "pkcs12 -export -in @rsa-all.pem -name rsa -passout env:PASSWORD -out @rsa.p12")
	w.openssl(t, "pkcs12 -export -in @ec-all.pem -name ec -passout env:PASSWORD -out @ec.p12")
	w.openssl(t, "pkcs12 -export -nokeys -in @rsa.pem -passout env:PASSWORD -out @nokey.p12")
	w.openssl(t, "pkcs12 -export -in @rsa-all.pem -nomac -certpbe NONE -keypbe AES-256-CBC -iter 2000001 -passout env:PASSWORD -out @slow.p12")
	w.openssl(t, "x509 -in @rsa.pem -outform DER -out @rsa.der")
	const to = "-importkeystore -noprompt -srcstoretype PKCS12 -srcstorepass secret1 -deststorepass secret1 "
	for _, kind := range []string{"rsa", "ec"} {
		w.keytool(t, to+"-srckeystore @"+kind+".p12 -destkeystore @two.jks -deststoretype JKS")
		w.keytool(t, to+"-srckeystore @"+kind+".p12 -destkeystore @two.p12 -deststoretype PKCS12")
	}
	w.keytool(t, to+"-srckeystore @rsa.p12 -destkeystore @other.jks -deststoretype JKS -destkeypass another")
	w.keytool(t, to+"-srckeystore @rsa.p12 -destkeystore @rsa.jceks -deststoretype JCEKS")
	w.keytool(t, "-importcert -noprompt -alias ca -file @root.pem -keystore @nokey.jks -storetype JKS -storepass secret1")
	jks, err := os.ReadFile(w.file("two.jks"))
	if err != nil {
		t.Fatal(err)
	}
	p12, err := os.ReadFile(w.file("rsa.p12"))
	if err != nil {
		t.Fatal(err)
	}
	writeTo(t, w.file("half.jks"), string(jks[:len(jks)/2]))
	writeTo(t, w.file("half.p12"), string(p12[:len(p12)/2]))
	writeTo(t, w.file("half.pem"), "-----BEGIN CERTIFICATE-----\nMIID")
	writeTo(t, w.file("empty"), "")
	writeTo(t, w.file("text"), "hello")
	writeTo(t, w.file("damaged.pem"), block("CERTIFICATE", []byte("no DER")))
	w.join(t, "twokeys.pem", "rsa-all.pem", "ec.key")

	wrong := func(what string) string { return "the password in KEY_PASSWORD does not open " + what }
	for name, test := range map[string]struct {
		ServerFiles
		password string
		want     string
	}{
		"a file that is missing":           {ServerFiles{File: "none.pem"}, "", "none.pem: there is no such file (correct its name"},
		"a key that is missing":            {ServerFiles{File: "rsa.pem", Key: "none.key"}, "", "none.key: there is no such file"},
		"a folder":                         {ServerFiles{File: "."}, "", "it is no file, but a folder"},
		"an empty file":                    {ServerFiles{File: "empty"}, "", "it is empty"},
		"another file":                     {ServerFiles{File: "text"}, "", "neither PEM nor PKCS#12 nor JKS"},
		"a certificate in DER":             {ServerFiles{File: "rsa.der"}, "", "openssl x509 -inform DER"},
		"a certificate without its key":    {ServerFiles{File: "rsa.pem"}, "", "without its key (name the key's file as key"},
		"a key of another certificate":     {ServerFiles{File: "rsa.pem", Key: "ec.key"}, "", `not that of the certificate of "node.test"`},
		"a key file without a key":         {ServerFiles{File: "rsa.pem", Key: "mid.pem"}, "", "mid.pem: it is no private key in PEM"},
		"a key alone":                      {ServerFiles{File: "rsa.key"}, "", "PEM without a certificate"},
		"two keys in PEM":                  {ServerFiles{File: "twokeys.pem"}, "", "it has 2 private keys"},
		"a damaged PEM certificate":        {ServerFiles{File: "damaged.pem"}, "", "certificate 1 in it is damaged"},
		"half a PEM file":                  {ServerFiles{File: "half.pem"}, "", "PEM without a certificate"},
		"an alias with PEM":                {ServerFiles{File: "rsa-all.pem", Alias: "a"}, "", "no aliases (leave alias out)"},
		"a key file with PKCS#12":          {ServerFiles{File: "rsa.p12", Key: "rsa.key"}, "secret1", "only PEM has its key in another file"},
		"no password, OpenSSL 1":           {ServerFiles{File: "rsa.pem", Key: "old.key"}, "", "the variable KEY_PASSWORD is not set"},
		"no password, OpenSSL 3":           {ServerFiles{File: "rsa.pem", Key: "new.key"}, "", "the variable KEY_PASSWORD is not set"},
		"no password, PKCS#12":             {ServerFiles{File: "rsa.p12"}, "", "the variable KEY_PASSWORD is not set"},
		"no password, JKS":                 {ServerFiles{File: "two.jks"}, "", "the variable KEY_PASSWORD is not set"},
		"a wrong password, OpenSSL 1":      {ServerFiles{File: "rsa.pem", Key: "old.key"}, "hunter22", wrong("its private key")},
		"a wrong password, OpenSSL 3":      {ServerFiles{File: "rsa.pem", Key: "new.key"}, "hunter22", wrong("its private key")},
		"a wrong password, PKCS#12":        {ServerFiles{File: "rsa.p12"}, "hunter22", wrong("the keystore")},
		"a wrong password, JKS":            {ServerFiles{File: "two.jks"}, "hunter22", wrong("the keystore")},
		"a key hashed by scrypt":           {ServerFiles{File: "rsa.pem", Key: "scrypt.key"}, "secret1", "openssl pkcs8 -topk8"},
		"a key of PKCS#5 1.5":              {ServerFiles{File: "rsa.pem", Key: "v1.key"}, "secret1", "openssl pkcs8 -topk8"},
		"two keys in JKS, no alias":        {ServerFiles{File: "two.jks"}, "secret1", `several keys: "ec", "rsa" (name one as alias)`},
		"two keys in PKCS#12, no alias":    {ServerFiles{File: "two.p12"}, "secret1", `(name one as alias)`},
		"an alias that JKS has not":        {ServerFiles{File: "two.jks", Alias: "tomcat"}, "secret1", `no key of the alias "tomcat"; there is "ec", "rsa"`},
		"an alias that PKCS#12 has not":    {ServerFiles{File: "rsa.p12", Alias: "tomcat"}, "secret1", `no key of the alias "tomcat"; there is "rsa"`},
		"a key with another password":      {ServerFiles{File: "other.jks"}, "secret1", `"rsa" has another password than the keystore (give it the same: keytool -keypasswd`},
		"JKS without a key":                {ServerFiles{File: "nokey.jks"}, "secret1", "it has no private key"},
		"PKCS#12 without a key":            {ServerFiles{File: "nokey.p12"}, "secret1", "it has no private key"},
		"a key of too many rounds":         {ServerFiles{File: "slow.p12"}, "secret1", "it asks for 2000001 rounds"},
		"a JCEKS keystore":                 {ServerFiles{File: "rsa.jceks"}, "secret1", "-deststoretype PKCS12"},
		"half a JKS file":                  {ServerFiles{File: "half.jks"}, "secret1", "a damaged JKS keystore"},
		"half a PKCS#12 file":              {ServerFiles{File: "half.p12"}, "secret1", "PKCS#12 that cannot be read"},
		"a password that nobody was asked": {ServerFiles{File: "two.jks", PasswordEnv: "-"}, "", "name the environment variable that holds it as password_env"},
	} {
		t.Run(name, func(t *testing.T) {
			f := w.in(test.ServerFiles)
			f.PasswordEnv = strings.TrimPrefix(f.PasswordEnv, "-")
			_, err := f.Read(test.password)
			switch {
			case err == nil:
				t.Fatal("it was read")
			case !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), w.dir):
				t.Errorf("%v\nwant %s", err, test.want)
			case test.password != "" && strings.Contains(err.Error(), test.password):
				t.Errorf("it tells the password: %v", err)
			}
		})
	}
}

// FuzzServerFile reads what may be in a file. What it says is of no matter: it must come to an end, without a panic and
// without much memory.
func FuzzServerFile(f *testing.F) {
	ca := newTestCA(f)
	leaf, err := ca.Leaf([]string{"localhost"}, ca.cert.NotBefore)
	if err != nil {
		f.Fatal(err)
	}
	chain, key, err := EncodePair(leaf)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(bytes.Clone(chain), key...), "secret1", "")
	for _, encode := range []func(*tls.Certificate, string) ([]byte, error){
		EncodePKCS12, EncodeLegacyPKCS12,
		func(c *tls.Certificate, p string) ([]byte, error) { return EncodeJKS(c, "node1", p) },
	} {
		data, err := encode(leaf, "secret1")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "secret1", "")
		f.Add(data[:len(data)/2], "secret1", "node1")
	}
	f.Add([]byte(jksMagic+"\x00\x00\x00\x02\xff\xff\xff\xff\x00\x00\x00\x01\xff\xff"), "", "")
	f.Add(append(bytes.Clone(chain), encryptedPEM...), "secret1", "")
	f.Fuzz(func(t *testing.T, data []byte, password, alias string) {
		cert, err := ServerFiles{File: "f", Alias: alias}.decode(data, password)
		if (cert == nil) == (err == nil) {
			t.Errorf("a certificate: %v, and the error %v", cert != nil, err)
		}
	})
}

// encryptedPEM is an ECDSA key as openssl pkcs8 -topk8 -iter 1 encrypts it.
const encryptedPEM = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHrMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAiWQJH3AmsQbAIBATAM
BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQgYTS58O+abs4uYcuRFkT2wSBkFKY
vlhHXDkGLAoZEXcahwWxi+L75AFMCDOnk8XRUL2iWV9oYiGgtdZP7RZK6SAhEqKq
6xM5FzePd9XS/DPBRe26cNtvDozuboSUERHMOnKNDfce4POepv292stzpXtOsh+O
8pHLq49naOUmSPYMKMsGWdpJLNs2dZ+y83WlYQjPyZQqVRnwM2/66kvM7CZtWw==
-----END ENCRYPTED PRIVATE KEY-----
`
