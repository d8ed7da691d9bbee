package ui

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/words"
)

// Autostart is whether the desktop starts the app at login.
type Autostart interface {
	On() bool
	Set(on bool) error
}

// settingsPage is the page behind the ⚙.
type settingsPage struct {
	settings  Settings
	autostart Autostart
	apply     func(Preferences)

	preferences Preferences
	login       *look.Switch
	problem     *look.Text
	appearances []*look.Chip
	scales      []*look.Chip
	content     fyne.CanvasObject
}

// appearances are what Preferences.Appearance can be, in the order of the chips.
var appearances = []string{"", "light", "dark"}

// about is what the page tells besides.
type about struct {
	version string
	folder  string // where the settings are
}

// newSettingsPage returns the page. apply makes a changed choice visible.
func newSettingsPage(s Settings, a Autostart, info about, apply func(Preferences), shortcuts func()) *settingsPage {
	p := &settingsPage{settings: s, autostart: a, apply: apply, preferences: LoadPreferences(s)}
	p.login = look.NewSwitch(p.setLogin)
	p.problem = look.NewText("", look.Style{Ink: ink.Error, Size: look.Small})
	p.problem.Hide()
	for i, word := range []string{words.T("ui.appearanceSystem"), words.T("ui.appearanceLight"), words.T("ui.appearanceDark")} {
		p.appearances = append(p.appearances, look.NewChip(word, func() { p.preferences.Appearance = appearances[i]; p.changed() }))
	}
	for _, percent := range Scales {
		p.scales = append(p.scales, look.NewChip(words.T("ui.percent", "n", percent), func() { p.preferences.Scale = percent; p.changed() }))
	}
	dim := look.Style{Ink: ink.Dim}
	p.content = container.NewVScroll(look.Pad(16, 24, 24, 24, look.Column(
		20,
		look.NewText(words.T("ui.settings"), look.Style{Size: look.Heading, Bold: true}),
		option(words.T("ui.login"), words.T("ui.loginHelp"), look.Row(0, p.login, look.Spacer())),
		p.problem,
		option(words.T("ui.appearance"), words.T("ui.appearanceHelp"), look.Row(8, chips(p.appearances)...)),
		option(words.T("ui.scale"), words.T("ui.scaleHelp"), look.Row(8, chips(p.scales)...)),
		option(words.T("ui.keyboard"), words.T("ui.keyboardHelp"),
			look.Row(0, look.NewButton(words.T("ui.showShortcuts"), look.Plain, shortcuts), look.Spacer())),
		look.Rule(),
		look.NewText(words.T("ui.about", "version", info.version), dim),
		look.NewText(words.T("ui.folder", "folder", info.folder), dim),
	)))
	p.show()
	return p
}

// option is one thing that can be set: its name, what it does, and the control.
func option(name, help string, control fyne.CanvasObject) fyne.CanvasObject {
	return look.Column(
		6,
		look.NewText(name, look.Style{Bold: true}),
		look.NewText(help, look.Style{Ink: ink.Dim}),
		control,
	)
}

func chips(list []*look.Chip) []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, len(list), len(list)+1)
	for i, c := range list {
		objects[i] = c
	}
	return append(objects, look.Spacer())
}

// changed remembers the choices and shows them.
func (p *settingsPage) changed() {
	p.settings.Set(preferencesKey, p.preferences)
	p.apply(p.preferences)
	p.show()
}

// show brings the controls up to date.
func (p *settingsPage) show() {
	p.login.SetOn(p.autostart.On())
	for i, c := range p.appearances {
		c.SetSelected(appearances[i] == p.preferences.Appearance)
	}
	for i, c := range p.scales {
		c.SetSelected(Scales[i] == cmp.Or(p.preferences.Scale, 100))
	}
}

func (p *settingsPage) setLogin(on bool) {
	err := p.autostart.Set(on)
	p.problem.Hide()
	if err != nil {
		p.problem.SetText(words.T("ui.loginFailed", "error", words.Sentence(err.Error())))
		p.problem.Show()
	}
	p.login.SetOn(p.autostart.On())
}
