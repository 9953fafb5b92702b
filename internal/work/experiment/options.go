package experiment

import (
	"errors"
	"fmt"
	"math"

	"easel/internal/base/option"
	"easel/internal/data/dataset"
	"easel/internal/engine/backend"
	"easel/internal/work/train"
)

// Options of a run of experiments. Begin with DefaultOptions.
type Options struct {
	// Data is the folder of the data.
	Data string `json:"data"`
	// Out is the folder for runs and tables.
	Out string `json:"-"`
	// Resume continues interrupted jobs.
	Resume bool `json:"-"`
	// Scale is the name of one of Scales. The four options below replace its values if they
	// are not 0.
	Scale     string `json:"scale"`
	Seeds     int    `json:"seeds"`
	Steps     int    `json:"steps"`
	ImageSize int    `json:"image_size"`
	Width     int    `json:"width"`
	// Direction is auto, AtoB or BtoA; auto is from labels to photographs if one side of
	// the pairs is labels. Labels says which side: auto, none, a, b.
	Direction string `json:"direction"`
	Labels    string `json:"labels"`
	// PerceptualWeights is a file of VGG-19's weights, or empty: with it, "recipe" tries the
	// perceptual loss, too, and compares distributions by VGG-19's layers.
	PerceptualWeights string `json:"-"`
	// SkipBad leaves out pairs with problems instead of refusing the folder.
	SkipBad bool `json:"skip_bad"`
	// Seed is the first seed; the others follow it.
	Seed uint64 `json:"seed"`
	// Backend is what runs the networks: cpu, or xla:NAME or xla:PATH for an XLA
	// plugin.
	Backend string `json:"backend"`
	// Threads to work with; 0 is one per core.
	Threads int `json:"threads"`
}

// AutoDirection lets the labels determine the direction.
const AutoDirection = "auto"

// DefaultOptions are the options of the small scale.
func DefaultOptions() Options {
	return Options{Scale: Small().Name, Direction: AutoDirection, Labels: dataset.LabelsAuto.String(), Backend: backend.Default}
}

// maxSeeds catches typing errors before anything is planned.
const maxSeeds = 100

// Declared are the options of experiments with their limits, in the order of help.
func (o *Options) Declared() option.List {
	const ofScale = "the scale's"
	var scales []string
	for _, s := range Scales() {
		scales = append(scales, s.Name)
	}
	return option.Of(o, option.Group("Data and results",
		option.Text(&o.Data, "data", "folder of the data").As("DIR"),
		option.Text(&o.Out, "out", "folder for runs and tables").As("DIR"),
		option.Bool(&o.Resume, "resume", "continue interrupted jobs in that folder"),
		option.InAnyCase(&o.Direction, "direction", "which way to translate; auto is from labels to photographs", AutoDirection, dataset.AtoB.String(), dataset.BtoA.String()),
		option.InAnyCase(&o.Labels, "labels", "which sides are label pictures", dataset.LabelSides()...),
		option.Text(&o.PerceptualWeights, "perceptual-weights", "file of VGG-19's weights: recipe tries the perceptual loss, too, and compares outputs and targets by its layers").As("FILE"),
		option.Bool(&o.SkipBad, "skip-bad", "leave out pairs with problems"),
		option.Seed(&o.Seed, "seed", "the first seed").ByAll(),
		option.Text(&o.Backend, "backend", "what runs the networks").ByAll().Checked(func() error { return backend.Check(o.Backend) }),
		option.Int(&o.Threads, "threads", "threads to work with", 0, 1024).OrZero("one per core").ByAll(),
	), option.Group("Scale",
		option.Choice(&o.Scale, "scale", "how large the experiments are", scales...),
		option.Int(&o.Seeds, "seeds", "how many times everything is trained", 1, maxSeeds).OrZero(ofScale),
		option.Int(&o.Steps, "steps", "steps of a run", 1, math.MaxInt).OrZero(ofScale),
		option.Int(&o.ImageSize, "image-size", "side of the pictures, in pixels", 1, math.MaxInt).OrZero(ofScale),
		option.Int(&o.Width, "width", "channels of the networks' first layers", 1, math.MaxInt).OrZero(ofScale),
	))
}

// Validate reports the first option that is wrong for any data.
func (o Options) Validate() error {
	if o.Data == "" {
		return errors.New("experiment options: no data folder is given")
	}
	if o.Out == "" {
		return errors.New("experiment options: no folder for the results is given")
	}
	return o.ValidateList()
}

// ValidateList is Validate for List, which needs no folders.
func (o Options) ValidateList() error {
	err := o.Declared().Check()
	if err == nil {
		_, err = o.ResolvedScale()
	}
	if err != nil {
		return fmt.Errorf("experiment options: %w", err)
	}
	return nil
}

// ResolvedScale returns the named scale with the values that the options replace.
func (o Options) ResolvedScale() (Scale, error) {
	s, err := ParseScale(o.Scale)
	if err != nil {
		return Scale{}, err
	}
	if o.Steps != 0 {
		s.Length = train.Length{Steps: o.Steps}
	}
	for _, f := range []struct {
		of    *int
		given int
	}{{&s.Seeds, o.Seeds}, {&s.ImageSize, o.ImageSize}, {&s.Width, o.Width}} {
		if f.given != 0 {
			*f.of = f.given
		}
	}
	return s, valid(s.options())
}
