package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

type pane struct {
	Width float64
	Names []string
}

func openSettingsForTest(t *testing.T, f Folders) *Settings {
	t.Helper()
	s := OpenSettings(f)
	t.Cleanup(s.Close)
	return s
}

func TestSettingsComeBackAtTheNextStart(t *testing.T) {
	f := foldersForTest(t)
	s := openSettingsForTest(t, f)
	want := pane{Width: 320.5, Names: []string{"聊天"}}
	s.Set("pane", want)
	s.Set("theme", "dark")
	s.Set("gone", 1)
	s.Set("gone", nil)
	s.Close()
	s = openSettingsForTest(t, f)
	var got pane
	var theme string
	if !s.Get("pane", &got) || !s.Get("theme", &theme) || !reflect.DeepEqual(got, want) || theme != "dark" {
		t.Errorf("got %+v and %q", got, theme)
	}
	if s.Get("gone", new(int)) || s.Get("never", new(int)) || s.Problem() != nil {
		t.Errorf("there is more than was set, or %v", s.Problem())
	}
	info, err := os.Stat(f.settings())
	if err != nil || hasModes && info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
}

func TestAChangedSettingIsWrittenWithoutAnEnd(t *testing.T) {
	f := foldersForTest(t)
	s := openSettingsForTest(t, f)
	for i := range 100 {
		s.Set("width", i)
	}
	waitFor(t, "the file", func() bool {
		data, err := os.ReadFile(f.settings())
		return err == nil && strings.Contains(string(data), "\"width\": 99")
	})
}

func TestAValueOfAnotherShapeIsNone(t *testing.T) {
	s := openSettingsForTest(t, foldersForTest(t))
	s.Set("pane", map[string]any{"Width": 7, "Names": 3})
	got := pane{Width: 1}
	if s.Get("pane", &got) || got.Width != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestDamagedSettingsAreMovedAside(t *testing.T) {
	for name, data := range map[string]string{"cut short": `{"a":`, "a list": `[1]`, "nothing": ``, "null": `null`} {
		t.Run(name, func(t *testing.T) {
			f := foldersForTest(t)
			if err := os.MkdirAll(f.Config, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(f.settings(), []byte(data), 0o600); err != nil {
				t.Fatal(err)
			}
			s := openSettingsForTest(t, f)
			aside, err := filepath.Glob(f.settings() + ".damaged-*")
			if err != nil || len(aside) != 1 {
				t.Fatalf("moved aside: %v, %v", aside, err)
			}
			if kept, err := os.ReadFile(aside[0]); err != nil || string(kept) != data {
				t.Errorf("it holds %q, %v", kept, err)
			}
			s.Set("a", true)
			s.Close()
			if s.Problem() == nil || !strings.Contains(s.Problem().Error(), aside[0]) {
				t.Errorf("the problem is %v", s.Problem())
			}
			if !openSettingsForTest(t, f).Get("a", new(bool)) {
				t.Error("what was set since is lost")
			}
		})
	}
}

func TestSettingsThatCannotBeReadAreNotReplaced(t *testing.T) {
	f := foldersForTest(t)
	if err := os.MkdirAll(filepath.Join(f.settings(), "inner"), 0o700); err != nil { // a folder: not even root reads it
		t.Fatal(err)
	}
	s := openSettingsForTest(t, f)
	s.Set("a", 1)
	s.Close()
	if s.Problem() == nil || !s.Get("a", new(int)) {
		t.Errorf("the problem is %v", s.Problem())
	}
	if _, err := os.Stat(filepath.Join(f.settings(), "inner")); err != nil {
		t.Error(err)
	}
}

func FuzzSettings(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":{"c":[]}}`))
	f.Add([]byte(`{"a":1}x`))
	f.Add([]byte(`{"":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		folders := Folders{Config: t.TempDir()}
		if err := os.WriteFile(folders.settings(), data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := OpenSettings(folders)
		var any json.RawMessage
		s.Get("a", &any)
		s.Set("k", "v")
		s.Close()
		again := OpenSettings(folders)
		defer again.Close()
		if again.Problem() != nil || !again.Get("k", new(string)) {
			t.Errorf("after %q: %v", data, again.Problem())
		}
	})
}
