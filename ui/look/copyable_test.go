package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestACommandIsCopiedAsItIsAndShownWithoutControls(t *testing.T) {
	start(t, Dark)
	const command = "sudo cp ca.pem /etc/ssl\n&& true\x1b[0m"
	copied := ""
	o := NewCopyable(command, "Copy", "Copied", func(text string) { copied = text })
	c := show(t, o, 300, 60)
	c.FocusNext()
	press(c, fyne.KeyReturn)
	if copied != command || c.Focused().(*Button).Text() != "Copied" {
		t.Errorf("copied %q, the button says %q", copied, c.Focused().(*Button).Text())
	}
	for _, p := range test.LaidOutObjects(o) {
		if p, ok := p.(*Paragraph); ok && p.Text() != "sudo cp ca.pem /etc/ssl\n&& true\uFFFD[0m" {
			t.Errorf("it shows %q", p.Text())
		}
	}
}
