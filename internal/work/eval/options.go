package eval

import (
	"easel/internal/data/dataset"
	"easel/internal/engine/device"
)

// Options say what to judge, and how. Begin with Default.
type Options struct {
	// Models are run folders and model files. Differences are relative to the first.
	Models []string `json:"models"`
	// Data is the folder of pairs, as for training. If it has no splits, all of it is the
	// split "test".
	Data string `json:"data"`
	// Split is the split to judge: train, val or test.
	Split string `json:"split"`
	// Pairs says how pictures without A/ and B/ are read, as for training.
	Pairs string `json:"pairs,omitempty"`
	// SkipBad leaves out pairs with problems and names them in the result, instead of
	// refusing the folder.
	SkipBad bool `json:"skip_bad"`
	// Size in pixels that pairs are resized to; 0 is the models' image size.
	Size int `json:"size"`
	// NoNoise switches the models' noise off; the paper leaves it on at test time.
	NoNoise bool `json:"no_noise"`

	// Labels says which sides of the pairs are labels: auto, none, a, b, both. If the
	// targets are, outputs are judged as labels.
	Labels string `json:"labels"`
	// Palette is a file with the labels' colours; without it, they are found in the
	// training pairs.
	Palette string `json:"palette,omitempty"`
	// Ignore lists classes that do not count, by name, index or colour as #rrggbb.
	Ignore []string `json:"ignore,omitempty"`
	// InventedPixels is the least size of an invented object, in pixels.
	InventedPixels int `json:"invented_pixels"`

	// Scorer is a run or model of easel train --task labels that reads labels from the
	// outputs, and from the targets as its ceiling.
	Scorer string `json:"scorer,omitempty"`

	// Features are layers of networks, as FILE:LAYER, by which to compare the distributions
	// of outputs and targets: of VGG-19 (vgg19.safetensors:relu4_1), or of a model
	// (runs/scorer:encoder4). WeightsKind is "torchvision" or "caffe", if VGG-19's file
	// does not say.
	Features    []string `json:"features,omitempty"`
	WeightsKind string   `json:"weights_kind,omitempty"`
	// Perceptual is a file of VGG-19's weights by which to compare each output with its
	// target: the perceptual loss of training.
	Perceptual string `json:"perceptual,omitempty"`
	// Samples is how many outputs for one input to compare with each other, at least 2, or
	// 0 for none.
	Samples int `json:"samples"`

	// Resamples is the number of bootstrap samples; 0 means no intervals.
	Resamples int `json:"resamples"`
	// Confidence is the fraction of them inside an interval, such as 0.95.
	Confidence float64 `json:"confidence"`
	// Rows is how many pairs the page shows, evenly spread over the set, and Extremes how
	// many of the best and of the worst for each model.
	Rows     int `json:"rows"`
	Extremes int `json:"extremes"`

	// Seed of the noise and of the bootstrap.
	Seed uint64 `json:"seed"`
	// Backend runs the networks: cpu, or xla:NAME or xla:PATH for an XLA plugin; "" is cpu.
	Backend string `json:"backend"`
	// Precision is that of the models' products: "float32", "bf16" where the processor or
	// XLA's device has it, or on XLA "tf32". Measures are always float32.
	Precision string `json:"precision"`
	// Threads to work with; 0 is one per core.
	Threads int `json:"threads"`
}

// Default returns the default options of easel evaluate.
func Default() Options {
	return Options{Split: string(dataset.Test), Labels: dataset.LabelsAuto.String(), InventedPixels: 9, Samples: 3, Resamples: 1000, Confidence: 0.95, Rows: 8, Extremes: 4, Precision: device.Float32.String()}
}
