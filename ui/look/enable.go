package look

import "fyne.io/fyne/v2"

// Enable lets buttons, fields and the like be used, or not.
func Enable(on bool, controls ...fyne.Disableable) {
	for _, c := range controls {
		if on {
			c.Enable()
		} else {
			c.Disable()
		}
	}
}
