package tunnel

import "testing"

func makePipe(t *testing.T, _ string) {
	t.Helper()
	t.Skip("pipes are in no folder here")
}
