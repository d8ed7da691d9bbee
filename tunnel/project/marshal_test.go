package project

import (
	"errors"
	"reflect"
	"testing"
)

// same compares projects without where they come from.
func same(a, b *Project) bool {
	x, y := *a, *b
	x.File = y.File
	return reflect.DeepEqual(x, y)
}

func TestMarshalIsReadAsTheSameProject(t *testing.T) {
	for name, text := range map[string]string{
		"every key":     whole,
		"defaults only": head + foot,
		"odd text": "name = \"a\"\ndescription = \"quote \\\" and back\\\\slash, 中文, 🙂\"\nidle_timeout = \"1h\"\n" +
			"[[route]]\nto = [\"unix:a b%20.sock\"]\nconnect_timeout = \"0\"\nread_timeout = \"1h0m1s\"\n" +
			"[[route]]\npath = \"/a b\"\nto = [\"wss://[::1]/x%20y\"]\nset_headers = { \"X-1\" = \"a\\tb\", \"x!\" = \"\" }\n",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Parse("culvert.toml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			again, err := Parse("elsewhere/b.toml", p.Marshal())
			if err != nil {
				t.Fatalf("%v in\n%s", err, p.Marshal())
			}
			if !same(p, again) {
				t.Errorf("got  %+v\nwant %+v\nfrom\n%s", again, p, p.Marshal())
			}
		})
	}
}

func TestNewIsWrittenAsAShortFile(t *testing.T) {
	p, err := New("web-chat", "ws://127.0.0.1:8083/im", []string{"127.0.0.1:8443"})
	if err != nil {
		t.Fatal(err)
	}
	want := `name = "web-chat"
listen = ["127.0.0.1:8443"]

[[route]]
path = "/"
to = ["ws://127.0.0.1:8083/im"]
`
	if got := string(p.Marshal()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if p.File != "" {
		t.Errorf("File is %q", p.File)
	}
}

func TestNewSaysWhatIsWrongWithoutAPlace(t *testing.T) {
	_, err := New("web chat", "127.0.0.1:8083", []string{"8443"})
	want := `name: "web chat" has other characters than letters, digits, _ . and - (write name = "web-chat")
listen: "8443" is a port without an address (write "127.0.0.1:8443")
route.to: "127.0.0.1:8083" has no scheme (write for example "ws://127.0.0.1:8080"; ws wss http https unix are carried)`
	var problems Errors
	if !errors.As(err, &problems) || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
