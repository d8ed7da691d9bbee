package main

import (
	"strings"
	"testing"
)

func TestATableKeepsItsColumnsBelowAShortRow(t *testing.T) {
	var b strings.Builder
	if err := printTable(&b, [][]string{{"ROUTE", "LEADS TO", "STATE"}, {"/", "./web"}, {"/ws", "ws://127.0.0.1:8083", "up"}}); err != nil {
		t.Fatal(err)
	}
	const want = "" +
		"ROUTE  LEADS TO             STATE\n" +
		"/      ./web\n" +
		"/ws    ws://127.0.0.1:8083  up\n"
	if b.String() != want {
		t.Errorf("%s\nwant\n%s", b.String(), want)
	}
}
