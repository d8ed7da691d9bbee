package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/cmd/internal/app"
	"culvert/tunnel/control"
	"culvert/ui/state"
)

// nginxConf is a server as its administrator wrote it.
const nginxConf = `upstream websocket { server 127.0.0.1:8083; server 127.0.0.1:8093; }
server {
    listen 8084 ssl;
    server_name chat.test;
    ssl_protocols SSLv3 TLSv1;
    location / {
        proxy_pass http://websocket;
    }
}
`

// newSession is the app behind the window, without a window.
func newSession(t *testing.T) *session {
	t.Helper()
	home, err := os.MkdirTemp("", "culvert") // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	t.Setenv("CULVERT_HOME", home)
	t.Setenv("HOME", home)
	folders, err := app.FindFolders()
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(t.Context(), folders, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

// configuration writes an nginx configuration into a folder of its own.
func configuration(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "chat.conf")
	if err := os.WriteFile(path, []byte(nginxConf), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnNginxConfigurationBecomesProjects(t *testing.T) {
	c := culvert{newSession(t)}
	conf := configuration(t)
	im, err := c.Import(conf)
	if err != nil {
		t.Fatal(err)
	}
	if len(im.Projects) != 1 || im.Projects[0].Name != "chat.test" || im.Projects[0].File != filepath.Join(filepath.Dir(conf), "chat.test.toml") {
		t.Fatalf("it became %+v", im.Projects)
	}
	var told bool
	for _, n := range im.Projects[0].Notes {
		told = told || n.Kind == state.Insecure && strings.Contains(n.Directive, "ssl_protocols") && n.Places == "chat.conf:5"
	}
	if !told {
		t.Errorf("nothing is said of SSLv3: %+v", im.Projects[0].Notes)
	}
	list, err := c.s.app.Projects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if p.Name == "chat.test" && (p.State != control.Off || len(p.Routes) != 1 || len(p.Routes[0].Upstreams) != 2) {
			t.Errorf("the project is %+v, want it off with two upstreams", p)
		}
	}

	// Again: nothing is replaced, and what is there says what to do.
	before, _ := os.ReadFile(im.Projects[0].File)
	if _, err := c.Import(conf); err == nil || !strings.Contains(err.Error(), "is there already (") {
		t.Errorf("the second time: %v", err)
	}
	if after, _ := os.ReadFile(im.Projects[0].File); string(after) != string(before) || len(before) == 0 {
		t.Errorf("the file was replaced:\n%s", after)
	}
}

func TestAnImportThatFailsLeavesNoFile(t *testing.T) {
	c := culvert{newSession(t)}
	if _, err := c.AddAddress("chat.test", "ws://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	conf := configuration(t)
	if _, err := c.Import(conf); err == nil {
		t.Fatal("there are two projects of one name")
	}
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(conf), "*.toml"))
	if len(files) != 0 {
		t.Errorf("left is %q", files)
	}
}
