package welcome

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// tree makes empty files below a new folder and returns it.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, f := range files {
		f = filepath.Join(root, filepath.FromSlash(f))
		if err := os.MkdirAll(filepath.Dir(f), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestProjectFilesAreFoundWhereUsersHaveThem(t *testing.T) {
	root := tree(t,
		"mono/culvert.toml", "mono/services/chat/culvert.toml", "mono/node_modules/x/culvert.toml",
		"mono/.git/culvert.toml", "mono/a/b/c/d/culvert.toml", "mono/a/b/c/d/e/culvert.toml",
		"bare/main.go", "other/staging.toml", "notes.txt",
	)
	at := func(names ...string) (paths []string) {
		for _, n := range names {
			paths = append(paths, filepath.Join(root, filepath.FromSlash(n)))
		}
		return paths
	}
	f := find(at("bare", "mono", "other/staging.toml", "notes.txt", "gone"))
	slices.Sort(f.files)
	if want := at("mono/a/b/c/d/culvert.toml", "mono/culvert.toml", "mono/services/chat/culvert.toml", "other/staging.toml"); !slices.Equal(f.files, want) {
		t.Errorf("found %q, want %q", f.files, want)
	}
	if f.bare != at("bare")[0] {
		t.Errorf("the folder without one is %q", f.bare)
	}
	if want := at("notes.txt", "gone"); !slices.Equal(f.others, want) {
		t.Errorf("others are %q, want %q", f.others, want)
	}
}
