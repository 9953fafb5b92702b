package pix2pix

import (
	"testing"

	"easel/internal/cpu"
	"easel/internal/device"
)

// processor is the embedded device.
func processor(t *testing.T) func() device.Device {
	return func() device.Device {
		d, err := cpu.New(cpu.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	}
}

// TestProcessorParity holds the whole training step on the processor, fused and
// in float32, against PyTorch.
func TestProcessorParity(t *testing.T) {
	t.Parallel()
	eachRecorded(t, func(t *testing.T, r *recorded) { r.compare(processor(t), promised) })
}

// TestFullParity is the same at full size: unet_256 and the 70×70 discriminator.
func TestFullParity(t *testing.T) {
	within := promised
	within.deviations, within.moved = 3, 0.1 // ten of Adam's steps along signs are chaotic
	openRecorded(t, fullReference(t)).compare(processor(t), within)
}
