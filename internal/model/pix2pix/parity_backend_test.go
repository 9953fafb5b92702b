package pix2pix

import (
	"testing"

	"easel/internal/engine/backend/backendtest"
	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
)

// on makes devices of a backend.
func on(t *testing.T, open func(t testing.TB) device.Device) func() device.Device {
	return func() device.Device { return open(t) }
}

// TestBackendParity holds the whole training step on every backend against
// PyTorch: forward, every gradient, ten steps.
func TestBackendParity(t *testing.T) {
	t.Parallel()
	backendtest.Each(t, func(t *testing.T, open func(t testing.TB) device.Device) {
		eachRecorded(t, func(t *testing.T, r *recorded) { r.compare(on(t, open), promised) })
	})
}

// TestFullParity is the same at full size: unet_256 and the 70×70 discriminator.
// With direct convolutions the processor is held to what is promised. Minimal
// filtering rounds ten times as much, and carries so many more activations over
// their kinks: a hundredth of a gradient's size is what has been seen over seeds.
func TestFullParity(t *testing.T) {
	within := promised
	within.deviations, within.moved = 3, 0.1 // ten of Adam's steps along signs are chaotic
	path := fullReference(t)
	t.Run("direct", func(t *testing.T) {
		openRecorded(t, path).compare(func() device.Device { return processor(t, cpu.Options{Direct: true}) }, within)
	})
	within.gradient, within.loss = 1e-2, 1e-2
	backendtest.Each(t, func(t *testing.T, open func(t testing.TB) device.Device) {
		openRecorded(t, path).compare(on(t, open), within)
	})
}

func processor(t *testing.T, o cpu.Options) device.Device {
	d, err := cpu.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}
