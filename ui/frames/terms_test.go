package frames

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"culvert/assets"
	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

func TestEveryTermIsTranslated(t *testing.T) {
	read := func(language string) map[string]string {
		p, err := assets.FS.ReadFile("translations/frames." + language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]string
		if err := json.Unmarshal(p, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	gaps := regexp.MustCompile(`{{[^}]*}}`)
	english, chinese := read("en"), read("zh-Hans")
	for key, text := range english {
		other, ok := chinese[key]
		if !ok || other == "" || !slices.Equal(gaps.FindAllString(text, -1), gaps.FindAllString(other, -1)) {
			t.Errorf("%s: %q is %q in Chinese", key, text, other)
		}
	}
	if len(english) != len(chinese) {
		t.Errorf("%d texts in English, %d in Chinese", len(english), len(chinese))
	}
	terms := newTerms()
	if s := fmt.Sprint(*terms); strings.Contains(s, "frames.") || strings.Contains(s, "{{") {
		t.Errorf("texts are missing: %s", s)
	}
	for r := frame.MaskMissing; r <= frame.CloseMissing; r++ {
		if english[fmt.Sprintf("frames.rule.%d", r)] != r.String() {
			t.Errorf("rule %d is %q here, and %q where it is found", r, english[fmt.Sprintf("frames.rule.%d", r)], r)
		}
	}
}

func TestAnEndNamesWhoseDoingItWas(t *testing.T) {
	terms := newTerms()
	for _, c := range []struct {
		end  capture.End
		want string
	}{
		{capture.End{Cause: capture.ByClose, By: capture.Client}, "closed by the client"},
		{capture.End{Cause: capture.ByRST, By: capture.Backend}, "reset by the backend, RST"},
		{capture.End{Cause: capture.ByTLSAlert, By: capture.Client}, "closed by the client, TLS alert"},
		{capture.End{Cause: capture.ByStop, By: capture.Tunnel}, "switched off"},
		{capture.End{Cause: capture.ByFIN}, "closed by one side, FIN"},
	} {
		if got := terms.ending(&c.end); got != c.want {
			t.Errorf("%+v: %s, want %s", c.end, got, c.want)
		}
	}
}
