package trust

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestOnlyRowsThatAreThereAreFound(t *testing.T) {
	t.Parallel()
	const script = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA page_size = " + sys.argv[2])
db.execute("PRAGMA secure_delete = OFF")
db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)")
for i in range(300):
	db.execute("INSERT INTO t VALUES (?, ?, ?)", (i * 7919, b"kept-%03d" % i if i % 3 else b"gone-%03d" % i, b"x" * (i % 200)))
db.commit()
db.execute("DELETE FROM t WHERE hex(a) LIKE '676F6E65%'")
db.commit()`
	for _, size := range []string{"512", "1024", "4096", "65536"} {
		file := filepath.Join(t.TempDir(), "db")
		if out, err := exec.Command("python3", "-c", script, file, size).CombinedOutput(); err != nil {
			t.Fatalf("%v (run: apt-get install python3)\n%s", err, out)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for value, want := range map[string]bool{
			"kept-001": true, "kept-151": true, "kept-299": true, "gone-000": false, "gone-150": false, "gone-297": false,
		} {
			if got := sqliteHolds(data, []byte(value)); got != want {
				t.Errorf("pages of %s: %s is found: %v", size, value, got)
			}
		}
		if !bytes.Contains(data, []byte("gone-150")) {
			t.Errorf("pages of %s: what was deleted is wiped, so that nothing was tested", size)
		}
	}
}

func FuzzSQLiteHolds(f *testing.F) {
	page := make([]byte, 1024)
	copy(page, sqliteMagic+"\x04\x00")
	copy(page[100:], "\x0d\x00\x00\x00\x01\x03\xf0\x00\x03\xf0")
	copy(page[0x3f0:], "\x05\x01value")
	f.Add(page, []byte("value"))
	f.Fuzz(func(t *testing.T, database, value []byte) {
		if sqliteHolds(database, value) && !bytes.Contains(database, value) {
			t.Errorf("%q is found", value)
		}
	})
}
