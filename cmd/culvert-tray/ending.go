package main

import (
	"os"
	"time"
)

// stuck is how long the loop of the window may take to end.
const stuck = 5 * time.Second

// quit ends the loop of the window, from any goroutine.
func (s *session) quit() {
	s.quitting.Do(func() {
		go s.outlast(time.After(stuck), os.Exit)
		s.window.Post(s.fyne.Quit)
	})
}

// outlast ends the app in the place of a loop that does not come back before the time is up. Fyne 2.8.1 queues its own hook
// of the end for the loop that has just ended: where another goroutine was on its way there, Run waits for it for ever.
func (s *session) outlast(timeUp <-chan time.Time, exit func(code int)) {
	select {
	case <-s.over:
	case <-timeUp:
		s.close()
		exit(0)
	}
}
