package migration

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// steps are those by which people make a certificate of their own: a key with a password, the password taken out again,
// a request, a CA by the same key, and the certificate.
var steps = [][]string{
	{"genrsa", "-des3", "-passout", "pass:secret", "-out", "server.key.org", "2048"},
	{"rsa", "-in", "server.key.org", "-passin", "pass:secret", "-out", "server.key"},
	{"req", "-new", "-key", "server.key", "-subj", "/C=CN/ST=Shanghai/O=condata/CN=localhost", "-out", "server.csr"},
	{"req", "-new", "-x509", "-key", "server.key", "-subj", "/C=CN/CN=localhost", "-out", "ca.crt", "-days", "3650"},
	{"x509", "-req", "-days", "3650", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "server.key", "-CAcreateserial", "-out", "server.crt"},
}

// selfSigned puts server.key and server.crt into a folder, made once for all tests.
func selfSigned(t *testing.T, dir string) {
	t.Helper()
	pair, err := signed()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range pair {
		write(t, filepath.Join(dir, name), data)
	}
}

var signed = sync.OnceValues(func() (map[string]string, error) {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for _, args := range steps {
		c := exec.Command("openssl", args...)
		c.Dir = dir
		if err := c.Run(); err != nil {
			return nil, err
		}
	}
	pair := make(map[string]string)
	for _, name := range []string{"server.key", "server.crt"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		pair[name] = string(data)
	}
	return pair, nil
})
