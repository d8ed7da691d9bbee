package trust

import (
	"path/filepath"

	"culvert/certs/trust/browser"
)

// chromiumTraces are folders below the home folder that tell of a Chromium elsewhere: those that testing tools
// download, and the profiles of one that is not in PATH.
var chromiumTraces = []string{
	".cache/ms-playwright", ".cache/puppeteer", ".config/chromium", ".config/google-chrome", ".config/BraveSoftware", ".config/microsoft-edge",
}

// chromiumStores lists the NSS databases of Chromium and its kin.
//
// Since version 146 Chromium uses $XDG_DATA_HOME/pki/nssdb, unless the older ~/.pki/nssdb exists; then it uses that
// one alone (docs/linux/cert_management.md in its sources). ~/.pki/nssdb is therefore never made here: doing so would
// hide what the user has in the other one. Both get the root where both exist, since versions differ.
func chromiumStores(sys System) []Store {
	if sys.home() == "" {
		return nil
	}
	old := &nssDatabase{sys: sys, name: "chromium-old", dir: sys.home(".pki", "nssdb"), reader: "Chromium"}
	recent := &nssDatabase{
		sys: sys, name: "chromium", dir: filepath.Join(sys.xdg("XDG_DATA_HOME", ".local", "share"), "pki", "nssdb"), reader: "Chromium",
		// A browser that has never run has no database yet, and takes the one that it finds.
		make: !old.exists() && chromiumInstalled(sys),
	}
	stores := []Store{recent}
	if old.exists() {
		stores = append(stores, old)
	}
	for _, d := range packagedChromiums(sys) {
		if d.exists() {
			stores = append(stores, d)
		}
	}
	return stores
}

// packagedChromiums lists where browsers that are confined to folders of their own would have their databases.
func packagedChromiums(sys System) []*nssDatabase {
	var all []*nssDatabase
	for _, snap := range browser.Chromium.Snaps() {
		dir := sys.home("snap", snap, "current", ".pki", "nssdb")
		all = append(all, &nssDatabase{sys: sys, name: snap + "-snap", dir: dir, reader: "the " + snap + " snap"})
	}
	for _, id := range browser.Chromium.Flatpaks() {
		// Flatpak points XDG_DATA_HOME at data.
		data := sys.home(".var", "app", id, "data", "pki", "nssdb")
		old := sys.home(".var", "app", id, ".pki", "nssdb")
		all = append(all,
			&nssDatabase{sys: sys, name: id, dir: data, reader: "the flatpak " + id},
			&nssDatabase{sys: sys, name: id + "-old", dir: old, reader: "the flatpak " + id})
	}
	return all
}

func chromiumInstalled(sys System) bool {
	if sys.find(browser.Chromium.Commands()...) != "" {
		return true
	}
	for _, trace := range chromiumTraces {
		if isDir(sys.home(filepath.FromSlash(trace))) {
			return true
		}
	}
	return false
}
