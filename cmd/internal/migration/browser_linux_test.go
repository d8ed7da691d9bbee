package migration

import (
	"os"
	"testing"

	"culvert/certs/trust/browsertest"
)

// browse starts a Chromium in whose home the front's CA is trusted, and nothing else is set.
func (f front) browse(t *testing.T, args ...string) *browsertest.Page {
	t.Helper()
	f.engine.must("trust", "--store", "chromium")
	return browsertest.Chromium().NewPage(t, []string{"HOME=" + f.engine.home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}, args...)
}
