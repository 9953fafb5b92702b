package stored

import (
	"fmt"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/file/safetensors"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
)

// weights are the tensors of an open file.
type weights struct {
	// Path is the file, even if a folder was given.
	Path   string
	reader *safetensors.Reader
	mapped bool
}

// has reports the first weight that is missing or has another shape.
func (w *weights) has(parameters nn.Parameters) error {
	for _, p := range parameters {
		shape, ok := w.reader.Shape(p.Name)
		if !ok {
			return fmt.Errorf("the weight %s is missing", p.Name)
		}
		if !p.Shape.Equal(shape) {
			return fmt.Errorf("the weight %s has shape %v, expected %v", p.Name, shape, p.Shape)
		}
	}
	return nil
}

// Names are the names of all tensors in the file, sorted: the generator's
// weights, the discriminator's, and in a checkpoint the optimiser's moments.
func (w *weights) Names() []string { return w.reader.Names() }

// Shape returns a tensor's shape, and whether the tensor exists.
func (w *weights) Shape(name string) (graph.Shape, bool) {
	shape, ok := w.reader.Shape(name)
	return shape, ok
}

// Tensor reads one tensor. Values that are not finite are an error.
func (w *weights) Tensor(name string) (graph.Shape, []float32, error) {
	return w.checked(name, w.reader.Tensor)
}

func (w *weights) checked(name string, read func(string) ([]int, []float32, error)) (graph.Shape, []float32, error) {
	shape, value, err := read(name)
	if err != nil {
		return nil, nil, err
	}
	if i := firstNotFinite(value); i >= 0 {
		return nil, nil, fmt.Errorf("%s: weight %s is %v at element %d", w.Path, name, value[i], i)
	}
	return shape, value, nil
}

// Weight returns the name of the tensor that the model uses for a parameter of its
// generator. A checkpoint may also have an average of each weight (pix2pix.Averaging),
// which then is the model.
func (w *weights) Weight(parameter string) string {
	average := pix2pix.AverageScope + "/" + parameter
	if _, ok := w.reader.Shape(average); ok {
		return average
	}
	return parameter
}

// Restore stores parameters on a device as they were trained, to continue training.
func (w *weights) Restore(d device.Device, parameters nn.Parameters) error {
	return w.store(d, parameters, func(name string) string { return name }, nil)
}

// Store stores parameters on a device, one at a time. Edit, if not nil, may change a value
// first; the file does not change. A model from OpenMapped must stay open until the device
// is closed.
func (w *weights) Store(d device.Device, parameters nn.Parameters, edit func(name string, value []float32)) error {
	return w.store(d, parameters, w.Weight, edit)
}

func (w *weights) store(d device.Device, parameters nn.Parameters, tensor func(name string) string, edit func(name string, value []float32)) error {
	read := w.reader.Tensor
	if w.mapped {
		read = w.reader.View
	}
	for _, p := range parameters {
		shape, value, err := w.checked(tensor(p.Name), read)
		if err != nil {
			return err
		}
		if edit != nil {
			edit(p.Name, value)
		}
		if err := device.GiveParameter(d, p.Name, shape, value); err != nil {
			return fmt.Errorf("%s: weight %s: %w", w.Path, p.Name, err)
		}
	}
	return nil
}

// Close closes the file.
func (w *weights) Close() error { return w.reader.Close() }
