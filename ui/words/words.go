// Package words is how the window and the tray speak the user's language.
//
// The texts are in assets/translations: one pair of files for each package of ui, NAME.en.json and NAME.zh-Hans.json,
// flat maps whose keys begin with NAME and a dot. No text that a user reads stands anywhere else in ui. The language
// is the system's; what it has no translation for is English.
package words

import (
	"fmt"

	"fyne.io/fyne/v2/lang"

	"culvert/assets"
)

// Load reads the translations and chooses the language of the system. It is called once, before the first window is
// made; the texts of Fyne's own dialogs follow.
func Load() error {
	if err := lang.AddTranslationsFS(assets.FS, "translations"); err != nil {
		return fmt.Errorf("translations: %w", err)
	}
	return nil
}

// T returns the text for a key. data are pairs of a name and the value that stands for {{.name}} in the text.
// It is too slow for a loop over rows: keep what it returns.
func T(key string, data ...any) string {
	if len(data) == 0 {
		return lang.X(key, key)
	}
	return lang.X(key, key, values(data))
}

// N returns the text for a key in the plural form that n asks for ("one", "other"); n stands for {{.n}} in the text.
func N(key string, n int, data ...any) string {
	v := values(data)
	v["n"] = n
	return lang.XN(key, key, n, v)
}

func values(data []any) map[string]any {
	v := make(map[string]any, len(data)/2+1)
	for i := 0; i+1 < len(data); i += 2 {
		v[fmt.Sprint(data[i])] = data[i+1]
	}
	return v
}
