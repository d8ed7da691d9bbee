package ui

import (
	"os"
	"slices"
	"strconv"

	"culvert/ui/look"
)

// Settings remembers what the user has set and how the window was left. Values are what encoding/json makes of them.
type Settings interface {
	// Get fills into with what is remembered for a key, and reports whether there is anything that fits.
	Get(key string, into any) bool
	Set(key string, value any)
}

// Preferences are the user's choices about the window.
type Preferences struct {
	// Appearance is "light" or "dark"; anything else follows the desktop.
	Appearance string `json:"appearance"`
	// Scale is the size of everything in percent of what the desktop asks for; 0 is 100.
	Scale int `json:"scale"`
}

const preferencesKey = "window.preferences"

// Scales are what [Preferences].Scale can be set to, in percent. Fyne rounds a scale to tenths.
var Scales = []int{80, 90, 100, 110, 120, 130, 150, 180, 200}

// LoadPreferences returns the user's choices; what makes no sense is as if it were not set.
func LoadPreferences(s Settings) (p Preferences) {
	if !s.Get(preferencesKey, &p) {
		return Preferences{}
	}
	if !slices.Contains(Scales, p.Scale) {
		p.Scale = 0
	}
	return p
}

// scaleVariable is how Fyne is told a scale; it reads it again whenever its settings change.
const scaleVariable = "FYNE_SCALE"

// ApplyScale has Fyne use the scale from the next change of its settings on. A scale that came with the environment
// stays as long as the user has not chosen one.
func (p Preferences) ApplyScale() {
	if p.Scale != 0 {
		_ = os.Setenv(scaleVariable, strconv.FormatFloat(float64(p.Scale)/100, 'f', 2, 64)) // the name is a good one
	}
}

// look returns the theme's variant.
func (p Preferences) look() look.Appearance {
	switch p.Appearance {
	case "light":
		return look.Light
	case "dark":
		return look.Dark
	}
	return look.System
}
