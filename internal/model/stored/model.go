// Package stored saves trained networks: it writes files that describe how to run them,
// finds them and opens them. A run folder, a checkpoint and a model file can all be opened.
//
//	m, err := stored.Open("runs/facades") // or …/best.safetensors
//	defer m.Close()
//	network, err := pix2pix.Inference(m.Config.Network, 1, 256, 256, pix2pix.InferenceOptions{})
//	program, err := device.Compile(network.Graph)
//	err = m.Store(device, network.Parameters, nil)
//
// For a run folder, the latest checkpoint is opened: see Find. The best model by validation
// is RUN/best.safetensors.
//
// [Write] writes a model or a checkpoint. A run keeps its checkpoints as
// step-00001000.safetensors in one folder: [StepPath] returns their paths, [Latest] finds
// the one to resume from, and [Prune] removes old ones and the leftovers of killed
// processes.
//
// # The file
//
// A safetensors file whose metadata entry "easel" is the JSON form of [Header]:
// a model has weights and configuration, a checkpoint also the optimiser's
// moments and the state of training.
//
// Open checks everything but the values: the file, its configuration, and that every weight
// of the generator exists with the right shape. The configuration comes from the file, so
// no flag needs repeating. A Model may be used by many goroutines at once.
package stored

import (
	"encoding/json"
	"errors"
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/file/safetensors"
	"easel/internal/model/pix2pix"
)

// Model is an open model file.
type Model struct {
	Config   Config
	Training Training
	weights
}

// Open opens a model: a safetensors file that easel wrote, or a run folder. The
// file stays open until Close.
func Open(path string) (*Model, error) {
	file, err := Find(path)
	if err != nil {
		return nil, err
	}
	reader, header, err := openFile(file)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	m := &Model{Training: header.Training, weights: weights{Path: file, reader: reader}}
	if err := m.check(header); err != nil {
		return nil, errors.Join(fmt.Errorf("open model %s: %w", file, err), reader.Close())
	}
	return m, nil
}

// OpenMapped is Open for a device that uses the weights directly from the file: see Store.
// Nothing is copied, and weights in the system's cache are available at once.
func OpenMapped(path string) (*Model, error) {
	m, err := Open(path)
	if err != nil {
		return nil, err
	}
	m.mapped = true
	return m, nil
}

// check decodes the configuration and looks for the generator's weights.
func (m *Model) check(header Header) error {
	if header.Kind == KindStyle {
		return hint.New(ErrStyle, "run it with {run stylize model=MODEL}")
	}
	if err := header.DecodeConfig(&m.Config); err != nil {
		return err
	}
	if err := m.Config.Validate(); err != nil {
		return err
	}
	size := m.Config.Network.ImageSize
	network, err := pix2pix.Inference(m.Config.Network, 1, size, size, pix2pix.InferenceOptions{})
	if err != nil {
		return err
	}
	return m.has(network.Parameters)
}

// Write writes a model or checkpoint file, atomically. Kind is
// KindModel or KindCheckpoint.
func Write(path, kind string, c Config, training Training, tensors []safetensors.Tensor) error {
	return write(path, kind, c, training, tensors, false)
}

// WriteHalf writes a model file with its weights as float16, half the size.
func WriteHalf(path string, c Config, training Training, tensors []safetensors.Tensor) error {
	return write(path, KindModel, c, training, tensors, true)
}

func write(path, kind string, c Config, training Training, tensors []safetensors.Tensor, half bool) error {
	if err := c.Validate(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write %s: configuration: %w", path, err)
	}
	header := Header{Kind: kind, Config: text, Training: training}
	return writeFile(path, header, tensors, half)
}
