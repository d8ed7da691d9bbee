package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"culvert/tunnel/capture"
)

// Export writes what is held of a project as HAR.
func (a *App) Export(ctx context.Context, name, filter string, w io.Writer) error {
	q, err := capture.ParseQuery(filter)
	if err != nil {
		return err
	}
	if _, err := a.known.entry(name); err != nil {
		return err
	}
	log, ok := a.engine.Capture(name)
	if !ok {
		return fmt.Errorf("project %s: nothing is recorded, it has not been on since culvert started (culvert on %s)", name, name)
	}
	out := bufio.NewWriterSize(w, 64<<10)
	return errors.Join(log.WriteHAR(ctx, out, q, a.version), out.Flush())
}
