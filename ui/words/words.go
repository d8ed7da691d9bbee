// Package words is how the window and the tray speak the user's language.
//
// The texts are in assets/translations: one pair of files for each package of ui, NAME.en.json and NAME.zh-Hans.json,
// flat maps whose keys begin with NAME and a dot. No text that a user reads stands anywhere else in ui. A text is a
// string, or has the forms that its language has for numbers: "one" and "other" in English, "other" in Chinese. Values
// are put in for {{.name}}.
//
// What the engine says in English has its translations in engine.zh-Hans.json, see [Sentence].
package words

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2/lang"

	"culvert/assets"
)

// The languages there are texts in, by their BCP 47 tags.
const (
	English = "en"
	Chinese = "zh-Hans"
)

// spoken is what Load chose.
var spoken atomic.Pointer[catalogue]

// A catalogue is the texts of one language.
type catalogue struct {
	language  string
	texts     map[string]text
	sentences func() *sentences // of the engine, made when they are first asked for; nil where it needs no translation
}

// A text has the plural forms of its language. One is "" where there is no such form.
type text struct{ One, Other string }

// UnmarshalJSON reads a plain text, or a map of forms.
func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &t.Other)
	}
	type forms text
	return json.Unmarshal(b, (*forms)(t))
}

// Load chooses the language of the system, as Fyne does for its own dialogs, and reads its texts. It is called once,
// before the first window is made.
func Load() error {
	return use(choose(lang.SystemLocale().String()))
}

// choose returns the language for a locale, as BCP 47 or POSIX write it. Whoever reads Traditional Chinese gets the
// Simplified one; who reads neither gets English.
func choose(locale string) string {
	primary, _, _ := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-")
	if strings.EqualFold(primary, "zh") {
		return Chinese
	}
	return English
}

func use(language string) error {
	c, err := read(language)
	if err != nil {
		return fmt.Errorf("translations: %w", err)
	}
	spoken.Store(c)
	return nil
}

func read(language string) (*catalogue, error) {
	c := &catalogue{language: language, texts: map[string]text{}}
	files, err := fs.Glob(assets.FS, "translations/*."+language+".json")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		if name == sentencesFile(language) {
			continue
		}
		b, err := fs.ReadFile(assets.FS, name)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(b, &c.texts); err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(name), err)
		}
	}
	if c.sentences, err = readSentences(language); err != nil {
		return nil, fmt.Errorf("%s: %w", path.Base(sentencesFile(language)), err)
	}
	return c, nil
}

// Language returns the BCP 47 tag of the language that Load chose, "" before.
func Language() string {
	if c := spoken.Load(); c != nil {
		return c.language
	}
	return ""
}

// T returns the text for a key. data are pairs of a name and the value that stands for {{.name}} in the text.
// A key without a text is returned itself.
func T(key string, data ...any) string {
	return fill(find(key).Other, data)
}

// N returns the text for a key in the plural form that n asks for; n stands for {{.n}} in the text.
func N(key string, n int, data ...any) string {
	t := find(key)
	form := t.Other
	if n == 1 && t.One != "" {
		form = t.One
	}
	return fill(form, append(data[:len(data):len(data)], "n", n))
}

func find(key string) text {
	if c := spoken.Load(); c != nil {
		if t, ok := c.texts[key]; ok {
			return t
		}
	}
	return text{Other: key}
}

func fill(form string, data []any) string {
	if len(data) == 0 {
		return form
	}
	pairs := make([]string, 0, len(data))
	for i := 0; i+1 < len(data); i += 2 {
		pairs = append(pairs, "{{."+fmt.Sprint(data[i])+"}}", fmt.Sprint(data[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(form)
}
