package migration

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"culvert/certs/trust/browsertest"
)

// browse starts a browser in whose home the front's CA is trusted, and nothing else is set.
func (f front) browse(t *testing.T, b browsertest.Browser, args ...string) *browsertest.Page {
	t.Helper()
	f.engine.must("trust", "--store", strings.ToLower(b.Name))
	return b.NewPage(t, []string{"HOME=" + f.engine.home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}, args...)
}

// openSocket opens a WebSocket from a page, and returns "opened", "failed", or the name of the exception.
func openSocket(page *browsertest.Page, url string) (said string) {
	page.Read(fmt.Sprintf(`new Promise(done => {
		try {
			const socket = new WebSocket(%q);
			socket.onmessage = () => done("opened");
			socket.onerror = () => done("failed");
		} catch (e) { done(e.name); }
	})`, url), &said)
	return said
}
