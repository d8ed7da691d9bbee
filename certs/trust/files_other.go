//go:build !unix

package trust

// sqliteLocked cannot be told here. Browsers of these systems read the system's store instead of an NSS database.
func sqliteLocked(string) bool { return false }

// foreignTo is never so where root does not exist.
func foreignTo(bool, string) bool { return false }

// ownedByRoot is never so where root does not exist.
func ownedByRoot(string) bool { return false }
