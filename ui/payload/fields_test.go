package payload_test

import (
	"testing"

	"culvert/ui/ink"
	"culvert/ui/payload"
)

func TestFieldsStandBelowEachOther(t *testing.T) {
	d := payload.Fields(
		payload.Section{Heading: "Request", Fields: []payload.Field{
			{Value: []byte("GET /ws HTTP/1.1")},
			{Name: "Host", Value: []byte("localhost:8443")},
			{Name: "Upgrade", Value: []byte("websocket"), Note: "required"},
			{Name: "X-A-Name-That-Is-Longer-Than-Others", Value: []byte("1")},
		}},
		payload.Section{Heading: "响应", Fields: []payload.Field{{Name: "时间", Value: []byte("2 ms"), Ink: ink.Number}, {Name: "a"}}},
	)
	equal(t, lines(d), []string{
		"Request",
		"GET /ws HTTP/1.1",
		"Host     localhost:8443",
		"Upgrade  websocket  required",
		"X-A-Name-That-Is-Longer-Than-Others  1",
		"",
		"响应",
		"时间  2 ms",
		"a     ",
	})
	if got, want := inked(d, 7), "<dim>时间  <number>2 ms"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
