package desktop

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDownloads(t *testing.T) {
	d := Downloads{Folder: filepath.Join(t.TempDir(), "Downloads")}
	for _, want := range []string{"chat.har", "chat-2.har", "chat-3.har"} {
		f, err := d.Create("chat.har")
		if err != nil {
			t.Fatal(err)
		}
		if got := filepath.Base(f.Name()); got != want {
			t.Errorf("created %s, want %s", got, want)
		}
		if info, err := f.Stat(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		f.Close()
	}
	for _, name := range []string{"../chat.har", "/chat.har", "", ".", ".."} {
		if f, err := d.Create(name); err == nil {
			t.Errorf("%q made %s", name, f.Name())
		}
	}
	if entries, err := os.ReadDir(d.Folder); err != nil || len(entries) != 3 {
		t.Errorf("the folder holds %d files, %v", len(entries), err)
	}
}
