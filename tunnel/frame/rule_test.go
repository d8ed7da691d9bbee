package frame_test

import (
	"regexp"
	"testing"

	"culvert/tunnel/frame"
)

func TestEachRuleNamesItsSectionAndSaysWhatIsWrong(t *testing.T) {
	section := regexp.MustCompile(`^RFC (6455|7692) §\d+(\.\d+)*$`)
	texts := make(map[string]bool)
	for r := frame.MaskMissing; r <= frame.CloseMissing; r++ {
		if !section.MatchString(r.Section()) {
			t.Errorf("rule %d: section %q", r, r.Section())
		}
		if len(r.String()) < 10 || len(r.String()) > 60 || texts[r.String()] {
			t.Errorf("rule %d: %q", r, r)
		}
		texts[r.String()] = true
	}
	if r := frame.Rule(0); r.Section() != "" || r.String() != "no rule" {
		t.Errorf("rule 0: %q, %q", r.Section(), r)
	}
	if r := frame.Rule(200); r.Section() != "" || r.String() != "rule 200" {
		t.Errorf("rule 200: %q, %q", r.Section(), r)
	}
}
