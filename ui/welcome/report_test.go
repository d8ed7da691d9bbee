package welcome

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"culvert/tunnel/project/nginx"
	"culvert/ui/state"
	"culvert/ui/words"
)

// inChinese has the window speak Chinese during a test.
func inChinese(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { // when the variable is as it was
		if err := words.Load(); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	if err := words.Load(); err != nil {
		t.Fatal(err)
	}
}

// imported imports nginx configurations of the field, and returns what the window is given of it, but its directives.
func imported(t *testing.T) (im state.Import) {
	t.Helper()
	files, err := filepath.Glob("../../tunnel/project/nginx/testdata/whole/*/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	im.From = files[0]
	kinds := map[nginx.Kind]state.NoteKind{}
	for i, k := range nginx.Kinds() {
		kinds[k] = state.NoteKind(i)
	}
	shown := func(list []nginx.Note) (notes []state.ImportNote) {
		for _, n := range list {
			notes = append(notes, state.ImportNote{Kind: kinds[n.Kind], Places: "nginx.conf:7", Directive: "gzip", Why: n.Why})
		}
		return notes
	}
	for _, file := range files {
		result, err := nginx.Read([]string{file}, nginx.Options{Out: t.TempDir()})
		if err != nil {
			continue // a part of another one
		}
		im.Notes = append(im.Notes, shown(result.Notes)...)
		for _, f := range result.Files {
			im.Projects = append(im.Projects, state.Imported{Name: f.Project.Name, File: "/srv/chat.toml", Notes: shown(f.Notes)})
		}
	}
	return im
}

// English are words in a row, but those that are to be typed.
var (
	english = regexp.MustCompile(`[A-Za-z]{2,} [a-z]{2,}`)
	typed   = regexp.MustCompile(`culvert [a-z]+(?: --[a-z]+)?`)
)

func TestAChineseWindowTellsInChineseWhatAnImportBecame(t *testing.T) {
	inChinese(t)
	d := newDesk(t)
	d.imported = imported(t)
	p := NewAdd(d.options())
	open(t, p.Content())
	p.add.importFrom("nginx.conf")
	told := 0
	for _, o := range test.LaidOutObjects(p.add.report) {
		o, ok := o.(interface {
			Describe() (role, text, state string)
		})
		if !ok {
			continue
		}
		told++
		if _, text, _ := o.Describe(); english.MatchString(typed.ReplaceAllString(text, "")) {
			t.Errorf("the window says %q", text)
		}
	}
	if told < 100 {
		t.Errorf("the window tells %d things only", told)
	}
	for line := range strings.Lines(reportText(&d.imported)) {
		if english.MatchString(typed.ReplaceAllString(line, "")) {
			t.Errorf("the list that is copied says %q", line)
		}
	}
}

func TestAChineseWindowTellsInChineseWhyAnImportFailed(t *testing.T) {
	inChinese(t)
	d := newDesk(t)
	_, d.err = nginx.Read([]string{filepath.Join(t.TempDir(), "nginx.conf")}, nginx.Options{})
	p := NewAdd(d.options())
	open(t, p.Content())
	p.add.importFrom("nginx.conf")
	if problem := p.add.field.Problem(); !strings.HasPrefix(problem, "无法读取 ") || english.MatchString(problem) {
		t.Errorf("the window says %q", problem)
	}
}
