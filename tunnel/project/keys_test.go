package project

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestEveryKeyOfTheExampleIsListed(t *testing.T) {
	d, err := NewDraft([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	absent := []Key{"certificate.key"}
	for _, k := range Keys() {
		key := k.Key
		if name, ok := strings.CutPrefix(string(key), "route."); ok {
			key = RouteKey(0, name)
			switch name {
			case "exact", "listen", "root", "fallback", "auth", "allow", "deny":
				key = RouteKey(1, name)
			case "redirect":
				key = RouteKey(2, name)
			}
		}
		v, ok := d.Value(key)
		if ok == slices.Contains(absent, key) {
			t.Errorf("%s: there %t", key, ok)
		}
		want := map[Type]string{
			TypeText: "string", TypeDuration: "string", TypeBool: "bool", TypeNumber: "int64",
			TypeList: "[]string", TypeMap: "map[string]string",
		}[k.Type]
		if got := fmt.Sprintf("%T", v); ok && got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}

// TestDefaultsAreWhatTheyAreSaidToBe writes each default out and looks for a difference.
func TestDefaultsAreWhatTheyAreSaidToBe(t *testing.T) {
	without, err := Parse("", []byte(head+foot))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Keys() {
		if k.Default == "" {
			continue
		}
		line := strings.TrimPrefix(string(k.Key), "route.") + " = " + strings.ReplaceAll(k.Default, "NAME", "a") + "\n"
		text, without := head+line+foot, without
		if table, name, ok := strings.Cut(string(k.Key), "."); ok && table == "cors" {
			need := head + foot + "[cors]\norigins = [\"https://localhost:1\"]\n"
			text = need + strings.Replace(line, "cors."+name, name, 1)
			if without, err = Parse("", []byte(need)); err != nil {
				t.Fatal(err)
			}
		}
		if strings.HasPrefix(string(k.Key), "route.") {
			text = head + foot + line
		}
		with, err := Parse("", []byte(text))
		if err != nil || !same(with, without) {
			t.Errorf("%s: %+v (%v)", k.Key, with, err)
		}
	}
}

func TestKeysKnowTheirRoute(t *testing.T) {
	for key, want := range map[Key]string{
		"name": "-1 name", "route[2].to": "2 route.to", "route.to": "-1 route.to", "route[x].to": "-1 route[x].to",
		"route[-1].to": "-1 route[-1].to", RouteKey(10, "set_headers"): "10 route.set_headers",
	} {
		i, listed := key.Route()
		if got := fmt.Sprint(i, " ", listed); got != want {
			t.Errorf("%s: got %s, want %s", key, got, want)
		}
	}
}
