package app

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestStateSurvivesItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "projects.json")
	want := state{
		Version:     stateVersion,
		Projects:    []entry{{Name: "chat", File: "/p/culvert.toml", On: true}, {Name: "demo", Demo: true}},
		Ports:       map[string]int{"demo": 4000},
		DemoOffered: true,
	}
	if err := want.write(path); err != nil {
		t.Fatal(err)
	}
	got, err := readState(path)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("the folder holds %v, %v, want the state file alone", files, err)
	}
}

func TestMissingStateFileIsNoProjects(t *testing.T) {
	s, err := readState(filepath.Join(t.TempDir(), "projects.json"))
	if err != nil || len(s.Projects) != 0 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestDamagedStateFileIsAnErrorWithTheFixAndStaysAsItIs(t *testing.T) {
	for name, tc := range map[string]struct{ data, want string }{
		"empty":              {``, "damaged"},
		"cut short":          {`{"version":1,"projects":[{"na`, "damaged"},
		"zeros":              {"\x00\x00\x00\x00", "damaged"},
		"two documents":      {`{"version":1,"projects":[]}{}`, "damaged"},
		"an unknown key":     {`{"version":1,"projects":[],"colour":1}`, "damaged"},
		"no version":         {`{"projects":[]}`, "version is 0"},
		"a newer version":    {`{"version":2,"shape":"other"}`, "newer culvert"},
		"a name twice":       {`{"version":1,"projects":[{"name":"a","file":"/a"},{"name":"a","file":"/b"}]}`, "twice"},
		"no name":            {`{"version":1,"projects":[{"file":"/a"}]}`, "no name"},
		"neither file":       {`{"version":1,"projects":[{"name":"a"}]}`, "needs a file"},
		"a demo with a file": {`{"version":1,"projects":[{"name":"a","file":"/a","demo":true}]}`, "needs a file"},
	} {
		t.Run(name, func(t *testing.T) {
			f := foldersForTest(t)
			if err := os.MkdirAll(f.State, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(f.state(), []byte(tc.data), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(t.Context(), Options{Folders: f})
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "move") ||
				!strings.Contains(err.Error(), f.state()) {
				t.Errorf("Open: %v", err)
			}
			if _, err := Reach(t.Context(), f); err == nil {
				t.Error("Reach took it")
			}
			if data, err := os.ReadFile(f.state()); err != nil || string(data) != tc.data {
				t.Errorf("the file now holds %q, %v", data, err)
			}
		})
	}
}

func TestStateThatCannotBeWrittenDoesNotCount(t *testing.T) {
	f := foldersForTest(t)
	// A file where the folder goes: no user, not even root, can write there.
	if err := os.WriteFile(f.State, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	k := &known{folders: f, state: state{Projects: []entry{{Name: "a", File: "/a"}}}}
	if err := k.turn(true, "a"); err == nil {
		t.Error("no error")
	}
	if k.state.Projects[0].On {
		t.Error("it is on in memory, but not in the file")
	}
}

func FuzzParseState(f *testing.F) {
	f.Add([]byte(`{"version":1,"projects":[{"name":"a","file":"/a","on":true}],"ports":{"a":1},"demo_offered":true}`))
	f.Add([]byte(`{"version":2}`))
	f.Add([]byte(`{"version":1,"projects":null} `))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseState(data)
		if err != nil {
			if strings.Contains(OneLine(err), "\n") {
				t.Errorf("error of several lines: %q", err)
			}
			return
		}
		path := filepath.Join(t.TempDir(), "s")
		if err := s.write(path); err != nil {
			t.Fatal(err)
		}
		again, err := readState(path)
		if err != nil || len(again.Projects) != len(s.Projects) {
			t.Errorf("%+v came back as %+v, %v", s, again, err)
		}
	})
}
