package look

import (
	"bytes"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
)

func TestAFaceForAnyTextHasTheRoomOfTallOnes(t *testing.T) {
	face, err := font.ParseTTF(bytes.NewReader(tallMono().Content()))
	if err != nil {
		t.Fatal(err)
	}
	extents, ok := face.FontHExtents()
	unit := float32(face.Upem())
	if ascent, descent := extents.Ascender/unit, extents.Descender/unit; !ok || ascent < 1.159 || descent > -0.287 {
		t.Errorf("ascent %v, descent %v of the size", ascent, descent)
	}
}

func TestOnlyAnyTextIsHigher(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(NewTheme(Options{}))
	plain := fyne.MeasureText("x", 13, fyne.TextStyle{Monospace: true})
	tall := fyne.MeasureText("x", 13, AnyText)
	if tall.Height < 13*(tallAscent+tallDescent) || tall.Width != plain.Width || plain.Height >= tall.Height {
		t.Errorf("plain %v, tall %v", plain, tall)
	}
}

func TestWhatIsNoFaceIsLeftAlone(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("OTTO"), bytes.Repeat([]byte{0xff}, 64), theme.DefaultTheme().Icon(theme.IconNameHome).Content()} {
		if raise(data) {
			t.Errorf("raised %q", data)
		}
	}
}
