package trust

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestMain is also the culvert of the machines in these tests, which runs as root on their files alone: see
// [machine.culvert].
func TestMain(m *testing.M) {
	if root := os.Getenv("CULVERT_TEST_ROOT"); root != "" {
		os.Exit(elevatedForTest(root))
	}
	os.Exit(m.Run())
}

// elevatedForTest is what cmd/culvert does with the verb, on another root folder.
func elevatedForTest(root string) int {
	sys := ElevatedHost()
	sys.Root, sys.UID = root, 0
	change, err := ParseChange(slices.DeleteFunc(os.Args[2:], func(a string) bool { return a == "--json" }))
	var outcomes []Outcome
	if err == nil {
		var data []byte
		for _, file := range change.CA {
			if data, err = io.ReadAll(os.Stdin); file != "-" {
				data, err = os.ReadFile(file)
			}
		}
		if err == nil {
			outcomes, err = Elevated(context.Background(), sys, change, data)
		}
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(outcomes)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "culvert: elevated:", err)
		return 1
	}
	return 0
}

// culvert puts a culvert into the machine, which changes its files as root, whoever runs it.
func (m *machine) culvert() {
	m.t.Helper()
	self, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	m.script("/usr/bin/culvert", `CULVERT_TEST_ROOT="$R" exec '`+self+`' "$@"`)
	m.sys.Culvert = filepath.Join(m.root, "usr/bin/culvert")
}
