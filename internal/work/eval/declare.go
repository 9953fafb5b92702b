package eval

import (
	"errors"
	"fmt"
	"math"

	"easel/internal/base/option"
	"easel/internal/data/dataset"
	"easel/internal/engine/backend"
	"easel/internal/model/vgg"
)

// smallest is the smallest Size: the side of SSIM's Gaussian window.
const smallest = 11

// Declared returns the options of an evaluation with their limits, in the order of help.
func (o *Options) Declared() option.List {
	return option.Of(o, o.declareData(), o.declareMeasures(), o.declarePage())
}

func (o *Options) declareData() option.List {
	return option.Group("Data",
		option.Texts(&o.Models, "model", "run folder or model file; repeat for each model").As("RUN|FILE"),
		option.Text(&o.Data, "data", "folder of pairs").As("DIR"),
		option.InAnyCase(&o.Split, "split", "which pairs", string(dataset.Train), string(dataset.Val), string(dataset.Test)),
		option.Int(&o.Size, "size", "side length that pairs are resized to, in pixels", smallest, math.MaxInt).OrZero("the models' image size"),
		option.Text(&o.Pairs, "pairs", "side-by-side: the pictures are pairs, although they look like single pictures").As("KIND").
			Checked(func() error { _, err := dataset.ParsePairs(o.Pairs); return err }),
		option.Bool(&o.SkipBad, "skip-bad", "leave out pairs with problems, and name them"),
		option.OnOff(&o.NoNoise, "noise", "dropout and z, as in training"),
		option.Seed(&o.Seed, "seed", "seed of the noise and of the bootstrap").ByAll(),
		option.Text(&o.Backend, "backend", "computing backend").ByAll().Checked(func() error { return backend.Check(o.Backend) }),
		backend.PrecisionOption(&o.Precision, &o.Backend).Optional(),
		option.Int(&o.Threads, "threads", "threads to work with", 0, 1024).OrZero("one a core").ByAll(),
	)
}

func (o *Options) declareMeasures() option.List {
	return append(option.Group("Labels",
		option.InAnyCase(&o.Labels, "labels", "which sides are label pictures", dataset.LabelSides()...),
		option.Text(&o.Palette, "palette", "file of the labels' colours (default: found in the training pairs)").As("FILE"),
		option.Texts(&o.Ignore, "ignore", "class to ignore, by name, index or #rrggbb; repeat for each"),
		option.Int(&o.InventedPixels, "invented-pixels", "least size of an invented object", 0, math.MaxInt),
	), option.Group("Measures by networks",
		option.Text(&o.Scorer, "scorer", "run of the task labels, which reads labels from the outputs (FCN-score)").As("RUN|FILE"),
		option.Texts(&o.Features, "features", "compare distributions by a layer, such as vgg19.safetensors:relu4_1 or runs/scorer:encoder4; repeat for each").
			As("FILE:LAYER").Checked(o.checkFeatures),
		option.Text(&o.Perceptual, "perceptual", "file of VGG-19's weights, to compare each output with its target by VGG-19's features").As("FILE"),
		option.Choice(&o.WeightsKind, "weights-kind", "kind of VGG-19's weights, if their file does not say", string(vgg.Torchvision), string(vgg.Caffe)).Optional(),
		option.Int(&o.Samples, "samples", "outputs for one input, to see how much they differ", 2, math.MaxInt).OrZero("none"),
	)...)
}

func (o *Options) declarePage() option.List {
	return option.Group("Intervals and page",
		option.Int(&o.Resamples, "resamples", "samples of the bootstrap", 0, math.MaxInt).OrZero("no intervals"),
		option.Number(&o.Confidence, "confidence", "of the intervals", option.Between(0, 1)),
		option.Int(&o.Rows, "rows", "pairs that the page shows", 0, math.MaxInt),
		option.Int(&o.Extremes, "extremes", "best and worst pictures of each model that the page shows", 0, math.MaxInt),
	)
}

func (o *Options) checkFeatures() error {
	for _, f := range o.Features {
		if _, _, err := splitFeatures(f); err != nil {
			return err
		}
	}
	return nil
}

// Validate reports the first option that is wrong for any data.
func (o Options) Validate() error {
	if len(o.Models) == 0 {
		return errors.New("evaluation options: no model is given")
	}
	if o.Data == "" {
		return errors.New("evaluation options: no data folder is given")
	}
	if err := o.Declared().Check(); err != nil {
		return fmt.Errorf("evaluation options: %w", err)
	}
	return nil
}
