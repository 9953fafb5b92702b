package stylize

import (
	"testing"

	"easel/internal/engine/device"
)

// withMemory is a device that has memory of its own.
type withMemory struct {
	device.Device
	free int64
}

func (d withMemory) FreeMemory() (int64, bool) { return d.free, true }

// TestAllowed: a device's own memory counts, not the machine's.
func TestAllowed(t *testing.T) {
	t.Parallel()
	const free = 1000
	if got := (Options{}).allowed(withMemory{free: free}); got != 850 {
		t.Errorf("of %d bytes %d are allowed", free, got)
	}
	if got := (Options{MaxMemory: 7}).allowed(withMemory{free: free}); got != 7 {
		t.Errorf("asked for 7, %d are allowed", got)
	}
}
