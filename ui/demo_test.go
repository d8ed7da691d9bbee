package ui

import (
	"testing"

	"culvert/ui/state"
)

func TestWhereTheDemoLeadsIsTranslatedWhileItIsOff(t *testing.T) {
	projects := []state.Project{
		{Name: "chat", Routes: []state.Route{{Path: "/", To: "www"}}},
		{Name: "demo", Demo: true, Routes: []state.Route{{Path: "/ws", To: "ws://127.0.0.1:1"}, {Path: "/", To: "built in"}}},
	}
	translateDemo(projects, "内置")
	for _, test := range []struct{ got, want string }{
		{projects[0].Routes[0].To, "www"},
		{projects[1].Routes[0].To, "ws://127.0.0.1:1"},
		{projects[1].Routes[1].To, "内置"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}
