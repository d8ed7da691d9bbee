// Package looktest is what the tests of the window's parts share: the language they speak, and pictures of what they
// show.
//
// The environment says what to look at: LOOK_AT names the folder that pictures are kept in, none without; LOOK_LOCALE
// is the locale they are shown in, such as zh_CN.UTF-8. Tests that read texts pass in English only.
package looktest

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"culvert/ui/words"
)

// Main runs the tests of a package in English, or in the language of LOOK_LOCALE.
func Main(m *testing.M) {
	locale := os.Getenv("LOOK_LOCALE")
	if locale == "" {
		locale = "en_US.UTF-8"
	}
	_ = os.Setenv("LC_ALL", locale)
	_ = os.Unsetenv("LANGUAGE")
	if err := words.Load(); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// Looking reports whether pictures are kept.
func Looking() bool { return os.Getenv("LOOK_AT") != "" }

// Need skips a test that does nothing but show pictures, where none are kept.
func Need(t testing.TB) {
	t.Helper()
	if !Looking() {
		t.Skip("LOOK_AT names no folder")
	}
}

// Keep keeps a picture of a window as name.png.
func Keep(t testing.TB, w fyne.Window, name string) {
	t.Helper()
	w.Canvas().Capture() // some widgets know only then how large they are
	save(t, filepath.Join(os.Getenv("LOOK_AT"), name+".png"), w.Canvas().Capture())
}
