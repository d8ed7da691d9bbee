package frames

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"culvert/tunnel/frame"
)

// hostile is what a peer would send to whoever copies it.
var hostile = []string{
	"'; touch owned; '", "$(touch owned)", "`touch owned`", "a\nb", "\x1b[2J", "‘; calc; ’", `\'; touch owned; \'`, "!!", "%s%n", "-e",
	"</script><script>alert(1)</script>", "\u2028alert(1)", "\u202Etxt", "<!--", "${x}", "\\u0022", "\U0001F600", "\U000E0001", "",
	"a\r\nb\x00c", "//*/", "\xff\xfe",
}

// pasted runs a line as a shell would, with a websocat that gives back what it is sent, and after it its arguments.
func pasted(t testing.TB, shell, line string) (sent, args string) {
	cmd := exec.Command(shell, "-c", `websocat() { cat; printf '|%s' "$@"; }
`+line)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", line, err, out)
	}
	i := bytes.LastIndex(out, []byte("|-n|"))
	if i < 0 {
		t.Fatalf("%s: gives %q", line, out)
	}
	return string(out[:i]), string(out[i:])
}

func TestWhatIsPastedIntoAShellIsOnlySent(t *testing.T) {
	for _, shell := range []string{"sh", "bash", "zsh", "fish"} {
		if _, err := exec.LookPath(shell); err != nil || shell == "fish" { // fish has no such functions
			continue
		}
		for _, op := range []frame.Opcode{frame.Text, frame.Binary} {
			for _, h := range hostile {
				m := Message{Frame: true, Opcode: op, Payload: []byte(h), URL: "wss://localhost/" + h, Protocol: h}
				line := Copy(AsWebsocat, m)
				sent, args := pasted(t, shell, line)
				if sent != h || strings.ContainsAny(args, "'`\n\x1b") {
					t.Errorf("%s: %s sends %q with %q, want %q", shell, line, sent, args, h)
				}
			}
		}
	}
}

func FuzzWebsocat(f *testing.F) {
	for _, h := range hostile {
		f.Add([]byte(h), h, h)
	}
	f.Fuzz(func(t *testing.T, payload []byte, path, protocol string) {
		line := Copy(AsWebsocat, Message{Frame: true, Opcode: frame.Text, Payload: payload, URL: "ws://localhost/" + path, Protocol: protocol})
		words := singleQuoted(t, line)
		var want string
		if strings.Contains(line, "| base64 -d |") {
			p, err := base64.StdEncoding.DecodeString(words[1])
			want = string(p)
			if err != nil {
				t.Fatal(err)
			}
		} else {
			want = words[1]
		}
		if want != string(payload) {
			t.Errorf("%s sends %q, want %q", line, want, payload)
		}
	})
}

// singleQuoted returns the words in single quotes of a line that must be safe: outside of them there are only letters that
// no shell takes for more than they are, inside of them nothing that ends them in some shell.
func singleQuoted(t *testing.T, line string) (words []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
			if strings.ContainsAny(part, "\\\n\r‘’‚‛\x1b\x00") || !utf8.ValidString(part) {
				t.Fatalf("%q in quotes", part)
			}
			continue
		}
		for _, c := range part {
			if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -|=._", c) {
				t.Fatalf("%q outside of quotes in %s", c, line)
			}
		}
	}
	return words
}

func TestWhatIsPastedIntoAScriptIsOnlySent(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	var messages []Message
	for _, h := range hostile {
		messages = append(messages, Message{Frame: true, Opcode: frame.Text, Payload: []byte(h)})
	}
	const sink = `const out = []; const ws = { send: p => out.push(Buffer.from(p).toString("base64")) };
`
	script := sink + Copy(AsSend, messages...) + "\nconsole.log(JSON.stringify(out));\n"
	out, err := exec.Command(node, "-e", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var sent [][]byte
	if err := json.Unmarshal(out, &sent); err != nil || len(sent) != len(hostile) {
		t.Fatalf("%v: %s", err, out)
	}
	for i, h := range hostile {
		if string(sent[i]) != h {
			t.Errorf("%q is sent as %q", h, sent[i])
		}
	}
}

// A string of JavaScript as it is written here is one of JSON too, so that its reader is at hand.
func FuzzScript(f *testing.F) {
	for _, h := range hostile {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		s := appendScript(nil, []byte(text))
		var back string
		if err := json.Unmarshal(s, &back); err != nil || back != text {
			t.Errorf("%q becomes %s, which is %q, %v", text, s, back, err)
		}
		if bytes.ContainsAny(s, "<\n\r\u2028\u2029\x00") {
			t.Errorf("%s is not to be pasted into a page", s)
		}
	})
}
