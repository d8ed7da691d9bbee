package look

import (
	"math"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/look/looktest"
)

// gallery is every widget in most of its states, to be looked at.
func gallery() fyne.CanvasObject {
	nothing := func() {}
	disabled := func(k Kind) *Button { b := NewButton("Disabled", k, nothing); b.Disable(); return b }
	focused := func(k Kind) *Button { b := NewButton("Focused", k, nothing); b.FocusGained(); return b }
	on, warn, off, dead, held := NewSwitch(nil), NewSwitch(nil), NewSwitch(nil), NewSwitch(nil), NewSwitch(nil)
	on.SetOn(true)
	warn.SetOn(true)
	warn.SetWarn(true)
	dead.Disable()
	held.SetOn(true)
	held.FocusGained()
	all := NewChip("All", nothing)
	all.SetSelected(true)
	spark := NewSparkline()
	for i := range 60 {
		spark.Add(20 + 15*math.Sin(float64(i)/3) + float64(i*i%7))
	}
	query, wrong := NewMonoField("dir:in text size>100"), NewMonoField("")
	wrong.SetText("ftp://127.0.0.1")
	wrong.SetProblem("An address begins with ws:// or wss://")
	link := NewText("wss://web-chat.localhost:8443", Style{Mono: true, Size: Small, Ink: ink.Accent})
	link.OnTapped = nothing
	kept := NewTabs(nil, "Pretty", "Raw", "Hex")
	kept.FocusGained()

	icons := []fyne.CanvasObject{}
	for _, n := range []string{
		"plus", "gear", "close", "chevron-right", "chevron-down", "copy", "open", "edit", "trash", "folder", "search",
		"freeze", "play", "refresh", "duplicate", "check", "warning", "arch", "tray-off", "tray-on", "tray-attention",
	} {
		icons = append(icons, NewIconButton(Icon(n), n, nothing))
	}
	big := canvas.NewImageFromResource(Icon("arch"))
	big.FillMode = canvas.ImageFillContain

	side := Back(ink.Sidebar, Pad(14, 14, 14, 14, Column(8,
		Row(8, Fixed(20, 20, canvas.NewImageFromResource(Icon("arch"))), NewText("Culvert", Style{Size: Heading, Bold: true})),
		NewText("TRADING", Style{Size: Small, Ink: ink.Dim}),
		Row(12, on, Grow(Column(2, Row(6, Grow(NewText("web-chat with a name too long", Style{})), spark),
			NewText("wss://web-chat.localhost:8443", Style{Size: Small, Mono: true, Ink: ink.Dim, Min: 20})))),
		Row(12, warn, Grow(NewText("im-admin", Style{})), NewText("backend down", Style{Size: Small, Ink: ink.Warning})),
		Row(12, off, dead, held),
		NewState(ink.Accent, "CA trusted"), NewState(ink.Warning, "not trusted"), NewState(ink.Faint, "not there"),
		Grow(Spacer()),
		Rule(),
		NewButton("Add project", Quiet, nothing),
	)))
	main := Pad(12, 16, 12, 16, Column(10,
		Row(10, NewText("web-chat", Style{Size: Heading, Bold: true}), link, Spacer(),
			NewButton("Copy address", Plain, nothing), NewMenuButton("Export", Plain, nil), NewButton("Compose", Primary, nothing)),
		NewTabs(nil, "Frames", "Sockets 3", "Requests 41", "Endpoints", "Doctor 1"),
		Rule(),
		Row(6, all, NewChip("↑ Sent", nil), NewChip("↓ Received", nil), NewChip("Text", nil), Grow(query)),
		Row(8, NewButton("Remove", Danger, nothing), NewButton("try the demo", Quiet, nothing),
			disabled(Plain), disabled(Primary), focused(Plain), focused(Primary), focused(Danger), focused(Quiet)),
		kept,
		Row(2, icons...),
		NewCard(Column(8, Row(8, NewText("2  ·  Your backend", Style{Bold: true}), Spacer(), NewState(ink.Accent, "Chromium")),
			Row(8, Grow(wrong), NewButton("Add", Primary, nothing)),
			NewParagraph("A certificate authority that exists only here and can sign only localhost, .test, .internal. "+
				"One password prompt, for the system store only. Nothing else on this machine is changed.", Style{Ink: ink.Dim}))),
		NewBanner(ink.Warning, "The desktop shows no tray: Culvert stays in the task bar", NewButton("How to get one", Plain, nothing)),
		Row(8, NewPill("↓ 128 new", nothing), Fixed(64, 64, big), widget.NewCheck("Fyne's own", nil), widget.NewSelect([]string{"a"}, nil)),
		NewText("wss:// on your own machine, trusted", Style{Size: Title, Bold: true, Align: fyne.TextAlignCenter}),
	))
	if os.Getenv("LOOK_LOCALE") != "" {
		main.Objects[0].(*fyne.Container).Add(NewParagraph("在本机建立证书颁发机构，只能签发 localhost、.test 与 .internal；无需修改任何系统存储。"+
			"握手失败时，连接会显示关闭的原因与修复方法 → 复制地址（wss://web-chat.localhost:8443），或打开演示项目。", Style{}))
		main.Objects[0].(*fyne.Container).Add(Row(8, NewButton("复制地址", Plain, nil), NewButton("发送帧", Primary, nil), NewChip("↑ 已发送", nil),
			NewText("证书 M国 gjy", Style{Bold: true, Size: Heading})))
	}
	s := NewSplit(true, side, main)
	s.Extent = 230
	return s
}

// TestGallery keeps pictures of the gallery, dark and light.
func TestGallery(t *testing.T) {
	looktest.Need(t)
	for name, a := range map[string]Appearance{"dark": Dark, "light": Light} {
		test.NewTempApp(t)
		test.ApplyTheme(t, NewTheme(Options{Appearance: a, Locale: os.Getenv("LOOK_LOCALE")}))
		w := test.NewTempWindow(t, gallery())
		w.SetPadded(false)
		w.Resize(fyne.NewSize(1100, 620))
		looktest.Keep(t, w, "gallery-"+name)
	}
}
