package look

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// Fyne looks a face up for each rune that its own lack, and for a line of Chinese may take two that do not match (in
// height, and in the shapes that China and Japan write differently). So words in Chinese, Japanese and Korean are
// written in one face from here; what comes over the wire keeps to the look-up.

// A script is one of the writings that need a face of the system.
type script uint8

const (
	latin script = iota
	simplified
	traditional
	japanese
	korean
)

// scriptOf is the script of a locale, as BCP 47 or POSIX write it.
func scriptOf(locale string) script {
	locale, _, _ = strings.Cut(strings.ToLower(locale), ".")
	tags := strings.FieldsFunc(locale, func(r rune) bool { return r == '-' || r == '_' || r == '@' })
	if len(tags) == 0 {
		return latin
	}
	switch tags[0] {
	case "ja":
		return japanese
	case "ko":
		return korean
	case "zh":
		for _, t := range tags[1:] {
			switch t {
			case "hans":
				return simplified
			case "hant", "tw", "hk", "mo":
				return traditional
			}
		}
		return simplified
	}
	return latin
}

// A faceFile is a file of the system that may be there, with the family in it where it is a collection of several.
type faceFile struct {
	regular, bold string // base names; bold may be ""
	family        string // a part of its name
}

// faceFiles are the files to look for, the best first.
func faceFiles(goos string, s script) []faceFile {
	noto := [...]string{simplified: "SC", traditional: "TC", japanese: "JP", korean: "KR"}[s]
	switch goos {
	case "windows":
		return [...][]faceFile{
			simplified:  {{"msyh.ttc", "msyhbd.ttc", "Microsoft YaHei"}, {"simhei.ttf", "", ""}},
			traditional: {{"msjh.ttc", "msjhbd.ttc", "Microsoft JhengHei"}},
			japanese:    {{"YuGothM.ttc", "YuGothB.ttc", "Yu Gothic"}, {"meiryo.ttc", "meiryob.ttc", "Meiryo"}},
			korean:      {{"malgun.ttf", "malgunbd.ttf", ""}},
		}[s]
	case "darwin":
		return [...][]faceFile{
			simplified:  {{"PingFang.ttc", "", "PingFang SC"}, {"Hiragino Sans GB.ttc", "", "Hiragino Sans GB"}, {"STHeiti Medium.ttc", "", "Heiti SC"}},
			traditional: {{"PingFang.ttc", "", "PingFang TC"}, {"STHeiti Medium.ttc", "", "Heiti TC"}},
			japanese:    {{"ヒラギノ角ゴシック W3.ttc", "ヒラギノ角ゴシック W6.ttc", "Hiragino Sans"}},
			korean:      {{"AppleSDGothicNeo.ttc", "", "Apple SD Gothic Neo"}},
		}[s]
	}
	return []faceFile{
		{"NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "Noto Sans CJK " + noto},
		{"NotoSansCJK" + strings.ToLower(noto) + "-Regular.otf", "NotoSansCJK" + strings.ToLower(noto) + "-Bold.otf", ""},
		{"NotoSans" + noto + "-Regular.otf", "NotoSans" + noto + "-Bold.otf", ""},
		{"SourceHanSans.ttc", "", "Source Han Sans " + noto},
		{"wqy-microhei.ttc", "", "WenQuanYi Micro Hei"},
		{"wqy-zenhei.ttc", "", "WenQuanYi Zen Hei"},
		{"DroidSansFallbackFull.ttf", "", ""},
		{"DroidSansFallback.ttf", "", ""},
	}
}

// faceFolders are where the system keeps its faces.
func faceFolders(goos string) []string {
	home, _ := os.UserHomeDir()
	switch goos {
	case "windows":
		return []string{filepath.Join(os.Getenv("WINDIR"), "Fonts")}
	case "darwin":
		return []string{"/System/Library/Fonts", "/Library/Fonts", filepath.Join(home, "Library", "Fonts")}
	}
	return []string{
		"/usr/share/fonts", "/usr/local/share/fonts",
		filepath.Join(home, ".local", "share", "fonts"), filepath.Join(home, ".fonts"),
	}
}

// faces returns the faces for words in the language of locale; nil for Fyne's own.
func faces(locale string) (regular, bold fyne.Resource) {
	s := scriptOf(locale)
	if s == latin {
		return nil, nil
	}
	paths := find(faceFolders(runtime.GOOS))
	for _, f := range faceFiles(runtime.GOOS, s) {
		r, err := openFace(paths[f.regular], f.family)
		if err != nil {
			continue
		}
		if b, err := openFace(paths[f.bold], f.family); err == nil {
			return r, b
		}
		return r, r
	}
	return nil, nil
}

// find maps the base names of all files below folders to their paths.
func find(folders []string) map[string]string {
	paths := map[string]string{}
	for _, folder := range folders {
		_ = filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				paths[e.Name()] = path
			}
			return nil // what cannot be read is not there
		})
	}
	return paths
}

// openFace returns the face of a file: the first whose family contains the given words.
func openFace(path, family string) (fyne.Resource, error) {
	file, loaders, err := loadFaces(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for i, l := range loaders {
		d, _ := font.Describe(l, nil)
		if strings.Contains(strings.ToLower(d.Family), strings.ToLower(family)) && !strings.Contains(d.Family, "Mono") {
			return &systemFace{path, i}, nil
		}
	}
	return nil, fmt.Errorf("%s: no family %q", path, family)
}

// loadFaces opens a file of one face or of a collection. The loaders read from the file, which the caller closes.
func loadFaces(path string) (*os.File, []*opentype.Loader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	loaders, err := opentype.NewLoaders(file)
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return file, loaders, nil
}

// systemFace is a face in a file of the system. It is read each time that Fyne asks for it, which is once for each
// style of text, so that 20 MB of a collection are not kept beside what was made of them.
type systemFace struct {
	path  string
	index int // in the collection
}

// Name tells the faces of a collection apart.
func (f *systemFace) Name() string { return filepath.Base(f.path) + "#" + strconv.Itoa(f.index) }

// Content is the face as a file of its own, as Fyne reads no collections. Where the file has gone since it was found,
// it is Fyne's own face.
func (f *systemFace) Content() []byte {
	content, err := f.extract()
	if err != nil {
		fyne.LogError("a face of the system", err)
		return theme.DefaultTheme().Font(fyne.TextStyle{}).Content()
	}
	return content
}

func (f *systemFace) extract() ([]byte, error) {
	file, loaders, err := loadFaces(f.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if f.index >= len(loaders) {
		return nil, fmt.Errorf("%s: no face %d", f.path, f.index)
	}
	face := loaders[f.index]
	var tables []opentype.Table
	for _, tag := range face.Tables() {
		switch tag.String() {
		case "DSIG", "vhea", "vmtx", "VORG":
			continue // of a signature and of vertical text
		}
		content, err := face.RawTable(tag)
		if err != nil {
			return nil, fmt.Errorf("%s: table %s: %w", f.path, tag, err)
		}
		tables = append(tables, opentype.Table{Tag: tag, Content: content})
	}
	slices.SortFunc(tables, func(a, b opentype.Table) int { return cmp.Compare(a.Tag, b.Tag) })
	return opentype.WriteTTF(tables), nil
}
