package demo

import (
	"fmt"
	"math"
	"path/filepath"

	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/model/pix2pix"
	"easel/internal/work/train"
)

// Options of a demo. Begin with Default.
type Options struct {
	// Out is the folder for everything.
	Out string `json:"-"`
	// Force replaces an earlier demo in Out, and nothing else in that folder.
	Force bool `json:"-"`
	// Steps is the length of the training run.
	Steps int `json:"steps"`
	// Pairs is how many pairs to train on, and HeldOut how many further ones judge the
	// result.
	Pairs   int `json:"pairs"`
	HeldOut int `json:"held_out"`
	// ImageSize is the side of the pictures, in pixels.
	ImageSize int `json:"image_size"`
	// Width and DiscriminatorWidth are the channels of the networks' first layers.
	Width              int `json:"width"`
	DiscriminatorWidth int `json:"discriminator_width"`
	// CheckpointEvery is the number of steps between checkpoints.
	CheckpointEvery int `json:"checkpoint_every"`
	// Seed of the drawings, the weights and the training.
	Seed uint64 `json:"seed"`
	// Backend is what runs the networks: cpu, or xla:NAME or xla:PATH for an XLA
	// plugin.
	Backend string `json:"backend"`
	// Threads to work with; 0 is one per core.
	Threads int `json:"threads"`
}

// Default is the demo that takes about two minutes on two cores.
func Default() Options {
	return Options{Out: "demo", Steps: 3000, Pairs: 400, HeldOut: 24, ImageSize: 128, Width: 24, Backend: backend.Default}
}

// Parts counts what a demo does one after the other: pairs drawn, steps, and pairs judged.
func (o Options) Parts() int { return o.Pairs + validation + o.HeldOut + o.Steps + o.HeldOut }

// maxPairs keeps a typing error from filling the disk.
const maxPairs = 100_000

// Declared are the options of a demo with their limits, in the order of help.
func (o *Options) Declared() option.List {
	return option.Of(o, option.Group("Demo",
		option.Text(&o.Out, "out", "folder for everything").As("DIR"),
		option.Bool(&o.Force, "force", "replace an earlier demo there"),
		option.Int(&o.Steps, "steps", "steps to train", 1, math.MaxInt),
		option.Int(&o.Pairs, "pairs", "pairs to train on", 1, maxPairs),
		option.Int(&o.HeldOut, "held-out", "pairs to judge by", 1, maxPairs),
		option.Int(&o.ImageSize, "image-size", "side of the pictures, in pixels", 32, 4096),
		option.Int(&o.Width, "width", "channels of the generator's first layer", 1, 1024),
		option.Int(&o.DiscriminatorWidth, "discriminator-width", "channels of the discriminator's first layer", 1, 1024).OrZero("the generator's"),
		option.Int(&o.CheckpointEvery, "checkpoint-every", "steps between checkpoints", 1, math.MaxInt).OrZero("only at the end"),
		option.Seed(&o.Seed, "seed", "seed of the drawings, the weights and the training").ByAll(),
		option.Text(&o.Backend, "backend", "what runs the networks").ByAll(),
		option.Int(&o.Threads, "threads", "threads to work with", 0, 1024).OrZero("one per core").ByAll(),
	))
}

// Validate reports the first invalid option.
func (o Options) Validate() error {
	if o.Out == "" {
		return option.Errorf("demo options: %v must name a folder", o.Declared().Name(&o.Out))
	}
	if err := o.Declared().Check(); err != nil {
		return fmt.Errorf("demo options: %w", err)
	}
	return o.training().Validate()
}

const (
	// validation is how many pairs are used for validation.
	validation = 10
	// sheets is how many sheets of samples the run's report shows.
	sheets = 6
)

// training returns the options of the demo's run: those of the preset best without outside
// weights. The model of the last step is judged, because the best step by validation L1 is
// an early and blurred one.
func (o Options) training() train.Options {
	t := train.Default()
	best, _ := pix2pix.Preset("best")
	best.InputChannels, best.OutputChannels = t.Network.InputChannels, t.Network.OutputChannels
	best.ImageSize, best.Width, best.DiscriminatorWidth, best.LearningRate = o.ImageSize, o.Width, o.DiscriminatorWidth, 6e-4
	if best.DiscriminatorWidth == 0 {
		best.DiscriminatorWidth = o.Width
	}
	t.Network = best
	t.Data, t.Out = filepath.Join(o.Out, "data"), filepath.Join(o.Out, "run")
	// No jitter: pairs cost nothing, and resizing would blur drawings made of whole pixels.
	t.LoadSize = o.ImageSize
	t.Length = train.Length{Steps: o.Steps}
	t.ValEvery, t.CheckpointEvery, t.Keep = max(o.Steps/sheets, 1), o.CheckpointEvery, 1
	if t.CheckpointEvery == 0 {
		t.CheckpointEvery = max(o.Steps, 1)
	}
	t.Seed, t.Backend, t.Threads = o.Seed, o.Backend, o.Threads
	return t
}
