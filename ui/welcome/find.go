package welcome

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// projectFile is the name of a project's file.
const projectFile = "culvert.toml"

// Bounds of the search in a folder that was dropped, which may be a whole disk.
const (
	maxDepth   = 4
	maxFolders = 2000
	maxFound   = 50
)

// found is what is in the files and folders that a user dropped.
type found struct {
	files  []string // project files
	bare   string   // the first folder without any
	others []string // what is neither a folder nor a project file
}

// find looks for project files: each path that is one, and those in each path that is a folder.
func find(paths []string) found {
	var f found
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			before := len(f.files)
			f.files = append(f.files, search(path)...)
			if len(f.files) == before && f.bare == "" {
				f.bare = path
			}
		case err == nil && strings.EqualFold(filepath.Ext(path), ".toml"):
			f.files = append(f.files, path)
		default:
			f.others = append(f.others, path)
		}
	}
	return f
}

// search returns the project files in a folder and below it, but not in what tools have put there.
func search(root string) []string {
	var files []string
	folders := 0
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil: // one that may not be read
			return fs.SkipDir
		case entry.IsDir():
			folders++
			if path != root && (foreign(entry.Name()) || depth(root, path) > maxDepth || folders > maxFolders) {
				return fs.SkipDir
			}
		case entry.Name() == projectFile:
			files = append(files, path)
			if len(files) == maxFound {
				return fs.SkipAll
			}
		}
		return nil
	})
	return files
}

// foreign reports whether a folder of that name holds what others have made.
func foreign(name string) bool {
	switch name {
	case "node_modules", "vendor", "target", "dist", "build":
		return true
	}
	return strings.HasPrefix(name, ".")
}

func depth(root, path string) int {
	rest, err := filepath.Rel(root, path)
	if err != nil {
		return maxDepth + 1
	}
	return 1 + strings.Count(rest, string(filepath.Separator))
}
