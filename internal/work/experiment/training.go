package experiment

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"easel/internal/data/dataset"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
	"easel/internal/work/train"
)

// training is the job of a training run.
func (s Setting) training(o train.Options) Job {
	o.Data, o.Backend, o.Threads, o.SkipBad = s.Data, s.Backend, s.Threads, s.SkipBad
	o.Labels = s.Source.Labels.String()
	steps := s.steps(o)
	o.ValEvery = max(steps/validations, 1)
	return Job{
		Kind: "runs", Name: runName(o), Config: s.trainingKey(o),
		Seconds: func(m *Meter, dir string) (float64, error) {
			each, err := m.TrainStep(measured(o))
			left := steps
			if _, step, err := stored.Latest(filepath.Join(dir, stored.CheckpointsFolder)); err == nil {
				left = max(steps-step, 0)
			}
			return each * float64(left*o.Batch), err
		},
		Do: func(ctx context.Context, p Place) error { return doTraining(ctx, o, p) },
	}
}

// measured is the network whose step is measured. For a classifying network, whose classes
// are not known before training, it is one that makes pictures.
func measured(o train.Options) pix2pix.Config {
	c := o.Network
	if o.Task == train.Labels {
		c.Objective, c.Discriminator = pix2pix.L1.Alone(), pix2pix.NoDiscriminator
	}
	return c
}

// validations is how many sheets of samples a run makes.
const validations = 5

// valid reports what is wrong for any data. It does not matter yet where the data and the
// run are.
func valid(o train.Options) error {
	o.Data, o.Out = "data", "run"
	return o.Validate()
}

// steps is the number of steps of a run.
func (s Setting) steps(o train.Options) int {
	if o.Length.Epochs > 0 {
		return (o.Length.Epochs*s.Source.used() + o.Batch - 1) / o.Batch
	}
	return o.Length.Steps
}

// keyed holds everything that a run's numbers depend on.
type keyed struct {
	Contents string        `json:"contents"`
	Options  train.Options `json:"options"`
	Weights  string        `json:"weights,omitempty"` // a hash of those of the perceptual loss
}

// trainingKey leaves out what does not affect the numbers: the location of files, how
// often the run saves and validates, and the backend.
func (s Setting) trainingKey(o train.Options) keyed {
	k := keyed{Contents: s.Source.Contents}
	if o.PerceptualWeights != "" {
		k.Weights, o.PerceptualWeights = s.VGG.Contents, ""
	}
	o.Data, o.SkipBad, o.Backend, o.Threads = "", false, "", 0
	o.CheckpointEvery, o.ValEvery, o.Keep, o.ValPictures, o.SamplePictures = 0, 0, 0, 0, 0
	k.Options = o
	return k
}

// runName describes a run's configuration for people, in the same way in all experiments.
func runName(o train.Options) string {
	n := o.Network
	parts := []string{n.Objective.String()}
	if o.Task == train.Labels {
		parts[0], n.Objective = "scorer", pix2pix.ClassEntropy.Alone()
	}
	if n.Generator != pix2pix.UNet {
		parts = append(parts, string(n.Generator))
	}
	if n.Adversarial() {
		field := pix2pix.ReceptiveField(n.PatchLayers)
		if n.Discriminator == pix2pix.Pixel {
			field = 1
		}
		parts = append(parts, fmt.Sprintf("patch%d", field))
	}
	if n.Upsample == pix2pix.Resize {
		parts = append(parts, "resize")
	}
	if n.FeatureMatching > 0 {
		parts = append(parts, "features")
	}
	if n.Perceptual > 0 {
		parts = append(parts, "perceptual")
	}
	if n.Average > 0 {
		parts = append(parts, "average")
	}
	if n.Augment {
		parts = append(parts, "augment")
	}
	if o.Batch > 1 {
		parts = append(parts, fmt.Sprintf("batch%d", o.Batch))
	}
	if n.Norm != pix2pix.NormAuto {
		parts = append(parts, string(n.Norm))
	}
	if n.Dropout == pix2pix.DropoutOff {
		parts = append(parts, "nodropout")
	}
	if n.NoiseChannels > 0 {
		parts = append(parts, "z")
	}
	if o.TrainPairs > 0 {
		parts = append(parts, fmt.Sprintf("pairs%d", o.TrainPairs))
	}
	parts = append(parts, o.Direction, fmt.Sprintf("seed%d", o.Seed))
	return strings.Join(parts, "-")
}

// doTraining trains, or continues an interrupted run.
func doTraining(ctx context.Context, o train.Options, p Place) error {
	_, _, err := stored.Latest(filepath.Join(p.Dir, stored.CheckpointsFolder))
	switch {
	case err == nil:
		o.Resume = p.Dir
	case errors.Is(err, stored.ErrNone):
		o.Out = p.Dir
	default:
		return err
	}
	return train.Train(ctx, o, func(e train.Event) {
		p.Notify(Progress{Done: e.Step, Total: e.Steps, SecondsLeft: e.SecondsLeft, Training: &e})
	})
}

// options returns those of a run of the paper's main model at the setting's scale, from
// labels to photographs, with the first seed.
func (s Setting) options() train.Options {
	o := s.Scale.options()
	o.Direction, o.Seed = s.Source.Direction.String(), s.Seed
	return o
}

// objective is the main model with another objective.
func (s Setting) objective(objective pix2pix.Objective) train.Options {
	o := s.options()
	o.Network.Objective = objective
	return o
}

// patch is the main model with another number of stride-2 layers in the discriminator; with
// none, it is the 1×1 discriminator.
func (s Setting) patch(layers int) train.Options {
	o := s.options()
	if layers == 0 {
		o.Network.Discriminator = pix2pix.Pixel
		return o
	}
	o.Network.PatchLayers = layers
	return o
}

// batch is a run with another batch size that sees as many pictures.
func (s Setting) batch(o train.Options, size int) train.Options {
	o.Length.Steps = (o.Length.Steps*o.Batch + size - 1) / size
	o.Batch = size
	return o
}

// reading is a run of the network that reads labels in photographs.
func (s Setting) reading() train.Options {
	o := s.options()
	o.Task = train.Labels
	o.Direction = reversed(s.Source.Direction).String()
	return o
}

// reversed returns the other direction.
func reversed(d dataset.Direction) dataset.Direction {
	if d == dataset.AtoB {
		return dataset.BtoA
	}
	return dataset.AtoB
}
