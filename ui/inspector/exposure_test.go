package inspector

import (
	"strings"
	"testing"

	"culvert/ui/look"
)

func TestAnExposedProjectIsWarnedOf(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	p, log := webChat(), newSample(t).log
	d.pane.Show(p, log)
	if d.pane.exposure.content.Visible() {
		t.Error("there is a warning though only this machine reaches the project")
	}
	open := *p
	open.Exposed = []string{"0.0.0.0:8443", "[::]:8443"}
	d.pane.Show(&open, log)
	if got := d.pane.exposure.text.Text(); !d.pane.exposure.content.Visible() || got != "Other machines can reach 0.0.0.0:8443, [::]:8443." {
		t.Errorf("it says %q", got)
	}
	open.Serving = false
	d.pane.Show(&open, log)
	if got := d.pane.exposure.text.Text(); got != "Once it is on, other machines can reach 0.0.0.0:8443, [::]:8443." {
		t.Errorf("while it is off, it says %q", got)
	}
	open.Guarded = true
	d.pane.Show(&open, log)
	if got := d.pane.exposure.text.Text(); !strings.HasSuffix(got, "and are refused: Allow lets in this one alone.") {
		t.Errorf("where nobody is let in, it says %q", got)
	}
	d.pane.Show(p, log)
	if d.pane.exposure.content.Visible() {
		t.Error("the warning stays")
	}
}
