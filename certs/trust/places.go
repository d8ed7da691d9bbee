package trust

import (
	"path/filepath"
	"slices"
)

// Places returns the folders in which something changes when a browser or a profile appears that [Stores] would then
// list: those that hold lists of profiles and databases, or where one is not there yet, the nearest folder above it that
// is. To be asked for again after each change.
func Places(sys System) []string {
	var places []string
	for _, r := range firefoxRoots(sys) {
		places = append(places, r.dir)
	}
	if home := sys.home(); home != "" {
		places = append(places, filepath.Join(sys.xdg("XDG_DATA_HOME", ".local", "share"), "pki", "nssdb"), sys.home(".pki", "nssdb"))
		for _, d := range packagedChromiums(sys) {
			places = append(places, d.dir)
		}
		for _, trace := range chromiumTraces {
			places = append(places, sys.home(filepath.FromSlash(trace)))
		}
	}
	for i, dir := range places {
		for !isDir(dir) && dir != filepath.Dir(dir) {
			dir = filepath.Dir(dir)
		}
		places[i] = dir
	}
	slices.Sort(places)
	return slices.Compact(places)
}
