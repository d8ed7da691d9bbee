package words

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2/lang"
)

func TestTheLanguageIsThatOfTheSystem(t *testing.T) {
	for _, c := range []struct {
		what                         string
		all, messages, lang, several string // LC_ALL, LC_MESSAGES, LANG, LANGUAGE
		want                         string
	}{
		{what: "nothing is set", want: English},
		{what: "the C locale", all: "C", lang: "zh_CN.UTF-8", several: "zh_CN", want: English},
		{what: "the C locale in UTF-8", lang: "C.UTF-8", want: English},
		{what: "English", lang: "en_GB.UTF-8", want: English},
		{what: "a language there are no texts in", lang: "de_DE.UTF-8", want: English},
		{what: "another one written like Chinese", lang: "ja_JP.UTF-8", want: English},
		{what: "Chinese without a country", lang: "zh", want: Chinese},
		{what: "mainland China", lang: "zh_CN.UTF-8", want: Chinese},
		{what: "mainland China in an older encoding", lang: "zh_CN.GB18030", want: Chinese},
		{what: "Singapore", lang: "zh_SG.UTF-8", want: Chinese},
		{what: "a script", lang: "zh_Hans_CN.UTF-8", want: Chinese},
		{what: "Traditional Chinese", lang: "zh_TW.UTF-8", want: Chinese},
		{what: "LC_ALL before LANG", all: "zh_CN.UTF-8", lang: "en_US.UTF-8", want: Chinese},
		{what: "LC_MESSAGES before LANG", messages: "zh_CN.UTF-8", lang: "en_US.UTF-8", want: Chinese},
		{what: "LANGUAGE before all", all: "zh_CN.UTF-8", several: "en_US:zh_CN", want: English},
		{what: "the first of LANGUAGE", lang: "en_US.UTF-8", several: "zh_CN:en_US", want: Chinese},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Setenv("LC_ALL", c.all)
			t.Setenv("LC_MESSAGES", c.messages)
			t.Setenv("LANG", c.lang)
			t.Setenv("LANGUAGE", c.several)
			if err := Load(); err != nil {
				t.Fatal(err)
			}
			if got := Language(); got != c.want {
				t.Errorf("language %q, want %q", got, c.want)
			}
		})
	}
}

func TestTagsOfOtherSystemsAreUnderstood(t *testing.T) {
	for locale, want := range map[string]string{
		"zh": Chinese, "zh-CN": Chinese, "zh-SG": Chinese, "zh-Hans": Chinese, "zh-Hans-CN": Chinese, "zh-CN-Hans": Chinese,
		"ZH_cn": Chinese, "zh-Hant-TW": Chinese,
		"": English, "en": English, "zha": English, "und": English,
	} {
		if got := choose(locale); got != want {
			t.Errorf("%q: language %q, want %q", locale, got, want)
		}
	}
}

// Fyne chooses for its own dialogs when it starts and whenever texts are added, by the same variables.
func TestFynesDialogsSpeakTheSameLanguage(t *testing.T) {
	for locale, want := range map[string]string{"zh_CN.UTF-8": "取消", "zh_SG.UTF-8": "取消", "en_US.UTF-8": "Cancel"} {
		t.Setenv("LC_ALL", locale)
		t.Setenv("LANGUAGE", "")
		if err := lang.AddTranslationsForLocale([]byte("{}"), "en"); err != nil {
			t.Fatal(err)
		}
		if got := lang.L("Cancel"); got != want {
			t.Errorf("%s: Fyne's dialogs say %q, want %q", locale, got, want)
		}
	}
}

func TestValuesStandForTheirNames(t *testing.T) {
	if err := use(English); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, got, want string }{
		{"a string", T("editor.title", "name", "shop"), "Edit shop"},
		{"an error", T("ui.loginFailed", "error", errors.New("no room")), "This could not be changed: no room"},
		{"a value that looks like a name", T("editor.inLine", "line", "{{.what}}", "what", "x"), "Line {{.what}}: x"},
		{"one", N("payload.json.keys", 1), "1 key"},
		{"many", N("payload.json.keys", 2), "2 keys"},
		{"none", N("payload.json.keys", 0), "0 keys"},
		{"no such key", T("words.missing"), "words.missing"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
	if err := use(Chinese); err != nil {
		t.Fatal(err)
	}
	if got, want := N("payload.json.keys", 1), "1 个键"; got != want {
		t.Errorf("one in Chinese: %q, want %q", got, want)
	}
}
