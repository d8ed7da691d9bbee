package tunnel

import "testing"

func raiseFileLimit(*testing.T, uint64) {} // there is none
