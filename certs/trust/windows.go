package trust

import (
	"context"
	"errors"

	"culvert/certs"
)

// windowsStore is the list of root certificates of the Windows user, which Chrome, Edge, Firefox, curl.exe, .NET and
// Go read. Changing it takes no administrator: Windows itself shows the certificate to its user and asks, so that Add
// and Remove last until the question is answered.
type windowsStore struct{}

func (*windowsStore) Name() string  { return "windows" }
func (*windowsStore) Where() string { return "the user's trusted root certificates (certmgr.msc)" }

func (*windowsStore) Check(_ context.Context, root *certs.Root) Status {
	found, err := hasWindowsRoot(root)
	switch {
	case err != nil:
		return cannot(explainWindows(err))
	case found:
		return Status{State: Trusted}
	}
	return Status{State: NotTrusted}
}

func (*windowsStore) Add(_ context.Context, root *certs.Root) error {
	return explainWindows(addWindowsRoot(root))
}

func (*windowsStore) Remove(_ context.Context, root *certs.Root) error {
	return explainWindows(deleteWindowsRoot(root))
}

// explainWindows puts in words what Windows answered.
func explainWindows(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errCancelled):
		why := "you said no when Windows asked, nothing was changed"
		return cancelled(why, err)
	}
	return &Problem{
		Reason: "Windows did not change or show its root certificates: " + err.Error(),
		Fix:    "run certmgr.msc and look under Trusted Root Certification Authorities",
		Err:    err,
	}
}
