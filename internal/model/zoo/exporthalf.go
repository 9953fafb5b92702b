package zoo

import (
	"fmt"
	"math"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/engine/graph"
	"easel/internal/file/safetensors"
	"easel/internal/model/stored"
)

// largestHalf is the largest number of float16.
const largestHalf = 65504

// Model writes a generator as a model of easel's: its weights without optimiser and
// discriminator, as float16 if the options say so.
func Model(m *stored.Model, path string, o ExportOptions) error {
	if err := o.plain(); err != nil {
		return err
	}
	list, err := copied(m, "generator/", o.Half)
	if err != nil {
		return fmt.Errorf("export %s: %w", m.Path, err)
	}
	if o.Half {
		return stored.WriteHalf(path, m.Config, m.Training, list)
	}
	return stored.Write(path, stored.KindModel, m.Config, m.Training, list)
}

// StyleModel is Model for a network that paints in a style.
func StyleModel(s *stored.Style, path string, o ExportOptions) error {
	if err := o.plain(); err != nil {
		return err
	}
	list, err := copied(s, "style/", o.Half)
	if err != nil {
		return fmt.Errorf("export %s: %w", s.Path, err)
	}
	return stored.WriteStyle(path, s.StyleConfig, s.Training, list, o.Half)
}

// copied are the weights below a prefix.
func copied(from interface {
	Names() []string
	Tensor(name string) (graph.Shape, []float32, error)
}, prefix string, half bool) ([]safetensors.Tensor, error) {
	var list []safetensors.Tensor
	for _, name := range from.Names() {
		if !strings.HasPrefix(name, prefix) || strings.Contains(name, "/adam/") {
			continue
		}
		shape, data, err := from.Tensor(name)
		if err != nil {
			return nil, err
		}
		if half {
			if err := fitsHalf(name, data); err != nil {
				return nil, err
			}
		}
		list = append(list, safetensors.Tensor{Name: name, Shape: shape, Data: data})
	}
	return list, nil
}

// fitsHalf reports a number that is too large for float16.
func fitsHalf(name string, data []float32) error {
	for _, v := range data {
		if math.Abs(float64(v)) > largestHalf {
			return hint.New(fmt.Errorf("weight %s has %g, and float16 ends at %d", name, v, largestHalf), "leave {half} out")
		}
	}
	return nil
}
