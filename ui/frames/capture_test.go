package frames

import "culvert/tunnel/capture"

var _ Capture = (*capture.Log)(nil)
