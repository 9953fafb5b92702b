package train

import (
	"math"
	"time"

	"easel/internal/base/strictjson"
	"easel/internal/data/dataset"
	"easel/internal/data/palette"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// Options are all options of a run. Begin with Default or Preset.
type Options struct {
	// Data is the folder of pairs: side-by-side pictures, with or without train/, val/
	// and test/, or A/ and B/ side by side with equal file names.
	Data string `json:"data"`
	// Out is the run folder, which must not hold a run yet.
	Out string `json:"-"`
	// Resume is a run folder to continue, instead of Out: ResumeOptions sets it.
	Resume string `json:"-"`
	// InitFrom is a model or run whose weights to start with, as far as names and shapes
	// fit.
	InitFrom string `json:"init_from"`
	// Pairs says how to read pictures without A/ and B/: "side-by-side" reads them as pairs
	// even if they look like single pictures.
	Pairs string `json:"pairs,omitempty"`
	// Range says which values in files of more than 8 bits are black and white, as
	// LOW:HIGH: 0:4095 for 12-bit data. Translations are written in the same range.
	// Empty means the full range of the files.
	Range string `json:"range,omitempty"`
	// SkipBad leaves out pairs with problems instead of refusing the folder.
	SkipBad bool `json:"skip_bad"`

	// TrainPairs is how many of the training pairs to use, 0 for all; a smaller selection
	// is part of every larger one.
	TrainPairs int `json:"train_pairs"`

	// Task is "translate", which learns the targets' pictures, or "labels", which learns
	// their classes with the cross-entropy: a segmentation network that can judge pictures
	// by whether labels can be read in them (the paper's FCN-score, §3.4). It sets the
	// network's objective.
	Task string `json:"task"`
	// Palette is a file of the labels' colours for the task "labels"; without one, they are
	// found in the training pairs. Ignore lists classes that never count, by name, index or
	// colour as #rrggbb. Each device averages over the pixels that it counts, so if they
	// ignore different numbers of pixels, the number of devices affects the result.
	Palette string   `json:"palette,omitempty"`
	Ignore  []string `json:"ignore,omitempty"`
	// Classes is the result of Palette and Ignore.
	Classes *palette.Labels `json:"classes,omitempty"`

	// Network is the model, its losses and its optimiser. Channels of 0 are taken from the
	// pictures.
	Network pix2pix.Config `json:"network"`

	// PerceptualWeights is the file of VGG-19's weights for Network.Perceptual; or "auto"
	// for the weights that were fetched before, if there are any, with Network.Perceptual
	// then 10 if it is 0.
	PerceptualWeights string `json:"perceptual_weights"`

	// Direction is "AtoB" or "BtoA".
	Direction string `json:"direction"`
	// LoadSize is the size before a random crop to the network's image size; 0 is the
	// paper's 286 for 256, in proportion.
	LoadSize int `json:"load_size"`
	// Mirror mirrors half of the pairs.
	Mirror bool `json:"mirror"`
	// Rotate rotates both sides of a pair by a random angle of up to this many degrees.
	// Like Zoom and Recolour it helps with few pairs, if the changed pair could have been a
	// pair itself.
	Rotate float64 `json:"rotate"`
	// Zoom enlarges or shrinks both sides by a random factor of up to 1 + Zoom.
	Zoom float64 `json:"zoom"`
	// Recolour varies brightness, contrast and saturation of the input. It is for
	// photographs as inputs and labels as targets.
	Recolour float64 `json:"recolour"`
	// PhotographFilter and LabelFilter resample the two kinds of pictures. Labels says
	// which sides of the pairs are labels: auto, none, a, b, both.
	PhotographFilter string `json:"photograph_filter"`
	LabelFilter      string `json:"label_filter"`
	Labels           string `json:"labels"`
	// ValFraction is the fraction of the pairs held out for validation if the folder has no
	// val/.
	ValFraction float64 `json:"val_fraction"`

	// Batch is the number of pairs per step on each device.
	Batch int `json:"batch"`
	// Devices is how many devices share a step, each with Batch pairs; 0 is all of the
	// backend's. The same number of pairs on another number of devices gives the same
	// losses and weights, up to rounding. Devices of the cpu backend are virtual, for
	// testing.
	Devices int `json:"devices"`
	// SyncNorm computes a batch norm's statistics over all devices. Without it, each device
	// uses those of its own pairs, and the number of devices affects the result.
	SyncNorm bool `json:"sync_norm"`
	// Length is the length of the whole run, including what was done before a resumption.
	Length Length `json:"length"`

	// CheckpointEvery and ValEvery are in steps; both also happen at the end.
	CheckpointEvery int `json:"checkpoint_every"`
	ValEvery        int `json:"val_every"`
	// Keep is how many checkpoints to keep.
	Keep int `json:"keep"`
	// ValPictures is the most pictures in a validation, and SamplePictures the most that
	// are shown.
	ValPictures    int `json:"val_pictures"`
	SamplePictures int `json:"sample_pictures"`

	// Seed of weights, order, crops and noise.
	Seed uint64 `json:"seed"`
	// Backend runs the networks: cpu, or xla:NAME or xla:PATH for an XLA plugin.
	Backend string `json:"backend"`
	// Precision is that of convolutions: "float32", "tf32" or "bf16". Weights, moments and
	// statistics are always float32.
	Precision string `json:"precision"`
	// Threads to work with; 0 is one per core.
	Threads int `json:"threads"`
}

// Length is the total length of a run: exactly one of the fields is set.
type Length struct {
	Epochs int `json:"epochs,omitempty"`
	Steps  int `json:"steps,omitempty"`
	// Time is wall-clock time; the schedule is fitted to the number of steps that it turns
	// out to allow.
	Time time.Duration `json:"time_nanoseconds,omitempty"`
}

// UnmarshalJSON replaces the length as a whole, rather than merging fields.
func (l *Length) UnmarshalJSON(text []byte) error {
	type plain Length // decodes like any struct
	var p plain
	err := strictjson.Decode(text, &p)
	*l = Length(p)
	return err
}

// Default returns the options of the paper.
func Default() Options {
	network := pix2pix.Default()
	network.InputChannels, network.OutputChannels = 0, 0
	data := dataset.DefaultOptions()
	return Options{
		Task:             Translate,
		Network:          network,
		Direction:        data.Direction.String(),
		Mirror:           true,
		PhotographFilter: data.Photograph.String(),
		LabelFilter:      data.Label.String(),
		Labels:           data.Labels.String(),
		ValFraction:      data.ValFraction,
		Batch:            1,
		Devices:          1,
		SyncNorm:         true,
		Length:           Length{Epochs: 200},
		CheckpointEvery:  500,
		ValEvery:         500,
		Keep:             2,
		ValPictures:      20,
		SamplePictures:   4,
		Backend:          backend.Default,
		Precision:        device.Float32.String(),
	}
}

// Presets are the names that Preset knows.
func Presets() []string { return pix2pix.Presets() }

// Preset returns the options with a name: "paper" is Default; "pytorch" follows the
// authors' PyTorch port; "best" is our recommendation, see pix2pix.Preset; "laptop" is the
// same with a smaller network, smaller pictures and a shorter run.
func Preset(name string) (Options, error) {
	network, err := pix2pix.Preset(name)
	if err != nil {
		return Options{}, err
	}
	o := Default()
	network.InputChannels, network.OutputChannels = o.Network.InputChannels, o.Network.OutputChannels
	o.Network = network
	switch name {
	case "pytorch":
		o.PhotographFilter, o.LabelFilter = imgio.Bicubic.String(), imgio.Bicubic.String()
	case "best":
		o.PerceptualWeights = AutoWeights
	case "laptop":
		o.PerceptualWeights = AutoWeights
		o.Length = Length{Epochs: 100}
	}
	return o, nil
}

// folder is the run's folder.
func (o Options) folder() folder {
	if o.Resume != "" {
		return folder(o.Resume)
	}
	return folder(o.Out)
}

// loadSize returns LoadSize, or its default.
func (o Options) loadSize() int {
	if o.LoadSize > 0 {
		return o.LoadSize
	}
	return int(math.Round(float64(o.Network.ImageSize) * 286 / 256))
}

// jitter returns how to augment pairs. The load size is resolved.
func (o Options) jitter() dataset.Jitter {
	return dataset.Jitter{
		LoadSize: o.LoadSize, ImageSize: o.Network.ImageSize, Mirror: o.Mirror,
		Rotate: o.Rotate, Zoom: o.Zoom, Recolour: o.Recolour,
	}
}

// dataOptions returns the options for package dataset.
func (o Options) dataOptions() (dataset.Options, error) {
	d := dataset.DefaultOptions()
	var err error
	if d.Direction, err = dataset.ParseDirection(o.Direction); err != nil {
		return d, err
	}
	if d.Labels, err = dataset.ParseLabels(o.Labels); err != nil {
		return d, err
	}
	if d.Photograph, err = imgio.ParseFilter(o.PhotographFilter); err != nil {
		return d, err
	}
	if d.Label, err = imgio.ParseFilter(o.LabelFilter); err != nil {
		return d, err
	}
	if d.Pairs, err = dataset.ParsePairs(o.Pairs); err != nil {
		return d, err
	}
	if d.Range, err = o.numbers(); err != nil {
		return d, err
	}
	d.InputChannels, d.OutputChannels = o.Network.InputChannels, o.Network.OutputChannels
	if o.Task == Labels {
		d.OutputChannels = stored.LabelChannels
	}
	d.Seed, d.ValFraction, d.HoldOut, d.SkipBad = o.Seed, o.ValFraction, true, o.SkipBad
	d.TrainPairs = o.TrainPairs
	return d, nil
}

// numbers returns the parsed Range.
func (o Options) numbers() (imgio.Range, error) {
	if o.Range == "" {
		return imgio.Range{}, nil
	}
	return imgio.ParseRange(o.Range)
}
