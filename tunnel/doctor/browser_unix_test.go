//go:build unix

package doctor

import (
	"testing"

	"culvert/certs/trust/browsertest"
)

// The real browsers, in a home folder that knows nothing of the CA.
func TestRealBrowsersThatDoNotTrustTheCA(t *testing.T) {
	for _, b := range []browsertest.Browser{browsertest.Chromium(), browsertest.Firefox()} {
		t.Run(b.Name, func(t *testing.T) {
			w := newWard(t)
			w.serve(t, route("/ws", "ws://"+backend(t, echo)))
			page := b.NewPage(t, userOf(t.TempDir()))
			if err := page.Open("https://localhost:" + port(w.patient(t).Listen[0]) + "/"); err == nil {
				t.Fatalf("%s trusts the CA", b.Name)
			}
			w.failed(t, 1)
			wantOne(t, w.find(t, "browser-distrusts"), Error, b.Name+" does not trust the CA", "for localhost, ", "Action:trust")
		})
	}
}
