package welcome

import (
	"net/url"
	"strings"
	"testing"
)

func TestABackendIsUnderstoodTheWayItIsTyped(t *testing.T) {
	for _, c := range []struct{ text, to, name, cause string }{
		{"8083", "ws://127.0.0.1:8083", "backend-8083", ""},
		{" :8083 ", "ws://127.0.0.1:8083", "backend-8083", ""},
		{"localhost:8083", "ws://localhost:8083", "backend-8083", ""},
		{"0.0.0.0:8083", "ws://127.0.0.1:8083", "backend-8083", ""},
		{"[::]:8083", "ws://[::1]:8083", "backend-8083", ""},
		{"*:8083", "ws://127.0.0.1:8083", "backend-8083", ""},
		{"[::1]:8083", "ws://[::1]:8083", "backend-8083", ""},
		{"127.0.0.1:8083/ws", "ws://127.0.0.1:8083", "backend-8083", ""},
		{`"WS://127.0.0.1:8083/ws?token=1#x"`, "ws://127.0.0.1:8083", "backend-8083", ""},
		{"wss://Chat.Example.test", "wss://chat.example.test", "chat", ""},
		{"https://192.168.1.20", "https://192.168.1.20", "backend", ""},
		{"http://[::1]/", "http://[::1]", "backend", ""},
		{"http://web_chat:3000", "http://web_chat:3000", "web-chat", ""},
		{"unix:/run/app/chat.sock", "unix:/run/app/chat.sock", "chat", ""},
		{"", "", "", "empty"},
		{"   ", "", "", "empty"},
		{"unix:chat.sock", "", "", "unix"},
		{"ftp://localhost:21", "", "", "scheme"},
		{"ws://user:secret@localhost:8083", "", "", "password"},
		{"localhost", "", "", "port"},
		{"127.0.0.1", "", "", "port"},
		{"::1", "", "", "port"},
		{"localhost:", "", "", "hostPort"},
		{"1:2:3x", "", "", "hostPort"},
		{"localhost:70000", "", "", "portNumber"},
		{"localhost:0", "", "", "portNumber"},
		{"localhost:http", "", "", "portNumber"},
		{"99999", "", "", "portNumber"},
		{"ws://", "", "", "host"},
		{"ws:///path", "", "", "host"},
		{"my chat:8083", "", "", "host"},
		{"聊天:8083", "", "", "host"},
		{"[fe80::1%eth0]:8083", "", "", "host"},
	} {
		a, cause := parseAddress(c.text)
		if a != (address{c.to, c.name}) || cause != c.cause {
			t.Errorf("%q is %q named %q (%s), want %q named %q (%s)", c.text, a.to, a.name, cause, c.to, c.name, c.cause)
		}
	}
}

func TestANameThatIsTakenGetsANumber(t *testing.T) {
	taken := map[string]bool{"chat": true, "chat-2": true}
	if got := free("chat", func(s string) bool { return taken[s] }); got != "chat-3" {
		t.Errorf("got %s", got)
	}
}

func TestAFoldersNameBecomesAProjectsName(t *testing.T) {
	for folder, want := range map[string]string{
		"web-chat": "web-chat", "My App (2)": "my-app-2", "聊天": "", "..": "", strings.Repeat("a", 300): strings.Repeat("a", 60),
	} {
		if got := projectName(folder); got != want {
			t.Errorf("%s became %q, want %q", folder, got, want)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"8083", "[::1]:1", "ws://a.b:1/c?d#e", "unix:/a", "a@b:1", "http://[::1%25lo]:1", "\xff:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, cause := parseAddress(text)
		if cause != "" {
			return
		}
		if a.name == "" || len(a.name) > 255 ||
			strings.Trim(a.name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("%q is named %q", text, a.name)
		}
		if strings.HasPrefix(a.to, "unix:") {
			return
		}
		if u, err := url.Parse(a.to); err != nil || u.Hostname() == "" || u.Path != "" || u.User != nil {
			t.Errorf("%q became %q (%v)", text, a.to, err)
		}
		if again, cause := parseAddress(a.to); again != a || cause != "" {
			t.Errorf("%q became %v, which became %v (%s)", text, a, again, cause)
		}
	})
}
