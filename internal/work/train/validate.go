package train

import (
	"context"
	"fmt"
	"math"

	"easel/internal/data/dataset"
	"easel/internal/data/metric"
	"easel/internal/data/palette"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// validator runs the generator on the first validation pictures. It shares its weights with
// the training step on the same device.
type validator struct {
	data    *dataset.Dataset
	split   dataset.Split // val, or train if there is none
	program device.Program
	network pix2pix.Config
	seed    uint64
	labels  *palette.Labels // of the task labels
	count   int             // pictures measured
	shown   int             // and shown
	target  []float32
	fake    []float32 // generated from the current picture
}

func newValidator(r *resolved, d device.Device) (*validator, error) {
	c, data := r.o.Network, r.data
	network, err := pix2pix.Inference(c, 1, c.ImageSize, c.ImageSize, pix2pix.InferenceOptions{Averaged: c.Average > 0})
	if err != nil {
		return nil, err
	}
	program, err := d.Compile(network.Graph)
	if err != nil {
		return nil, fmt.Errorf("plan the validation: %w", err)
	}
	split := dataset.Val
	if data.Len(split) == 0 {
		split = dataset.Train
	}
	count := min(r.o.ValPictures, data.Len(split))
	_, channels := data.Channels() // of a target picture
	return &validator{
		data: data, split: split, program: program, network: c, seed: r.o.Seed, labels: r.o.Classes,
		count: count, shown: min(r.o.SamplePictures, count),
		target: make([]float32, c.ImageSize*c.ImageSize*channels),
	}, nil
}

// run measures the current weights and draws a sheet of samples: rows of input,
// output, target.
func (v *validator) run(ctx context.Context) (r *validated, err error) {
	r = &validated{validation: validation{metrics: map[string]float64{}}}
	add := func() error { return v.measure(r) }
	var classes *classScores
	if v.labels != nil {
		classes = newClassScores(v.labels)
		add = func() error { return classes.add(v.fake, v.target, v.network.ImageSize) }
	}
	for i := range v.count {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := v.translate(i); err != nil {
			return nil, err
		}
		if err := add(); err != nil {
			return nil, fmt.Errorf("validation: %w", err)
		}
		if i < v.shown {
			r.sheet = append(r.sheet, v.row())
		}
	}
	if classes != nil {
		r.metrics = classes.metrics()
		return r, nil
	}
	for name := range r.metrics {
		r.metrics[name] /= float64(v.count)
	}
	r.metrics["patches"] = r.made.Distance(&r.targets)
	r.trouble = collapsed(&r.ofMade, &r.ofTargets)
	return r, nil
}

// validated is a validation of pairs, with the data for its judgement.
type validated struct {
	validation
	made, targets     metric.Patches
	ofMade, ofTargets variety
}

func (v *validator) translate(i int) error {
	if err := v.read(i); err != nil {
		return fmt.Errorf("validation: %w", err)
	}
	key := graph.Key(v.seed, uint64(i))
	copy(v.program.Input("key"), key[:])
	if err := v.program.Run(); err != nil {
		return fmt.Errorf("validation: %w", err)
	}
	fake, err := device.Read(v.program, "fake")
	if err != nil {
		return fmt.Errorf("validation: %w", err)
	}
	v.fake = fake
	return nil
}

// read copies validation pair i to the program's input and to target.
func (v *validator) read(i int) error {
	pair, err := v.data.Sample(v.split, i, v.network.ImageSize)
	if err != nil {
		return err
	}
	imgio.ToModel(v.program.Input("a"), pair.Input)
	imgio.ToModel(v.target, pair.Target)
	return nil
}

// most is the PSNR of equal pictures, in decibels, because JSON has no infinity.
const most = 100

func (v *validator) measure(r *validated) error {
	const span = 2 // of −1..1
	size, channels := v.network.ImageSize, v.network.OutputChannels
	fake := v.fake
	// SSIM compares means by their ratio, so its samples must start at 0.
	made := imgio.FromModel(fake, size, size, channels, 8)
	truth := imgio.FromModel(v.target, size, size, channels, 8)
	shape := metric.Shape{Height: size, Width: size, Channels: channels}
	ssim, err := metric.SSIM(made.Pix, truth.Pix, shape, 1)
	if err != nil {
		return err
	}
	sums := r.metrics
	sums["l1"] += metric.L1(fake, v.target)
	sums["psnr"] += math.Min(metric.PSNR(fake, v.target, span), most)
	sums["ssim"] += ssim
	r.made.Add(fake, shape)
	r.targets.Add(v.target, shape)
	r.ofMade.add(fake)
	r.ofTargets.add(v.target)
	return nil
}

// row returns the current picture's part of a sheet.
func (v *validator) row() []*imgio.Picture {
	size, in, out := v.network.ImageSize, v.network.InputChannels, v.network.OutputChannels
	fake := v.fake
	row := []*imgio.Picture{visible(imgio.FromModel(v.program.Input("a"), size, size, in, 8))}
	if v.labels != nil {
		return append(row, v.labels.Paint(palette.Argmax(fake, out), size, size), imgio.FromModel(v.target, size, size, stored.LabelChannels, 8))
	}
	return append(row, visible(imgio.FromModel(fake, size, size, out, 8)), visible(imgio.FromModel(v.target, size, size, out, 8)))
}

// visible converts any number of channels to one or three.
func visible(p *imgio.Picture) *imgio.Picture {
	switch {
	case p.Channels == 2:
		return p.Select(0, 1)
	case p.Channels > 3:
		return p.Select(0, 3)
	}
	return p
}

// measure implements subject.
func (t *trainer) measure(ctx context.Context) (*validation, error) {
	if t.validator.count == 0 {
		return nil, nil
	}
	r, err := t.validator.run(ctx)
	if err != nil {
		return nil, err
	}
	return &r.validation, nil
}

// judge implements subject: it warns once of problems with the pictures of a validation.
func (t *trainer) judge(v *validation, value float64) string {
	if t.done == 0 {
		return ""
	}
	if t.o.Network.Schedule == pix2pix.PlateauDecay {
		t.state.Plateau.validated(value, t.goal.larger)
	}
	if t.o.Task == Labels {
		return ""
	}
	if v.trouble != "" {
		return t.collapse(v.trouble)
	}
	return t.health.validated(t.done, v.metrics["l1"])
}
