package state

import (
	"slices"
	"testing"
)

func TestOnlyStoresThatStillDoNotTrustHaveAppeared(t *testing.T) {
	for what, c := range map[string]struct {
		trust Trust
		want  []string
	}{
		"one of several": {Trust{New: []string{"a", "b", "gone"}, Stores: []Store{
			{Name: "a", State: NotTrusted}, {Name: "b", State: Trusted}, {Name: "c", State: NotTrusted},
		}}, []string{"a"}},
		"none while nothing trusts the CA": {Trust{New: []string{"a"}, Stores: []Store{{Name: "a", State: NotTrusted}}}, nil},
	} {
		if got := c.trust.Appeared(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
}

func TestWhatIsToldByVariablesIsNoStore(t *testing.T) {
	trust := Trust{Stores: []Store{
		{State: Trusted}, {State: Cancelled}, {State: Cannot}, {State: NotTrusted}, {State: Absent}, {State: ByEnvironment},
	}}
	if trust.Trusted() != 1 || trust.Possible() != 4 {
		t.Errorf("%d of %d stores trust the CA, want 1 of 4", trust.Trusted(), trust.Possible())
	}
}
