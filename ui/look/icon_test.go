package look

import (
	"bytes"
	"encoding/xml"
	"io/fs"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"culvert/assets"
	"culvert/ui/ink"
)

func TestEveryIconIsAnSVGInTheColourOfItsInk(t *testing.T) {
	start(t, Dark)
	files, err := fs.Glob(assets.FS, "icons/*.svg")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(f, "icons/"), ".svg")
		svg := Icon(name).Content()
		if err := xml.Unmarshal(svg, new(struct{})); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if bytes.Contains(svg, []byte("#000000")) {
			t.Errorf("%s is still black", f)
		}
	}
}

func TestIconTakesOnAnotherTheme(t *testing.T) {
	start(t, Dark)
	r := InkedIcon("plus", ink.Error)
	before := r.Content()
	test.ApplyTheme(t, NewTheme(Options{Appearance: Light}))
	if bytes.Equal(before, r.Content()) {
		t.Error("it kept its colour")
	}
}

func TestIconThatIsNotThereIsAMistakeOfTheProgram(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Icon("no-such-icon")
}
