//go:build !windows

package trust

import (
	"errors"

	"culvert/certs"
)

func hasWindowsRoot(*certs.Root) (bool, error) { return false, errors.ErrUnsupported }
func addWindowsRoot(*certs.Root) error         { return errors.ErrUnsupported }
func deleteWindowsRoot(*certs.Root) error      { return errors.ErrUnsupported }
