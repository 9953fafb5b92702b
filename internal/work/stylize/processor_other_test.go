//go:build !unix

package stylize_test

import "testing"

// processorSeconds is not known here.
func processorSeconds(*testing.T) float64 { return 0 }
