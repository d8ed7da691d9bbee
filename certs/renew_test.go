package certs

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// kinds make a CA of either kind and load it again.
var kinds = map[string]struct {
	create, load func(dir string) (*CA, error)
}{
	"the first CA":  {LoadOrCreate, Load},
	"the second CA": {func(dir string) (*CA, error) { return CreateNamed(dir, []string{"web.example.cn", "192.168.1.5"}) }, LoadNamed},
}

// staged is a CA with a successor that is not in use yet, in a folder that a test can put into any state.
type staged struct {
	dir       string
	old, next *CA
	load      func(dir string) (*CA, error)
}

// eachStaged runs a test on both kinds, each with a CA of today's form and one of the former.
func eachStaged(t *testing.T, test func(*testing.T, staged)) {
	for name, kind := range kinds {
		for _, age := range []string{"", ", formerly made"} {
			t.Run(name+age, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(t.TempDir(), "ca")
				old, err := kind.create(dir)
				if err != nil {
					t.Fatal(err)
				}
				if age != "" {
					forge(t, old, formerly, nil)
					if old, err = current(dir); err != nil {
						t.Fatal(err)
					}
				}
				next, err := Stage(dir, time.Now())
				if err != nil {
					t.Fatal(err)
				}
				test(t, staged{dir, old, next, kind.load})
			})
		}
	}
}

// loads checks which CA is in use.
func (s staged) loads(t *testing.T, want *CA) {
	t.Helper()
	ca, err := s.load(s.dir)
	if late := (*TimeError)(nil); former(want.cert) && errors.As(err, &late) {
		ca, err = current(s.dir)
	}
	if err != nil {
		t.Fatalf("it is not understood: %v", err)
	}
	if ca.Fingerprint() != want.Fingerprint() || !sameKey(ca, want) {
		t.Errorf("%s is in use, want %s", ca.Fingerprint(), want.Fingerprint())
	}
	if filepath.Dir(ca.File()) != s.dir {
		t.Errorf("its file is %s", ca.File())
	}
}

// sameKey compares the keys for leafs, of which a former CA has none.
func sameKey(a, b *CA) bool {
	return a.key == nil && b.key == nil || a.key != nil && b.key != nil && a.key.Equal(b.key)
}

// roots checks which certificates a store may hold.
func (s staged) roots(t *testing.T, want ...*CA) {
	t.Helper()
	list, err := Roots(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 || len(want) != len(list) || list[0].Fingerprint() != want[0].Fingerprint() {
		t.Fatalf("Roots gives %d certificates, want %d", len(list), len(want))
	}
	for _, ca := range want {
		if !slices.ContainsFunc(list, func(r *Root) bool { return r.Fingerprint() == ca.Fingerprint() && r.Named() == ca.Named() }) {
			t.Errorf("Roots lacks %s", ca.Fingerprint())
		}
	}
}

func TestRenewalInOneStep(t *testing.T) {
	t.Parallel()
	eachStaged(t, func(t *testing.T, s staged) {
		s.loads(t, s.old)
		s.roots(t, s.old, s.next)
		if !permittedBy(s.next.cert).equal(permittedBy(s.old.cert)) || sameKey(s.next, s.old) || s.next.Named() != s.old.Named() {
			t.Error("the successor has other names, or the same key")
		}
		if again, err := Stage(s.dir, time.Now()); err != nil || again.Fingerprint() != s.next.Fingerprint() {
			t.Errorf("staging again does not find it: %v", err)
		}
		promoted, err := Promote(s.dir)
		if err != nil || promoted.Fingerprint() != s.next.Fingerprint() || filepath.Dir(promoted.File()) != s.dir {
			t.Fatalf("promoting: %v", err)
		}
		s.loads(t, s.next)
		s.roots(t, s.next, s.old)
		if _, err := os.Stat(filepath.Join(s.dir, nextDir)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the successor's folder is still there: %v", err)
		}
		if name := filepath.Join(s.dir, "old-"+s.old.Fingerprint()[:8], "ca.pem"); !bytes.Equal(readFile(t, name), s.old.PEM()) {
			t.Errorf("%s is not the old certificate", name)
		}
		if keys := keysBelow(t, s.dir); len(keys) != 1 {
			t.Errorf("keys lie in %v", keys)
		}
		third, err := Stage(s.dir, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Promote(s.dir); err != nil {
			t.Fatal(err)
		}
		s.roots(t, third, s.next, s.old)
	})
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// keysBelow returns the files below a folder that hold a private key.
func keysBelow(t *testing.T, dir string) (names []string) {
	t.Helper()
	for name, data := range filesBelow(t, dir) {
		if strings.Contains(data, "PRIVATE KEY") {
			names = append(names, name)
		}
	}
	return names
}

func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files[name] = string(readFile(t, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCrashDuringRenewal(t *testing.T) {
	t.Parallel()
	keepOld := func(t *testing.T, s staged) {
		if err := s.old.home.keep(s.old.Root); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name     string
		crash    func(t *testing.T, s staged) // leaves the state
		promoted bool                         // the new CA is in use
		lost     bool                         // the successor is, and another has to be made
	}{
		{"while the successor's key was written", func(t *testing.T, s staged) {
			write(keyFile, "-----BEGIN PRIVATE KEY-----\nMIGH")(t, filepath.Join(s.dir, nextDir))
			remove(issuerFile, certFile)(t, filepath.Join(s.dir, nextDir))
		}, false, true},
		{"before the successor's issuer was written", func(t *testing.T, s staged) {
			remove(issuerFile, certFile)(t, filepath.Join(s.dir, nextDir))
		}, false, true},
		{"before the successor's root was written", func(t *testing.T, s staged) {
			remove(certFile)(t, filepath.Join(s.dir, nextDir))
		}, false, true},
		{"once a successor's key was discarded", func(t *testing.T, s staged) {
			remove(keyFile)(t, filepath.Join(s.dir, nextDir))
		}, false, true},
		{"once a successor's key and issuer were discarded", func(t *testing.T, s staged) {
			remove(keyFile, issuerFile)(t, filepath.Join(s.dir, nextDir))
		}, false, true},
		{"once what was made of a successor without its root was half discarded", func(t *testing.T, s staged) {
			remove(keyFile, certFile)(t, filepath.Join(s.dir, nextDir))
		}, false, true},
		{"once it was staged", func(*testing.T, staged) {}, false, false},
		{"while the old certificate was being kept", func(t *testing.T, s staged) {
			write(certFile+".123", "-----BEGIN")(t, mkdir(t, s.old.home.old(s.old.Root).dir))
		}, false, false},
		{"before the key was moved", keepOld, false, false},
		{"between key and issuer", func(t *testing.T, s staged) {
			keepOld(t, s)
			moveNext(t, s, keyFile)
		}, true, false},
		{"between issuer and root", func(t *testing.T, s staged) {
			keepOld(t, s)
			moveNext(t, s, keyFile)
			moveNext(t, s, issuerFile)
		}, true, false},
		{"before the successor's folder was removed", func(t *testing.T, s staged) {
			keepOld(t, s)
			moveNext(t, s, keyFile)
			moveNext(t, s, issuerFile)
			moveNext(t, s, certFile)
		}, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eachStaged(t, func(t *testing.T, s staged) {
				tt.crash(t, s)
				if tt.promoted {
					s.loads(t, s.next)
					s.roots(t, s.next, s.old)
					return
				}
				s.loads(t, s.old)
				trusted := []*CA{s.old}
				if exists, _ := exists(s.next.File()); exists {
					trusted = append(trusted, s.next) // perhaps by a store, also if it is never used
				}
				s.roots(t, trusted...)
				next, err := Stage(s.dir, time.Now())
				if err != nil || (next.Fingerprint() != s.next.Fingerprint()) != tt.lost {
					t.Fatalf("staging again gives another CA, or an error: %v", err)
				}
				if _, err := Promote(s.dir); err != nil {
					t.Fatal(err)
				}
				s.loads(t, next)
				trusted = slices.DeleteFunc(trusted, func(ca *CA) bool { return ca.Fingerprint() == next.Fingerprint() })
				s.roots(t, append([]*CA{next}, trusted...)...)
				if keys := keysBelow(t, s.dir); len(keys) != 1 {
					t.Errorf("keys lie in %v", keys)
				}
			})
		})
	}
}

// moveNext does what promoting does with one of the successor's files.
func moveNext(t *testing.T, s staged, name string) {
	t.Helper()
	if err := os.Rename(filepath.Join(s.dir, nextDir, name), filepath.Join(s.dir, name)); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestInterruptedPromotionIsCompletedByWhoeverComes checks what reads the folder first after the crash.
func TestInterruptedPromotionIsCompletedByWhoeverComes(t *testing.T) {
	t.Parallel()
	readers := map[string]func(dir string) error{
		"Stage":   func(dir string) error { _, err := Stage(dir, time.Now()); return err },
		"Promote": func(dir string) error { Promote(dir); return nil }, // it says that nothing is staged
		"many at once": func(dir string) error {
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() { current(dir) })
			}
			wg.Wait()
			return nil
		},
	}
	for name, read := range readers {
		for after, moved := range map[string][]string{"the key": {keyFile}, "the issuer": {keyFile, issuerFile}} {
			t.Run(name+", after "+after, func(t *testing.T) {
				t.Parallel()
				eachStaged(t, func(t *testing.T, s staged) {
					for _, file := range moved {
						moveNext(t, s, file)
					}
					if err := read(s.dir); err != nil {
						t.Fatal(err)
					}
					s.loads(t, s.next)
				})
			})
		}
	}
}

// TestRootIsMovedLast checks the order of what completes a promotion: without its root in next/ it would be taken for done.
func TestRootIsMovedLast(t *testing.T) {
	t.Parallel()
	eachStaged(t, func(t *testing.T, s staged) {
		moveNext(t, s, keyFile)
		issuer := filepath.Join(s.dir, issuerFile)
		os.Remove(issuer) // a former CA has none
		obstacle := filepath.Join(mkdir(t, issuer), "obstacle")
		if err := os.WriteFile(obstacle, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.load(s.dir); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("with an issuer that cannot be moved: %v", err)
		}
		if root, err := ReadRoot(s.dir); err != nil || root.Fingerprint() != s.old.Fingerprint() {
			t.Errorf("the root was moved before the issuer: %v", err)
		}
		if err := os.RemoveAll(issuer); err != nil {
			t.Fatal(err)
		}
		s.loads(t, s.next)
	})
}

func TestPromotersAtOnce(t *testing.T) {
	t.Parallel()
	eachStaged(t, func(t *testing.T, s staged) {
		var wg sync.WaitGroup
		begin := make(chan struct{})
		for range 8 {
			wg.Go(func() {
				<-begin
				if ca, err := Promote(s.dir); err == nil && ca.Fingerprint() != s.next.Fingerprint() {
					t.Errorf("%s was promoted", ca.Fingerprint())
				}
			})
		}
		close(begin)
		wg.Wait()
		s.loads(t, s.next)
		s.roots(t, s.next, s.old)
	})
}

func TestSuccessorThatCannotBePromotedChangesNothing(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, next string){
		"nothing is staged": func(t *testing.T, next string) {
			if err := os.RemoveAll(next); err != nil {
				t.Fatal(err)
			}
		},
		"the key is missing":         remove(keyFile),
		"the issuer is missing":      remove(issuerFile),
		"the certificate is damaged": write(certFile, "junk"),
		"the issuer is damaged":      write(issuerFile, "junk"),
		"others can read the key":    chmodKey(0o644),
		"it is of the former kind": func(t *testing.T, next string) {
			ca, err := current(next)
			if err != nil {
				t.Fatal(err)
			}
			forge(t, ca, formerly, nil)
		},
		"it is of the other kind": func(t *testing.T, next string) {
			create := kinds["the first CA"].create
			if root, _ := ReadRoot(next); !root.Named() {
				create = kinds["the second CA"].create
			}
			if err := os.RemoveAll(next); err != nil {
				t.Fatal(err)
			}
			if _, err := create(next); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachStaged(t, func(t *testing.T, s staged) {
				next := filepath.Join(s.dir, nextDir)
				damage(t, next)
				before := filesBelow(t, s.dir)
				_, err := Promote(s.dir)
				if err == nil || !strings.Contains(err.Error(), "successor is not ready") || strings.Contains(err.Error(), "\n") {
					t.Errorf("the error is %v", err)
				}
				if after := filesBelow(t, s.dir); len(after) != len(before) {
					t.Errorf("there are %d files, and were %d", len(after), len(before))
				}
				s.loads(t, s.old)
				if _, err := Stage(s.dir, time.Now()); err != nil {
					t.Errorf("staging does not repair it: %v", err)
				}
				if _, err := Promote(s.dir); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestExpiredCAIsRenewed(t *testing.T) {
	t.Parallel()
	eachStaged(t, func(t *testing.T, s staged) {
		forge(t, s.old, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }, nil)
		if _, err := s.load(s.dir); err == nil {
			t.Fatal("an expired CA is loaded")
		}
		if _, err := Stage(s.dir, time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := Promote(s.dir); err != nil {
			t.Fatal(err)
		}
		s.loads(t, s.next)
	})
}

// TestFormerCAIsToldOfAndSignsNothing checks a folder in which the root's own key lies.
func TestFormerCAIsToldOfAndSignsNothing(t *testing.T) {
	t.Parallel()
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "ca")
			ca, err := kind.create(dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := ca.Former(); err != nil || ca.Expiring(time.Now()) {
				t.Fatalf("today's form passes for the former: %v", err)
			}
			forge(t, ca, formerly, nil)
			_, loading := kind.load(dir)
			if ca, err = current(dir); err != nil || !ca.Expiring(time.Now()) {
				t.Fatalf("it cannot be renewed: %v", err)
			}
			_, signing := ca.Leaf(ca.Names()[:1], time.Now())
			for what, err := range map[string]error{"loading": loading, "signing": signing, "asking": ca.Former()} {
				late := (*TimeError)(nil)
				if !errors.As(err, &late) || strings.Contains(err.Error(), "\n") || !strings.HasSuffix(err.Error(), "(run: culvert trust --renew)") {
					t.Errorf("%s gives %v", what, err)
				}
			}
			if !ca.Named() {
				if again, err := LoadExpired(dir); err != nil || again.Fingerprint() != ca.Fingerprint() {
					t.Errorf("LoadExpired gives %v", err)
				}
			}
		})
	}
}

func TestSuccessorThatEndsSoonIsReplaced(t *testing.T) {
	t.Parallel()
	eachStaged(t, func(t *testing.T, s staged) {
		later := s.next.Certificate().NotAfter.Add(-WarnBefore)
		again, err := Stage(s.dir, later)
		if err != nil || again.Fingerprint() == s.next.Fingerprint() {
			t.Fatalf("it is kept: %v", err)
		}
		s.roots(t, s.old, again, s.next) // a store may trust the one that was never used
	})
}

func TestRenewingWhatIsNotThere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ca")
	if _, err := Stage(dir, time.Now()); !errors.Is(err, ErrNoCA) {
		t.Errorf("Stage: %v", err)
	}
	if _, err := Promote(dir); !errors.Is(err, ErrNoCA) {
		t.Errorf("Promote: %v", err)
	}
	if list, err := Roots(dir); err != nil || len(list) != 0 {
		t.Errorf("Roots: %v, %v", list, err)
	}
}

func TestNamesAreChangedByRenewal(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ca")
	if _, err := StageNamed(dir, []string{"web.example.cn"}, time.Now()); !errors.Is(err, ErrNoCA) {
		t.Errorf("without a CA: %v", err)
	}
	old, err := CreateNamed(dir, []string{"web.example.cn"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := StageNamed(dir, append(old.Names(), "com"), time.Now()); err == nil {
		t.Error("a public suffix is taken")
	}
	// What is staged already with other names is replaced.
	same, err := Stage(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	more, err := StageNamed(dir, append(old.Names(), "fd00::5"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := StageNamed(dir, more.Names(), time.Now()); err != nil || again.Fingerprint() != more.Fingerprint() {
		t.Errorf("staging the same names again: %v", err)
	}
	if _, err := Promote(dir); err != nil {
		t.Fatal(err)
	}
	ca, err := LoadNamed(dir)
	if err != nil || strings.Join(ca.Names(), " ") != "web.example.cn fd00::5" {
		t.Fatalf("the names are %v (%v)", ca.Names(), err)
	}
	s := staged{dir: dir}
	s.roots(t, more, old, same)
	if err := Forget(dir, old.Root); err != nil {
		t.Fatal(err)
	}
	if err := Forget(dir, ca.Root); err != nil {
		t.Fatal(err)
	}
	s.roots(t, more, same)
	if _, err := StageNamed(filepath.Dir(newTestCA(t).File()), []string{"web.example.cn"}, time.Now()); err == nil {
		t.Error("the first CA gets other names")
	}
}

func TestExpiringFrom60DaysOn(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	end := ca.Certificate().NotAfter
	for days, want := range map[int]bool{-1: true, 0: true, 59: true, 60: true, 61: false, 3650: false} {
		if got := ca.Expiring(end.AddDate(0, 0, -days)); got != want {
			t.Errorf("%d days before its end: %v", days, got)
		}
	}
}
