package trust

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"
)

// TestMain is also the processes that these tests start.
func TestMain(m *testing.M) {
	var err error
	switch root := os.Getenv("CULVERT_TEST_ROOT"); {
	case root != "":
		if err = elevatedForTest(root); err != nil {
			err = fmt.Errorf("culvert: elevated: %w", err)
		}
	case os.Getenv("CULVERT_TEST_NOBODY") != "":
		err = nobodyForTest(os.Getenv("CULVERT_TEST_NOBODY"))
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// elevatedForTest is what cmd/culvert does with the verb, on another root folder and whoever runs it: see
// [machine.culvert].
func elevatedForTest(root string) error {
	sys := ElevatedHost()
	sys.Root, sys.UID = root, 0
	change, err := ParseChange(slices.DeleteFunc(os.Args[2:], func(a string) bool { return a == "--json" }))
	if err != nil {
		return err
	}
	certificates, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	outcomes, err := Elevated(context.Background(), sys, change, certificates)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(outcomes)
}
