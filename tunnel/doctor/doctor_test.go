package doctor

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/project"
)

func finds(list ...Finding) func(context.Context, *Patient) []Finding {
	return func(context.Context, *Patient) []Finding { return list }
}

func TestTheGravestComesFirstAndNamesWhoseItIs(t *testing.T) {
	list := []check{
		{"first", "a", theMachine, finds(Finding{Severity: Note, What: "1"})},
		{"second", "b", aProject, finds(Finding{Severity: Warning, What: "2"}, Finding{Severity: Error, What: "3"})},
		{"third", "c", anyProject, finds(Finding{Severity: Error, What: "4"})},
	}
	got := examine(t.Context(), patience, list, &Machine{}, []*Patient{{Name: "one", Project: &project.Project{}}, {Name: "broken"}})
	var words []string
	for _, f := range got {
		words = append(words, string(f.Severity)+" "+f.Check+" "+f.Project+" "+f.What)
		if f.Fixes == nil {
			t.Error("no fixes is null in JSON")
		}
	}
	want := []string{"error second one 3", "error third one 4", "error third broken 4", "warning second one 2", "note first  1"}
	if !slices.Equal(words, want) {
		t.Errorf("got %q", words)
	}
}

func TestACheckThatPanicsOrHangsTakesNothingFromTheOthers(t *testing.T) {
	release, ended := make(chan struct{}), make(chan struct{})
	list := []check{
		{"panics", "the moon", theMachine, func(context.Context, *Patient) []Finding { panic("no moon") }},
		{"hangs", "the sun", theMachine, func(context.Context, *Patient) []Finding {
			defer close(ended)
			<-release
			return nil
		}},
		{"waits", "the sea", theMachine, func(ctx context.Context, _ *Patient) []Finding {
			<-ctx.Done()
			return []Finding{{Severity: Note, What: "so far"}}
		}},
		{"works", "the earth", theMachine, finds(Finding{Severity: Error, What: "round"})},
	}
	got := examine(t.Context(), 10*time.Millisecond, list, &Machine{}, nil)
	close(release)
	<-ended
	if len(got) != 4 || got[0].What != "round" || got[3].What != "so far" {
		t.Fatalf("found %+v", got)
	}
	for i, want := range map[int]string{1: "it broke off: no moon", 2: "its time was up"} {
		if got[i].Severity != Warning || got[i].Evidence != want || !strings.Contains(got[i].Why, "It looks at the ") {
			t.Errorf("finding %d is %+v", i, got[i])
		}
	}
}

func TestTheReportIsAContractInJSON(t *testing.T) {
	data, err := json.Marshal(Finding{
		Check: "c", Severity: Error, What: "w", Why: "y", Fixes: []Fix{{What: "f", Action: Trust, Args: []string{"system"}}},
	})
	const want = `{"check":"c","severity":"error","what":"w","why":"y","fixes":[{"what":"f","action":"trust","args":["system"]}]}`
	if err != nil || string(data) != want {
		t.Errorf("got %s, %v", data, err)
	}
	data, _ = json.Marshal(Examine(t.Context(), &Machine{Authorities: []Authority{{NotAfter: time.Now().Add(2 * warnBefore)}}}))
	if string(data) != "[]" {
		t.Errorf("nothing found is %s", data)
	}
}

func TestEveryCheckSaysWhatItLooksAt(t *testing.T) {
	if len(Checked(true))+len(Checked(false)) != len(checks) || len(Checked(false)) < 5 {
		t.Errorf("%d and %d of %d", len(Checked(true)), len(Checked(false)), len(checks))
	}
	for _, c := range checks {
		if c.about == "" || c.find == nil || c.name == "" {
			t.Errorf("%+v", c)
		}
	}
}

// TestAHealthyProjectHasNoFindings goes through all checks with real parts.
func TestAHealthyProjectHasNoFindings(t *testing.T) {
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, echo)))
	if status := (browser{}).opens(t, w, "/ws"); status != 101 {
		t.Fatalf("status %d", status)
	}
	wantNone(t, Examine(t.Context(), w.machine, w.patient(t)))
}
