package conformance

import (
	"testing"

	"easel/internal/engine/device"
)

// Options of the suite. The zero value is the default.
type Options struct {
	// Loosen multiplies all tolerances, for executors that calculate with less
	// than float32 on purpose; 0 means 1.
	Loosen float64
}

// Run is the suite. Open opens a device without parameters; the suite closes
// it.
func Run(t *testing.T, open func(t testing.TB) device.Device, o Options) {
	if o.Loosen == 0 {
		o.Loosen = 1
	}
	opened := func(t testing.TB) device.Device {
		t.Helper()
		dev := open(t)
		t.Cleanup(func() { must(t, dev.Close()) })
		return dev
	}
	s := suite{opened, o.Loosen}
	t.Run("operations", s.operations)
	t.Run("random", s.random)
	t.Run("updates", s.updates)
	t.Run("programs", s.programs)
	t.Run("misuse", s.misuse)
	t.Run("pytorch", s.pytorch)
}

type suite struct {
	open   func(t testing.TB) device.Device
	loosen float64
}

func (s suite) operations(t *testing.T) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			dev := s.open(t)
			for seed := range c.seeds() {
				c.check(t, dev, seed, s.loosen)
			}
		})
	}
}
