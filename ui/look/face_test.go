package look

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
)

func TestScriptOf(t *testing.T) {
	for locale, want := range map[string]script{
		"": latin, "C.UTF-8": latin, "en-US": latin, "de_DE.UTF-8@euro": latin,
		"zh": simplified, "zh-CN": simplified, "zh_CN.UTF-8": simplified, "zh-Hans": simplified, "zh-Hans-HK": simplified,
		"zh-TW": traditional, "zh_HK.UTF-8": traditional, "zh-Hant": traditional,
		"ja_JP.UTF-8": japanese, "ko": korean, "kok-IN": latin,
	} {
		if got := scriptOf(locale); got != want {
			t.Errorf("scriptOf(%q) = %v, want %v", locale, got, want)
		}
	}
}

func TestEverySystemNamesAFaceForEveryScript(t *testing.T) {
	for _, goos := range []string{"linux", "freebsd", "windows", "darwin"} {
		for s := simplified; s <= korean; s++ {
			if len(faceFiles(goos, s)) == 0 {
				t.Errorf("no faces for script %v on %s", s, goos)
			}
		}
	}
}

// collection writes faces into one TTC file (OpenType 1.9, "Font Collections").
func collection(t *testing.T, faces ...[]byte) string {
	t.Helper()
	be32 := func(v int) []byte { return []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)} }
	out := append([]byte("ttcf\x00\x01\x00\x00"), be32(len(faces))...)
	at := len(out) + 4*len(faces)
	var body []byte
	for _, f := range faces {
		out = append(out, be32(at+len(body))...)
		f = bytes.Clone(f)
		tables := int(f[4])<<8 | int(f[5])
		for i := range tables { // the offsets are from the start of the file
			p := f[12+16*i+8:]
			off := int(p[0])<<24 | int(p[1])<<16 | int(p[2])<<8 | int(p[3])
			copy(p, be32(off+at+len(body)))
		}
		body = append(body, f...)
	}
	path := filepath.Join(t.TempDir(), "faces.ttc")
	if err := os.WriteFile(path, append(out, body...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAFaceOfACollectionIsReadAsAFileOfItsOwn(t *testing.T) {
	style := func(s fyne.TextStyle) []byte { return theme.DefaultTheme().Font(s).Content() }
	path := collection(t, style(fyne.TextStyle{}), style(fyne.TextStyle{Monospace: true}), style(fyne.TextStyle{Bold: true}))
	r, err := openFace(path, "noto sans")
	if err != nil {
		t.Fatal(err)
	}
	face, err := font.ParseTTF(bytes.NewReader(r.Content()))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := face.NominalGlyph('é'); !ok {
		t.Error("the face has lost a letter")
	}
	if _, err := openFace(path, "Comic Sans"); err == nil {
		t.Error("a family that is not in the file was found")
	}
}

func TestAFaceThatHasGoneIsFynesOwn(t *testing.T) {
	gone := &systemFace{path: filepath.Join(t.TempDir(), "gone.ttc")}
	if _, err := font.ParseTTF(bytes.NewReader(gone.Content())); err != nil {
		t.Error(err)
	}
}

func TestWordsInChineseComeFromOneFace(t *testing.T) {
	regular, bold := faces("zh_CN.UTF-8")
	if regular == nil {
		t.Skip("this system has no face for Chinese")
	}
	for _, r := range []fyne.Resource{regular, bold} {
		face, err := font.ParseTTF(bytes.NewReader(r.Content()))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range "连接帧握手aZ9…，" {
			if _, ok := face.NominalGlyph(c); !ok {
				t.Errorf("%s has no %q", r.Name(), c)
			}
		}
	}
}

func BenchmarkFaceForChinese(b *testing.B) {
	for b.Loop() {
		if r, _ := faces("zh-CN"); r != nil {
			b.SetBytes(int64(len(r.Content())))
		}
	}
}
