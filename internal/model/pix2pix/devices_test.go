package pix2pix

import (
	"fmt"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
)

// TestDevicesAreOne holds a step on several devices, in float64, against that
// of one device with the whole batch: losses, gradients, pictures and the
// weights after two steps, with dropout and noise from the key.
func TestDevicesAreOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		norm           NormKind
		order          StepOrder
		devices, batch int
		noise          int
	}{
		{NormAuto, DiscriminatorFirst, 2, 1, 0}, // batch norm, as of batch 2
		{NormBatch, Simultaneous, 3, 2, 2},
		{NormInstance, DiscriminatorFirst, 2, 2, 1},
		{NormNone, DiscriminatorFirst, 4, 1, 0},
	} {
		t.Run(fmt.Sprintf("%s norm, %d×%d", c.norm, c.devices, c.batch), func(t *testing.T) {
			t.Parallel()
			network := tiny(func(n *Config) { n.Norm, n.Order, n.NoiseChannels = c.norm, c.order, c.noise })
			whole := step(t, network, c.devices*c.batch, 32, StepOptions{Gradients: true})
			parts := step(t, network, c.batch, 32, StepOptions{Gradients: true, Devices: c.devices})
			ofOne, ofAll := initial(whole.Parameters, 1), make([]values, c.devices)
			for i := range ofAll {
				ofAll[i] = initial(parts.Parameters, 1)
			}
			for n := range 2 {
				in := inputsOf(whole.Graph, uint64(n))
				in["step"][0], in["rate"][0] = float64(n+1), 1e-3
				want := run(t, whole.Graph, in, ofOne)
				got, err := reference.RunDevices(parts.Graph, share(in, c.devices), ofAll)
				if err != nil {
					t.Fatal(err)
				}
				compareDevices(t, parts.Graph, got, want)
			}
			for name, want := range ofOne {
				for i := range ofAll {
					wantNear(t, fmt.Sprintf("%s on device %d", name, i), ofAll[i][name], want, 1e-7)
				}
			}
		})
	}
}

// share gives each device its part of pictures, and all of the rest.
func share(in values, devices int) []values {
	parts := make([]values, devices)
	for i := range parts {
		parts[i] = values{}
		for name, v := range in {
			parts[i][name] = v
			if name == "a" || name == "b" {
				size := len(v) / devices
				parts[i][name] = v[i*size:][:size]
			}
		}
	}
	return parts
}

// compareDevices wants the pictures and D's maps of all devices together to be
// the whole batch's, and everything else to be that on each.
func compareDevices(t *testing.T, g *graph.Graph, got []reference.Values, want reference.Values) {
	t.Helper()
	for _, o := range g.Outputs() {
		var all []float64
		for i, v := range got {
			if len(o.Node.Shape()) != 4 || len(v.Output(o.Name)) == len(want.Output(o.Name)) {
				wantNear(t, fmt.Sprintf("%s on device %d", o.Name, i), v.Output(o.Name), want.Output(o.Name), 1e-7)
			}
			all = append(all, v.Output(o.Name)...)
		}
		if len(all) == len(want.Output(o.Name)) {
			wantNear(t, o.Name, all, want.Output(o.Name), 1e-7)
		}
	}
}

// TestLocalStatistics: batch norm left to each device is another network.
func TestLocalStatistics(t *testing.T) {
	t.Parallel()
	c := tiny(func(n *Config) { n.Norm = NormBatch })
	of := func(o StepOptions) []float64 {
		o.Devices = 2
		s := step(t, c, 2, 32, o)
		params := []values{initial(s.Parameters, 1), initial(s.Parameters, 1)}
		whole := step(t, c, 4, 32, StepOptions{})
		v, err := reference.RunDevices(s.Graph, share(inputsOf(whole.Graph, 1), 2), params)
		if err != nil {
			t.Fatal(err)
		}
		return append(v[0].Output("fake"), v[1].Output("fake")...)
	}
	if !differ(of(StepOptions{LocalStatistics: true}), of(StepOptions{})) {
		t.Error("statistics of each device are those of all")
	}
}

// TestDevicesShareClasses: where some positions have no class, more on one device
// than on another, the loss is still the mean over all that count.
func TestDevicesShareClasses(t *testing.T) {
	t.Parallel()
	const devices = 2
	c := segmenter()
	whole, part := step(t, c, devices, 32, StepOptions{Gradients: true}), step(t, c, 1, 32, StepOptions{Gradients: true, Devices: devices})
	in := classesOf(whole.Graph)
	b := make([]float32, len(in["b"]))
	for i := range b {
		if i < 900 {
			in["b"][i] = -1
		}
		b[i] = float32(in["b"][i])
	}
	parts, params := share(in, devices), make([]values, devices)
	for i, share := range ClassShares(b, 4, devices) {
		parts[i]["share"], params[i] = []float64{float64(share)}, initial(part.Parameters, 1)
	}
	want := run(t, whole.Graph, in, initial(whole.Parameters, 1))
	got, err := reference.RunDevices(part.Graph, parts, params)
	if err != nil {
		t.Fatal(err)
	}
	compareDevices(t, part.Graph, got, want)
}
