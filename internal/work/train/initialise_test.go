package train

import (
	"context"
	"errors"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
	"easel/internal/model/pix2pix"
)

// stopping is a device that is stopped once it has some parameters.
type stopping struct {
	device.Device
	stored, last int
	stop         context.CancelFunc
}

func (d *stopping) SetParameter(name string, shape graph.Shape, value []float32) error {
	if d.stored++; d.stored == d.last {
		d.stop()
	}
	return d.Device.SetParameter(name, shape, value)
}

// TestInitialisingStops: no parameter is given a value after a stop.
func TestInitialisingStops(t *testing.T) {
	t.Parallel()
	c := pix2pix.Default()
	c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers = 32, 2, 2, 1
	step, err := pix2pix.TrainStep(c, 1, c.ImageSize, c.ImageSize, pix2pix.StepOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, last := range []int{0, 1, 5, len(step.Parameters)} {
		ctx, cancel := context.WithCancel(t.Context())
		d := &stopping{Device: reference.New(), last: last, stop: cancel}
		if last == 0 {
			cancel()
		}
		if err := initialise(ctx, d, step.Parameters, 1); !errors.Is(err, ErrInterrupted) || d.stored != last {
			t.Errorf("stopped after %d parameters: %d have values, error %v", last, d.stored, err)
		}
		cancel()
	}
}
