package main

import (
	"testing"
	"time"

	"culvert/tunnel/control"
)

func TestALoopThatDoesNotEndIsOutlasted(t *testing.T) {
	s := newSession(t)
	client := control.NewClient(s.folders.Socket())
	t.Cleanup(client.Close)
	if _, err := client.Projects(t.Context()); err != nil {
		t.Fatal(err)
	}
	timeUp := make(chan time.Time, 1)
	timeUp <- time.Now()
	status := -1
	s.outlast(timeUp, func(code int) { status = code })
	if status != 0 {
		t.Errorf("exit status %d", status)
	}
	if _, err := client.Projects(t.Context()); err == nil {
		t.Error("it exits before it is closed")
	}
}

func TestALoopThatEndsIsLeftAlone(t *testing.T) {
	s := newSession(t)
	close(s.over)
	s.outlast(nil, func(int) { t.Error("the app exits twice") })
	if err := s.ctx.Err(); err != nil {
		t.Errorf("the session is closed twice: %v", err)
	}
}
