package editor

import (
	"encoding/json"
	"testing"

	"culvert/assets"
	"culvert/tunnel/project"
)

func TestEveryKeyHasItsWordsInEveryLanguage(t *testing.T) {
	all := make(map[string]map[string]string)
	for _, language := range []string{"en", "zh-Hans"} {
		data, err := assets.FS.ReadFile("translations/editor." + language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		all[language] = texts
		for _, k := range project.Keys() {
			if texts["editor.key."+string(k.Key)] == "" || texts["editor.help."+string(k.Key)] == "" {
				t.Errorf("%s: no words for %s", language, k.Key)
			}
		}
	}
	for id := range all["en"] {
		if all["zh-Hans"][id] == "" {
			t.Errorf("zh-Hans: no %s", id)
		}
	}
	if len(all["en"]) != len(all["zh-Hans"]) {
		t.Errorf("%d texts in English, %d in Chinese", len(all["en"]), len(all["zh-Hans"]))
	}
}

func TestEveryKeyHasAField(t *testing.T) {
	b := edit(t, written, 0)
	for _, k := range project.Keys() {
		key := k.Key
		if route, name := key.Route(); route < 0 && len(name) > 6 && name[:6] == "route." {
			key = project.RouteKey(1, string(name[6:]))
		}
		if b.form.field(key) == nil {
			t.Errorf("the form has no field for %s", key)
		}
	}
}
