package desktop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Downloads is the folder where the user looks for what an app has saved.
type Downloads struct{ Folder string }

// Create makes a new file of the suggested name, which holds no separator, or, where that is taken, with a number
// behind it: name-2.har. It never touches a file that is there.
func (d Downloads) Create(suggested string) (*os.File, error) {
	if suggested != filepath.Base(suggested) || suggested == "." || suggested == ".." {
		return nil, fmt.Errorf("%q is no file name", suggested)
	}
	if err := os.MkdirAll(d.Folder, 0o755); err != nil {
		return nil, err
	}
	ext := filepath.Ext(suggested)
	stem := strings.TrimSuffix(suggested, ext)
	name := suggested
	for n := 2; ; n++ {
		// 0600: what was recorded may hold passwords and tokens.
		f, err := os.OpenFile(filepath.Join(d.Folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
		name = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
}
