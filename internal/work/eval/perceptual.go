package eval

import (
	"context"
	"errors"
	"fmt"

	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// perceptualJudge compares each output with its target by VGG-19's features of
// both: the perceptual loss of training.
type perceptualJudge struct {
	file    string
	device  device.Device
	program device.Program
}

func (e *evaluator) openPerceptual() (j *perceptualJudge, err error) {
	if _, channels := e.data.Channels(); channels != 3 {
		return nil, fmt.Errorf("perceptual distance: the targets have %d channels, but VGG-19 reads three", channels)
	}
	w, _, err := weights.OpenFull(e.Perceptual, vgg.Kind(e.WeightsKind))
	if err != nil {
		return nil, fmt.Errorf("perceptual distance: %w", err)
	}
	network, err := pix2pix.PerceptualDistance(w.Width, e.Size, e.Size)
	if err != nil {
		return nil, err
	}
	j = &perceptualJudge{file: e.Perceptual}
	if j.device, err = backend.Open(e.Backend, backend.Options{Threads: e.Threads}); err != nil {
		return nil, fmt.Errorf("perceptual distance: %w", err)
	}
	if err = w.Store(j.device, network.Parameters); err == nil {
		j.program, err = j.device.Compile(network.Graph)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("perceptual distance: %w", err), j.device.Close())
	}
	return j, nil
}

func (j *perceptualJudge) measures() []Measure {
	return []Measure{{Perceptual, "perceptual", Lower,
		"what VGG-19 sees in the output and not in its target: the sum over relu1_1, relu2_1, relu3_1 and relu4_1 of the mean absolute difference over the target's mean"}}
}

// summands are the distance and 1 to count the picture.
func (j *perceptualJudge) summands(_ context.Context, s *sample) ([]float64, error) {
	imgio.ToModel(j.program.Input("made"), s.made)
	imgio.ToModel(j.program.Input("target"), s.target)
	if err := j.program.Run(); err != nil {
		return nil, fmt.Errorf("perceptual distance: %w", err)
	}
	return []float64{float64(j.program.Output("distance")[0]), 1}, nil
}

func (j *perceptualJudge) value(sums []float64) []float64 { return means(sums) }

func (j *perceptualJudge) close() error { return errors.Join(j.program.Close(), j.device.Close()) }
