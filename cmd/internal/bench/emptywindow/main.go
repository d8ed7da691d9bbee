// Emptywindow is the least that an app of the window library can be: one window, empty and hidden. The benchmark
// compares the desktop app with it.
package main

import (
	"os"
	"os/signal"
	"syscall"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"
)

func main() {
	a := fyneapp.NewWithID("app.culvert.empty")
	a.NewWindow("Empty").SetContent(container.NewWithoutLayout())
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	go func() {
		<-ended
		fyne.Do(a.Quit)
	}()
	a.Run()
}
