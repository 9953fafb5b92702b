package pix2pix

import (
	"testing"

	"easel/internal/backend"
	"easel/internal/backend/backendtest"
	"easel/internal/device"
)

// on makes devices of a backend.
func on(t *testing.T, open func(t testing.TB) backend.Device) func() device.Device {
	return func() device.Device { return open(t) }
}

// TestBackendParity holds the whole training step on every backend against
// PyTorch: forward, every gradient, ten steps.
func TestBackendParity(t *testing.T) {
	t.Parallel()
	backendtest.Each(t, func(t *testing.T, open func(t testing.TB) backend.Device) {
		eachRecorded(t, func(t *testing.T, r *recorded) { r.compare(on(t, open), promised) })
	})
}

// TestFullParity is the same at full size: unet_256 and the 70×70 discriminator.
func TestFullParity(t *testing.T) {
	within := promised
	within.deviations, within.moved = 3, 0.1 // ten of Adam's steps along signs are chaotic
	path := fullReference(t)
	backendtest.Each(t, func(t *testing.T, open func(t testing.TB) backend.Device) {
		openRecorded(t, path).compare(on(t, open), within)
	})
}
