package main

import (
	"testing"

	"culvert/tunnel/control"
)

func TestTrustInTheCAIsOfNoMatterWhereAllBringTheirOwnCertificate(t *testing.T) {
	own, local := control.Project{Certificate: "ab"}, control.Project{}
	for name, tc := range map[string]struct {
		projects []control.Project
		want     bool
	}{
		"nothing is on yet":         {nil, true},
		"one brings its own":        {[]control.Project{own}, false},
		"one of two brings its own": {[]control.Project{own, local}, true},
	} {
		if got := showsCA(tc.projects); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
