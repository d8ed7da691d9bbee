package frames

import (
	"testing"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/words"
)

// speak makes the test's language that of a locale.
func speak(t *testing.T, locale string) {
	t.Helper()
	t.Cleanup(func() { // when the variable is as it was
		if err := words.Load(); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("LC_ALL", locale)
	if err := words.Load(); err != nil {
		t.Fatal(err)
	}
}

func TestDetailsAreInTheLanguageOfTheUserButNotTheBackendsWords(t *testing.T) {
	speak(t, "zh_CN.UTF-8")
	const text = "project web is being switched off"
	for _, c := range []struct {
		what, got, want string
	}{
		{"a refusal of the tunnel", EndDetail(&capture.End{By: capture.Tunnel, Cause: capture.ByStop, Detail: "503 Service Unavailable: " + text}), "503 Service Unavailable：项目 web 正在关闭"},
		{"a refusal of the backend", EndDetail(&capture.End{By: capture.Backend, Cause: capture.ByRefusal, Detail: text}), text},
		{"nothing", EndDetail(&capture.End{}), ""},
		{"a fault", FaultDetail(frame.TextInvalid, []byte("RFC 6455 §8.1: text is not UTF-8: byte 0xFF")), "字节 0xFF"},
		{"a fault without more", FaultDetail(frame.TextInvalid, []byte("RFC 6455 §8.1: text is not UTF-8")), ""},
		{"a fault that was let go", FaultDetail(frame.TextInvalid, nil), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
}
