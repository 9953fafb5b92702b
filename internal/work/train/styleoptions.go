package train

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/model/feedforward"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// StyleOptions are all options for training a style network. Begin with DefaultStyle.
type StyleOptions struct {
	// Styles are style pictures, by name, or folders of them. A network of the kind johnson
	// learns the style of one, or of each of a few. One of the kind adain learns to paint
	// in any style; give it as many and as different paintings as possible.
	Styles []string `json:"styles"`
	// Data is the folder of photographs to train on, including its subfolders, with or
	// without train/, val/ and test/.
	Data string `json:"data"`
	// Out is the model's file, whose run is in the folder of the same name without
	// .safetensors; or the folder of the run, with the model in best.safetensors.
	Out string `json:"-"`
	// Resume is a run folder to continue, instead of Out: ResumeStyleOptions sets it.
	Resume string `json:"-"`
	// Model is the name of the model's file beside the run's folder; "" is best.safetensors
	// in it. Out sets it.
	Model string `json:"model,omitempty"`
	// SkipBad leaves out pictures with problems instead of refusing the folder.
	SkipBad bool `json:"skip_bad"`

	// Network is the network to train.
	Network feedforward.Config `json:"network"`
	// Objective is what it minimises. For the kind adain only its two weights and the total
	// variation count, and the losses are Huang and Belongie's.
	Objective style.Objective `json:"objective"`
	// Weights is a file with VGG-19's weights, "small" for the network that is part of easel,
	// which the kind adain cannot use, or "random" for an untrained one; "" is the file that
	// easel weights fetch (FetchWeights) has downloaded, or the first of these that the kind
	// can use. WeightsKind is torchvision or caffe, if the file does not say.
	Weights     string `json:"weights"`
	WeightsKind string `json:"weights_kind"`
	// StyleScale is the size of the style relative to a photograph: at 1 the style picture
	// has the area of a training crop. It is never enlarged.
	StyleScale float64 `json:"style_scale"`

	// ImageSize is the side of the training crops, in pixels, and LoadSize the shorter side
	// of a photograph before cropping; 0 is a half more.
	ImageSize int `json:"image_size"`
	LoadSize  int `json:"load_size"`
	// Mirror mirrors half of the photographs.
	Mirror bool `json:"mirror"`
	// ValFraction is the fraction of the photographs held out for validation if the folder
	// has no val/.
	ValFraction float64 `json:"val_fraction"`

	// Batch is the number of photographs per step.
	Batch int `json:"batch"`
	// LearningRate is Adam's initial rate, which decays to 0 along a half cosine.
	LearningRate float64 `json:"learning_rate"`
	// Length is the length of the whole run, including what was done before a resumption.
	Length Length `json:"length"`

	// CheckpointEvery and ValEvery are in steps; both also happen at the end.
	CheckpointEvery int `json:"checkpoint_every"`
	ValEvery        int `json:"val_every"`
	// Keep is how many checkpoints to keep.
	Keep int `json:"keep"`
	// ValPictures is the most photographs in a validation, and SamplePictures the most that
	// are shown.
	ValPictures    int `json:"val_pictures"`
	SamplePictures int `json:"sample_pictures"`

	// Seed of weights, order and crops.
	Seed uint64 `json:"seed"`
	// Backend runs the networks: cpu, or xla:NAME or xla:PATH for an XLA plugin.
	Backend string `json:"backend"`
	// Precision is that of convolutions: "float32", "tf32" or "bf16".
	Precision string `json:"precision"`
	// Threads to work with; 0 is one per core.
	Threads int `json:"threads"`
}

// DefaultStyle returns the options of a kind of network for the given weights of VGG-19, as
// in StyleOptions.Weights.
func DefaultStyle(kind feedforward.Kind, weightsName string) (StyleOptions, error) {
	o := StyleOptions{
		Network: feedforward.Default(), Objective: style.Easel(), Weights: weightsName, StyleScale: 1,
		ImageSize: 256, Mirror: true, ValFraction: 0.1, Batch: 4, LearningRate: 1e-3, Length: Length{Steps: 10000},
		CheckpointEvery: 250, ValEvery: 250, Keep: 2, ValPictures: 8, SamplePictures: 4,
		Backend: backend.Default, Precision: device.Float32.String(),
	}
	if kind == feedforward.AdaIN {
		o.Network.Kind = kind
	}
	known, err := o.KnownWeights()
	o.Objective.ContentWeight = networkContent
	switch {
	case err != nil:
		return o, err
	case kind == feedforward.AdaIN:
		o.Network, o.LearningRate = feedforward.Config{Kind: kind, Width: vgg.Default().Width}, 1e-4
		o.Objective = style.Objective{ContentWeight: 1, StyleWeight: 10, Formula: style.PerPosition, Comparison: style.Gram, Variation: style.NoVariation}
	case known == weights.Random:
		o.Objective = style.Untrained()
		o.Objective.ContentWeight = networkContent
	}
	return o, nil
}

// KnownWeights resolves Weights: a file, weights.Small or weights.Random. A network for any
// style has VGG-19's encoder within it, for which a small one is no substitute.
func (o StyleOptions) KnownWeights() (string, error) {
	name, err := weights.Known(o.Weights)
	switch {
	case err != nil || name != weights.Small:
		return name, err
	case o.Weights == "" && (o.Network.Any() || o.Resume != ""): // a run with the small network keeps its name
		return weights.Random, nil
	case !o.Network.Any():
		return name, nil
	}
	return "", hint.New(
		fmt.Errorf("a network of the kind %s is built around VGG-19 itself, and cannot use the small one", o.Network.Kind),
		"{run weights fetch vgg19} downloads VGG-19",
	)
}

// networkContent is the weight of the content for a network. A network starts with noise,
// the optimiser with the photograph: with the optimiser's 0.05, a network still painted
// nothing but texture after hundreds of steps.
const networkContent = 0.2

// ResumeStyleOptions returns the options of a run of Style, ready to resume it.
func ResumeStyleOptions(run string) (StyleOptions, error) {
	var o StyleOptions
	if _, err := folder(run).into(ofStyle, &o); err != nil {
		return StyleOptions{}, err
	}
	o.Resume = run
	return o, nil
}

// modelExtension is that of a model's file.
const modelExtension = ".safetensors"

// Folder returns the run's folder.
func (o StyleOptions) Folder() string { return string(o.folder()) }

// File returns the model's file.
func (o StyleOptions) File() string { return o.named().model() }

func (o StyleOptions) folder() folder {
	if o.Resume != "" {
		return folder(o.Resume)
	}
	return folder(strings.TrimSuffix(o.Out, modelExtension))
}

// model returns the path of the model's file.
func (o StyleOptions) model() string {
	if o.Model == "" {
		return o.folder().best()
	}
	return filepath.Join(filepath.Dir(string(o.folder())), o.Model)
}

// named sets the model's name from Out.
func (o StyleOptions) named() StyleOptions {
	if o.Resume == "" && strings.HasSuffix(o.Out, modelExtension) {
		o.Model = filepath.Base(o.Out)
	}
	return o
}

func (o StyleOptions) loadSize() int {
	if o.LoadSize > 0 {
		return o.LoadSize
	}
	return o.ImageSize + o.ImageSize/2
}

// rate returns the learning rate of a step, counted from 0.
func (o StyleOptions) rate(step, steps int) float64 {
	if steps == 0 {
		return o.LearningRate
	}
	return o.LearningRate * (1 + math.Cos(math.Pi*float64(min(step, steps))/float64(steps))) / 2
}

// Validate reports the first option that is wrong for any pictures.
func (o StyleOptions) Validate() error {
	if err := o.validate(); err != nil {
		return fmt.Errorf("style options: %w", err)
	}
	return nil
}

// origin describes the training in the model's file, for people.
func (o StyleOptions) origin(weightsName string) string {
	return fmt.Sprintf("easel style train, with the losses of %s", weightsName)
}
