package trust

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// somePolicies are an administrator's, written by hand.
const somePolicies = `{
	"policies": {
		"DisableTelemetry": true,
		"Certificates": {"ImportEnterpriseRoots":true,
			"Install": [
				"company.crt", "/etc/ssl/other.pem"
			]
		},
		"Homepage": { "URL": "https://intranet.test/\u00fc" }
	}
}
`

func TestPoliciesKeepEveryOtherByte(t *testing.T) {
	t.Parallel()
	const file = "/etc/firefox/policies/culvert.crt"
	tests := []struct {
		name   string
		before string
		with   string
		after  string // "" for before
	}{
		{"no file", "", string(newPolicyFile(file)), ""},
		{
			"a list over several lines", somePolicies,
			strings.Replace(somePolicies, `"/etc/ssl/other.pem"`, "\"/etc/ssl/other.pem\",\n\t\t\t\t\""+file+`"`, 1), "",
		},
		{"a list in one line", `{"policies":{"Certificates":{"Install":["a"]}}}`, `{"policies":{"Certificates":{"Install":["a","` + file + `"]}}}`, ""},
		{
			"a policy without a list", `{"policies": {"Certificates": {"ImportEnterpriseRoots": true}}}`,
			`{"policies": {"Certificates": {"ImportEnterpriseRoots": true,"Install": ["` + file + `"]}}}`, "",
		},
		{
			"other policies", "{\n  \"policies\": {\n    \"DisableTelemetry\": true\n  }\n}",
			"{\n  \"policies\": {\n    \"DisableTelemetry\": true,\n    \"Certificates\": {\"Install\": [\"" + file + "\"]}\n  }\n}", "",
		},
		{"no policies", `{"policies":{}}`, `{"policies":{"Certificates": {"Install": ["` + file + `"]}}}`, ""},
		{"an empty object", `{ }`, `{"policies": {"Certificates": {"Install": ["` + file + `"]}} }`, `{"policies": {} }`},
		{"an empty list", `{"policies":{"Certificates":{"Install":[ ]}}}`, `{"policies":{"Certificates":{"Install":["` + file + `" ]}}}`, `{"policies":{}}`},
		{
			"a name that comes twice", `{"policies":{"A":1},"policies":{"B":2}}`,
			`{"policies":{"A":1},"policies":{"B":2,"Certificates": {"Install": ["` + file + `"]}}}`, "",
		},
		{"another CA of ours", string(newPolicyFile("/x.crt")), string(newPolicyFile("/x.crt", file)), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			with, err := policyFile(tt.before).with(file)
			if err != nil || string(with) != tt.with {
				t.Fatalf("with the file it is %v\n%s\nwant\n%s", err, with, tt.with)
			}
			if again, err := with.with(file); err != nil || string(again) != tt.with {
				t.Errorf("added again it is %v\n%s", err, again)
			}
			after, err := with.without(func(f string) bool { return f == file })
			if want := tt.after; err != nil || string(after) != want && (want != "" || string(after) != tt.before) {
				t.Errorf("without the file it is %v\n%s", err, after)
			}
		})
	}
}

func TestPoliciesThatFirefoxCannotReadAreLeftAlone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		text string
		at   string
	}{
		{"a comma too much", "{\n  \"policies\": {\n    \"A\": 1,\n  }\n}\n", "line 4, column 3"},
		{"a comment", "{\n  // hello\n}", "line 2, column 3"},
		{"half of it", `{"policies": {"A": `, "ends too early"},
		{"more than one", "{}\n{}", "more behind the end"},
		{"no object", `["policies"]`, "line 1, column 1"},
		{"policies that are none", "{\"policies\":\n[]}", "line 2, column 1"},
		{"a list that is none", `{"policies":{"Certificates":{"Install":"a"}}}`, "column 40"},
		{"only blanks", " \n", "ends too early"},
		{"a depth without an end", strings.Repeat("[", 100_000), "nested too deeply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.script("/usr/bin/firefox", "exit 1")
			m.write("/etc/firefox/policies/policies.json", tt.text, 0o644)
			before := files(t, m.root)
			stores := []Store{findStore(t, m.sys, policiesName)}
			root := newRoot(t)
			for _, r := range append(Add(t.Context(), m.sys, stores, root), Remove(t.Context(), m.sys, stores, root)...) {
				wantStatus(t, policiesName, r.Status, Cannot, "policies.json", tt.at, "left alone", "correct it")
			}
			wantSame(t, before, files(t, m.root))
		})
	}
}

func FuzzPolicyFile(f *testing.F) {
	f.Add(somePolicies, "/a.crt")
	f.Add(`{"policies":{}}`, "")
	f.Add(` { "policies" : { "Certificates" : { "Install" : [ "a" ] , "x" : [ 1 , { } ] } } } `, "a")
	f.Fuzz(func(t *testing.T, text, file string) {
		if file = strings.ToValidUTF8(file, "?"); text == "" {
			return
		}
		before, err := policyFile(text).install()
		if err != nil || slices.Contains(before, file) {
			return
		}
		with, err := policyFile(text).with(file)
		if err != nil {
			t.Fatalf("%q with %q: %v", text, file, err)
		}
		if got, err := with.install(); err != nil || !slices.Equal(got, append(before, file)) {
			t.Fatalf("%q with %q is %q: %q, %v", text, file, with, got, err)
		}
		without, err := with.without(func(f string) bool { return f == file })
		if got, err2 := without.install(); err != nil || err2 != nil || len(without) > 0 && !slices.Equal(got, before) {
			t.Fatalf("%q without %q is %q: %q, %v", with, file, without, got, errors.Join(err, err2))
		}
		if len(before) > 0 && !reflect.DeepEqual(decoded(t, without), decoded(t, policyFile(text))) {
			t.Fatalf("%q became %q", text, without)
		}
	})
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPoliciesLeaveFoldersAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, made := range []string{"", "/etc/firefox", "/etc/firefox/policies", "/etc/firefox/defaults"} {
		t.Run("with "+made, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.script("/usr/bin/firefox", "exit 1")
			m.mkdir("/etc" + strings.TrimPrefix(made, "/etc"))
			before := folders(t, m.root)
			store, one, other := findStore(t, m.sys, policiesName), newRoot(t), newRoot(t)
			addTo(t, m.sys, store, one)
			addTo(t, m.sys, store, other)
			if info, err := os.Stat(filepath.Join(m.root, "etc/firefox/policies")); err != nil || info.Mode().Perm() != 0o755 {
				t.Errorf("users cannot look into the folder: %v, %v", info, err)
			}
			removeFrom(t, m.sys, store, one)
			removeFrom(t, m.sys, store, other)
			if after := folders(t, m.root); !slices.Equal(before, after) {
				t.Errorf("before %q, after %q", before, after)
			}
		})
	}
}

// folders lists every folder below another.
func folders(t *testing.T, root string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPoliciesOfTheDistributionAreNotHidden(t *testing.T) {
	t.Parallel()
	const file = "/usr/lib/firefox-esr/distribution/policies.json"
	m := newMachine(t)
	m.script("/usr/bin/firefox-esr", "exit 1")
	m.write(file, somePolicies, 0o644)
	store, root := findStore(t, m.sys, policiesName), newRoot(t)
	if store.Where() != filepath.Join(m.root, file) {
		t.Errorf("the store is at %s", store.Where())
	}
	before := files(t, m.root)
	addTo(t, m.sys, store, root)
	removeFrom(t, m.sys, store, root)
	wantSame(t, before, files(t, m.root))
}

func TestPolicyWhoseCertificateIsLost(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.script("/usr/bin/firefox", "exit 1")
	before := files(t, m.root)
	store, root := findStore(t, m.sys, policiesName), newRoot(t)
	addTo(t, m.sys, store, root)
	lost := filepath.Join(m.root, "etc/firefox/policies", anchorName(root)+".crt")
	if err := os.Remove(lost); err != nil {
		t.Fatal(err)
	}
	want(t, store, root, NotTrusted, lost, "missing")
	addTo(t, m.sys, store, root)
	if err := os.WriteFile(lost, newRoot(t).PEM(), 0o644); err != nil {
		t.Fatal(err)
	}
	want(t, store, root, NotTrusted, lost, "another")
	if err := store.Remove(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	wantSame(t, before, files(t, m.root))
}

func TestReadOnlyPolicies(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	f := newFirefoxPolicies(m.sys)
	status := cannot(f.explain(&fs.PathError{Op: "mkdir", Path: "/etc/firefox", Err: syscall.EROFS}))
	wantStatus(t, policiesName, status, Cannot, "read-only", "isolated browser")
	status = cannot(f.explain(&fs.PathError{Op: "open", Path: "/etc/firefox", Err: syscall.EIO}))
	wantStatus(t, policiesName, status, Cannot, "input/output error")
}

func TestPoliciesStandInForProfilesThatCertutilCannotChange(t *testing.T) {
	t.Parallel()
	profile := func(t *testing.T, certutil bool) *machine {
		m := newMachine(t)
		m.script("/usr/bin/firefox", "exit 1")
		m.tool("certutil", "libnss3-tools")
		m.database(".mozilla/firefox/x.default")
		m.writeHome(".mozilla/firefox/profiles.ini", "[Profile0]\nPath=x.default\n")
		if !certutil {
			m.removeTool("certutil")
		}
		return m
	}
	status := func(t *testing.T, results []Result, name string) Status {
		t.Helper()
		for _, r := range results {
			if r.Store.Name() == name {
				return r.Status
			}
		}
		t.Fatalf("%s is not among %v", name, results)
		return Status{}
	}
	root := newRoot(t)
	t.Run("not where it can", func(t *testing.T) {
		t.Parallel()
		m := profile(t, true)
		wantStatus(t, policiesName, status(t, Audit(t.Context(), Stores(m.sys), root), policiesName), Absent, "not needed", "--store firefox-policies")
		wantStatus(t, policiesName, status(t, Add(t.Context(), m.sys, Stores(m.sys), root), policiesName), Absent, "not needed")
		store := findStore(t, m.sys, policiesName)
		want(t, store, root, NotTrusted)
		addTo(t, m.sys, store, root)
	})
	t.Run("where there is no certutil", func(t *testing.T) {
		t.Parallel()
		m := profile(t, false)
		results := Audit(t.Context(), Stores(m.sys), root)
		wantStatus(t, policiesName, status(t, results, policiesName), NotTrusted)
		wantStatus(t, "profile", status(t, results, "firefox/x.default"), Cannot, "certutil is not installed", "--store firefox-policies", "isolated browser")
		results = Add(t.Context(), m.sys, Stores(m.sys), root)
		wantStatus(t, policiesName, status(t, results, policiesName), Trusted)
		wantStatus(t, "profile", status(t, results, "firefox/x.default"), Trusted, "by ", "policies.json")
		wantStatus(t, "profile", status(t, Audit(t.Context(), Stores(m.sys), root), "firefox/x.default"), Trusted, "policies.json")
	})
	t.Run("where there is a primary password", func(t *testing.T) {
		t.Parallel()
		m := profile(t, true)
		m.writeHome("old", "\n")
		m.writeHome("new", "correct horse\n")
		certutil(t, filepath.Join(m.home, ".mozilla/firefox/x.default"), "-W", "-f", filepath.Join(m.home, "old"), "-@", filepath.Join(m.home, "new"))
		results := Add(t.Context(), m.sys, Stores(m.sys), root)
		wantStatus(t, policiesName, status(t, results, policiesName), Trusted)
		wantStatus(t, "profile", status(t, results, "firefox/x.default"), Trusted, "by ", "primary password")
	})
	t.Run("not where the database is damaged", func(t *testing.T) {
		t.Parallel()
		m := profile(t, true)
		m.writeHome(".mozilla/firefox/x.default/cert9.db", "not a database")
		results := Add(t.Context(), m.sys, Stores(m.sys), root)
		wantStatus(t, policiesName, status(t, results, policiesName), Absent)
		addTo(t, m.sys, findStore(t, m.sys, policiesName), root)
		wantStatus(t, "profile", status(t, Audit(t.Context(), Stores(m.sys), root), "firefox/x.default"), Cannot, "damaged")
	})
	t.Run("not where Firefox is not installed", func(t *testing.T) {
		t.Parallel()
		for _, s := range Stores(newMachine(t).sys) {
			if s.Name() == policiesName {
				t.Error("there are policies of no Firefox")
			}
		}
	})
}
