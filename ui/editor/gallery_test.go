package editor

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"culvert/ui/look"
	"culvert/ui/look/looktest"
	"culvert/ui/state"
)

// TestPictures keeps pictures of the page.
func TestPictures(t *testing.T) {
	looktest.Need(t)
	for name, a := range map[string]look.Appearance{"dark": look.Dark, "light": look.Light} {
		b := edit(t, written, a)
		save := func(what string) {
			b.relay()
			looktest.Keep(t, b.window, "editor-"+what+"-"+name)
		}
		save("form")
		b.line(t, "name").SetText("web chat")
		b.line(t, "route[0].path").SetText("ws")
		b.line(t, "group").SetText("im")
		b.files.texts["web-chat"] += "# more\n"
		b.Show(&state.State{})
		save("problems")
		b.scroll.ScrollToBottom()
		save("end")
		b.window.Resize(fyne.NewSize(640, 600))
		b.scroll.ScrollToTop()
		save("narrow")
		b.tabs.Select(1)
		save("text")
		b.window.Resize(fyne.NewSize(1032, 800))
		b.files.texts["web-chat"] = written + "\n[auth]\nuser = \"dev\"\n\n[later]\n"
		b.Edit(&state.Project{Name: "web-chat", File: "/home/dev/web-chat/culvert.toml"})
		b.relay()
		b.scroll.ScrollToBottom()
		save("table")
		b.files.texts["web-chat"] = strings.Replace(written, "[::1]", "0.0.0.0", 1) + "\n[[route]]\npath = \"/app\"\nroot = \"./dist\"\n"
		b.Edit(&state.Project{Name: "web-chat", File: "/home/dev/web-chat/culvert.toml"})
		b.relay()
		b.scroll.ScrollToOffset(fyne.NewPos(0, 220))
		save("route")
		b.scroll.ScrollToOffset(fyne.NewPos(0, 860))
		save("more")
		b.scroll.ScrollToOffset(fyne.NewPos(0, 1450))
		save("exposed")
		b.files.texts["web-chat"] = "name = web-chat\n[[route]]\nto = 'x\n"
		b.Edit(&state.Project{Name: "web-chat", File: "/home/dev/web-chat/culvert.toml"})
		save("broken")
		b.Create(nil)
		b.window.Resize(fyne.NewSize(1032, 800))
		save("new")
	}
}
