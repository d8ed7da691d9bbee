package words

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"culvert/assets"
)

// theSame are the texts that are written alike in both languages: names, terms of the protocols, and gaps with signs.
var theSame = regexp.MustCompile(`^(` + strings.Join([]string{
	`frames\.type\.(text|binary|continuation|close|ping|pong|reserved|http)`, // as filters spell them
	`(frames|inspector)\..*origin`,
	`sidebar\.name`, `ui\.about`,
	`compose\.notation\.(base64|json)`, `inspector\.form\.(har|ndjson)`,
	`inspector\.(column|key)\.(url|number)`, `inspector\.key\.(tls|fin|rsv)`,
	`inspector\.status\.(sent|received)`, `inspector\.filter\.placeholder`,
	`editor\.section\.cors`,
	`welcome\.(kind|store)\.\w+`, `welcome\.(names|placeholder|own\.placeholder)`, `welcome\.proof\.(none|proven)`,
	`tray\.(project|address)`,
}, "|") + `)$`)

var placeholder = regexp.MustCompile(`\{\{.*?\}\}`)

// pairs returns the texts of both languages for each name of a pair of files.
func pairs(t *testing.T) map[string][2]map[string]any {
	t.Helper()
	files, err := fs.ReadDir(assets.FS, "translations")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][2]map[string]any{}
	for _, f := range files {
		name, rest, _ := strings.Cut(f.Name(), ".")
		if name == "engine" { // the English is in the engine itself
			continue
		}
		i := slices.Index([]string{English + ".json", Chinese + ".json"}, rest)
		if i < 0 {
			t.Errorf("%s is in no language", f.Name())
			continue
		}
		b, err := fs.ReadFile(assets.FS, path.Join("translations", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		pair := found[name]
		if err := json.Unmarshal(b, &pair[i]); err != nil {
			t.Errorf("%s: %v", f.Name(), err)
		}
		found[name] = pair
	}
	return found
}

func TestEveryTextIsThereInBothLanguages(t *testing.T) {
	for name, pair := range pairs(t) {
		for i, language := range []string{English, Chinese} {
			for key := range pair[i] {
				if !strings.HasPrefix(key, name+".") {
					t.Errorf("%s.%s.json: key %q does not begin with the name of the file", name, language, key)
				}
				if _, ok := pair[1-i][key]; !ok {
					t.Errorf("%q is there in %s only", key, language)
				}
			}
		}
	}
}

func TestTextsFitTheirLanguage(t *testing.T) {
	for _, pair := range pairs(t) {
		for key, english := range pair[0] {
			chinese := pair[1][key]
			en, ok := forms(english, "one", "other")
			if !ok {
				t.Errorf("%q in English has not the forms one and other: %v", key, english)
			}
			zh, ok := forms(chinese, "other")
			if !ok || len(zh) != 1 {
				t.Errorf("%q in Chinese has not the form other alone: %v", key, chinese)
				continue
			}
			if _, plural := english.(map[string]any); plural != isMap(chinese) {
				t.Errorf("%q has plural forms in one language only", key)
			}
			if g, w := gaps(zh["other"]), gaps(en["other"]); !slices.Equal(g, w) {
				t.Errorf("%q has the gaps %v in Chinese, %v in English", key, g, w)
			}
			checkChinese(t, key, zh["other"])
			checkEnglish(t, key, en)
			if same := zh["other"] == en["other"]; same && !theSame.MatchString(key) {
				t.Errorf("%q is not translated: %q", key, zh["other"])
			}
		}
	}
}

func isMap(v any) bool { _, ok := v.(map[string]any); return ok }

// forms returns the plural forms of a text; a text without is the form "other". ok tells that the forms are those.
func forms(v any, names ...string) (_ map[string]string, ok bool) {
	m, plural := v.(map[string]any)
	if !plural {
		s, ok := v.(string)
		return map[string]string{"other": s}, ok && s != ""
	}
	list := map[string]string{}
	for form, v := range m {
		list[form], _ = v.(string)
	}
	slices.Sort(names)
	return list, slices.Equal(slices.Sorted(maps.Keys(list)), names)
}

func gaps(text string) []string {
	list := placeholder.FindAllString(text, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

// checkChinese holds a text to the signs of Chinese: full-width ones beside Han characters, one … for an omission.
func checkChinese(t *testing.T, key, text string) {
	t.Helper()
	runes := []rune(placeholder.ReplaceAllString(text, "x"))
	for i, r := range runes {
		beside := i > 0 && unicode.Is(unicode.Han, runes[i-1]) || i+1 < len(runes) && unicode.Is(unicode.Han, runes[i+1])
		colon := r == ':' && i+1 < len(runes) && unicode.IsSpace(runes[i+1]) // not that of 主机:端口
		if beside && (colon || strings.ContainsRune(",;?!()", r)) {
			t.Errorf("%q has the half-width sign %q beside a Han character: %q", key, r, text)
		}
		if i > 0 && r == '.' && unicode.Is(unicode.Han, runes[i-1]) {
			t.Errorf("%q ends a sentence with a half-width full stop: %q", key, text)
		}
	}
	if strings.Contains(text, "……") || strings.Contains(text, "...") {
		t.Errorf("%q has other dots than …: %q", key, text)
	}
}

func checkEnglish(t *testing.T, key string, forms map[string]string) {
	t.Helper()
	for _, text := range forms {
		if strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
			t.Errorf("%q is Chinese in English: %q", key, text)
		}
		if strings.Contains(text, " …") || strings.Contains(text, "...") {
			t.Errorf("%q has other dots than … after the word: %q", key, text)
		}
	}
}
