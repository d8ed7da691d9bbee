package doctor

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestTheCA(t *testing.T) {
	now := time.Now()
	ca := func(from, to time.Duration) *Machine {
		return &Machine{Authorities: []Authority{{Name: "Culvert CA 1", NotBefore: now.Add(from), NotAfter: now.Add(to)}}}
	}
	const day = 24 * time.Hour
	for name, tc := range map[string]struct {
		check    string
		machine  *Machine
		severity Severity // "" finds nothing
		what     string
		fix      string
	}{
		"missing":                           {"ca-missing", &Machine{}, Error, "no local CA", "culvert trust"},
		"is there":                          {"ca-missing", ca(-day, day), "", "", ""},
		"has expired":                       {"ca-expired", ca(-9*day, -day), Error, "Culvert CA 1 has expired", "Action:renew"},
		"has not expired":                   {"ca-expired", ca(-9*day, day), "", "", ""},
		"expires soon":                      {"ca-expiring", ca(-day, 59*day+time.Hour), Warning, "expires in 59 days", "Action:renew"},
		"expires in more than 60 days":      {"ca-expiring", ca(-day, 61*day), "", "", ""},
		"has expired, and is not expiring":  {"ca-expiring", ca(-9*day, -day), "", "", ""},
		"is not valid yet: a wrong clock":   {"clock-wrong", ca(day, 99*day), Error, "clock is wrong", "set-ntp"},
		"is valid: the clock may be right":  {"clock-wrong", ca(-day, 99*day), "", "", ""},
		"missing says nothing of the clock": {"clock-wrong", &Machine{}, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			found := findIn(t, tc.check, tc.machine)
			if tc.severity == "" {
				wantNone(t, found)
				return
			}
			wantOne(t, found, tc.severity, tc.what, "", tc.fix)
		})
	}
}

func TestAFileFromTheFutureIsAWrongClock(t *testing.T) {
	home := t.TempDir()
	m := &Machine{Home: home}
	wantNone(t, findIn(t, "clock-wrong", m))
	future := time.Now().Add(48 * time.Hour)
	if err := os.Chtimes(home, future, future); err != nil {
		t.Fatal(err)
	}
	wantOne(t, findIn(t, "clock-wrong", m), Warning, "it is behind", filepath.Base(home)+" was written at ", "set-ntp")
}

func TestEachStoreThatDoesNotTrustIsAFinding(t *testing.T) {
	m := &Machine{
		Authorities: []Authority{{Name: "CA"}},
		Stores: func(context.Context) []Store {
			return []Store{
				{Name: "system", State: StoreTrusts},
				{Name: "firefox/a b", State: StoreDistrusts, Reason: "it is not in the database"},
				{Name: "java", State: StoreAbsent},
				{Name: "chromium", State: StoreUnreadable, Reason: "certutil is not installed", Fix: "run: apt-get install libnss3-tools"},
			}
		},
	}
	found := findIn(t, "store-untrusted", m)
	if len(found) != 2 {
		t.Fatalf("found %+v", found)
	}
	wantFinding(t, found[0], Warning, "firefox/a b does not trust", "not in the database",
		"Command:culvert trust --store 'firefox/a b' Action:trust Args:[firefox/a b]")
	wantFinding(t, found[1], Warning, "chromium", "certutil is not installed", "Command:apt-get install libnss3-tools")
	m.Stores = func(context.Context) []Store { return []Store{{Name: "system", State: StoreDistrusts}} }
	if found := findIn(t, "store-untrusted", m); len(found) != 1 || found[0].Severity != Error {
		t.Errorf("with no store that trusts: %+v", found)
	}
	m.Authorities = nil
	wantNone(t, findIn(t, "store-untrusted", m))
}
