package train

import (
	"fmt"
	"strings"

	"easel/internal/engine/device"
	"easel/internal/file/safetensors"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
)

// average keeps the moving average of the generator's weights on the device, where
// validation uses it.
type average struct {
	device     device.Device
	config     pix2pix.Config
	program    device.Program
	parameters nn.Parameters
}

// newAverage makes the average for a configuration; nil if it has none.
func newAverage(c pix2pix.Config, d device.Device) (*average, error) {
	if c.Average == 0 {
		return nil, nil
	}
	network, err := pix2pix.Averaging(c)
	if err != nil {
		return nil, err
	}
	a := &average{device: d, config: c, parameters: network.Parameters}
	if a.program, err = d.Compile(network.Graph); err != nil {
		return nil, fmt.Errorf("plan the averaging of weights: %w", err)
	}
	return a, nil
}

// of returns the generator's weight that a parameter is the average of.
func (a *average) of(p nn.Parameter) string {
	return strings.TrimPrefix(p.Name, pix2pix.AverageScope+"/")
}

// begin sets the average to the current weights.
func (a *average) begin() error {
	if a == nil {
		return nil
	}
	for _, p := range a.parameters {
		shape, value, err := a.device.Parameter(a.of(p))
		if err == nil {
			err = device.GiveParameter(a.device, p.Name, shape, value)
		}
		if err != nil {
			return fmt.Errorf("average of weights: %s: %w", p.Name, err)
		}
	}
	return nil
}

// stepped adds the weights after every pix2pix.AverageEvery steps; the first step is 1.
func (a *average) stepped(step int) error {
	if a == nil || step%pix2pix.AverageEvery != 0 {
		return nil
	}
	device.Fill(a.program.Input("rate"), float32(a.config.AverageRate(step)))
	if err := a.program.Run(); err != nil {
		return fmt.Errorf("average of weights: %w", err)
	}
	return nil
}

// all returns the parameters of a checkpoint, including the average.
func (a *average) all(of nn.Parameters) nn.Parameters {
	if a == nil {
		return of
	}
	return append(of[:len(of):len(of)], a.parameters...)
}

// model replaces the generator's weights with the average.
func (a *average) model(tensors []safetensors.Tensor) []safetensors.Tensor {
	var model []safetensors.Tensor
	averages := map[string]safetensors.Tensor{}
	for _, t := range tensors {
		if name, ok := strings.CutPrefix(t.Name, pix2pix.AverageScope+"/"); ok {
			averages[name] = t
		} else {
			model = append(model, t)
		}
	}
	for i, t := range model {
		if averaged, ok := averages[t.Name]; ok {
			model[i].Data = averaged.Data
		}
	}
	return model
}

func (a *average) close() {
	if a != nil {
		_ = a.program.Close()
	}
}
