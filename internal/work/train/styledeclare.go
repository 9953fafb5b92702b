package train

import (
	"math"
	"os"
	"strings"

	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/model/feedforward"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
)

// Declared returns the options of a run with their limits, in the order of help. They say
// which may change when the run is resumed.
func (o *StyleOptions) Declared() option.List {
	return option.Of(o, o.declareRun(), o.Length.declared(), o.declareSaving(), o.declareStep(), o.declarePictures(), o.declareNetwork(), o.Objective.Declared())
}

func (o *StyleOptions) declareRun() option.List {
	return option.Group("Run",
		option.Many(&o.Styles, "style", "PICTURE,...", "picture of the style; for the kind adain, pictures and folders of many",
			func(list []string) string { return strings.Join(list, ",") }, parsePaths).OnResume(),
		option.Text(&o.Data, "data", "folder of photographs").As("DIR").OnResume(),
		option.Text(&o.Out, "out", "the model, NAME.safetensors, whose run is kept in the folder NAME; or a folder for both").As("MODEL"),
		option.Text(&o.Resume, "resume", "run to continue").As("RUN"),
		option.Text(&o.Weights, "weights", "VGG-19's weights: .safetensors or .pth, or small, the network in easel, or random (default: the fetched weights, or small if there are none)").As("FILE").OnResume(),
		option.Choice(&o.WeightsKind, "weights-kind", "kind of the weights, if the file does not say", string(vgg.Torchvision), string(vgg.Caffe)).Optional(),
		option.Bool(&o.SkipBad, "skip-bad", "leave out pictures with problems").OnResume(),
		option.Seed(&o.Seed, "seed", "seed of weights, order and crops").ByAll(),
		option.Text(&o.Backend, "backend", "what runs the networks").ByAll().OnResume().Checked(func() error { return backend.Check(o.Backend) }),
		option.Int(&o.Threads, "threads", "threads to work with", 0, 1024).OrZero("one a core").ByAll().OnResume(),
	)
}

func (o *StyleOptions) declareSaving() option.List {
	return option.Group("Saving",
		option.Int(&o.CheckpointEvery, "checkpoint-every", "steps between checkpoints", 1, math.MaxInt).OnResume(),
		option.Int(&o.Keep, "keep", "number of checkpoints to keep", 1, math.MaxInt).OnResume(),
		option.Int(&o.ValEvery, "val-every", "steps between validations", 1, math.MaxInt).OnResume(),
		option.Int(&o.ValPictures, "val-pictures", "photographs in a validation, at most", 1, math.MaxInt).OnResume(),
		option.Int(&o.SamplePictures, "sample-pictures", "rows in the sheets of samples, at most", 0, math.MaxInt).OnResume(),
	)
}

func (o *StyleOptions) declareStep() option.List {
	return option.Group("Step",
		option.Int(&o.Batch, "batch", "photographs per step", 1, maxBatch),
		option.Number(&o.LearningRate, "lr", "initial learning rate, which decays to 0 along a half cosine", option.Above(0)),
		backend.PrecisionOption(&o.Precision, &o.Backend).OnResume(),
	)
}

func (o *StyleOptions) declarePictures() option.List {
	return option.Group("Pictures",
		option.Int(&o.ImageSize, "image-size", "side of the training crops, in pixels", 1, 4096),
		option.Int(&o.LoadSize, "load-size", "shorter side of a photograph before cropping, in pixels", 1, maxSide).OrZero("a half more"),
		option.Bool(&o.Mirror, "mirror", "mirror half of the photographs"),
		option.Number(&o.StyleScale, "style-scale", "size of the style picture relative to a photograph; smaller makes finer strokes", option.AboveTo(0, 16)),
		option.Number(&o.ValFraction, "val-fraction", "fraction of the photographs held out for validation if there is no val/", option.Between(0, 1)),
	)
}

// maxSide is the upper limit of a picture's side.
const maxSide = 1 << 16

func (o *StyleOptions) declareNetwork() option.List {
	return option.Group("Network",
		option.Choice(&o.Network.Kind, "kind", "johnson learns one style, adain any", feedforward.Johnson, feedforward.AdaIN),
		option.Int(&o.Network.Width, "width", "channels of the first layer", 1, 1024),
		option.Int(&o.Network.Blocks, "blocks", "residual blocks of the kind johnson", 0, 64),
	)
}

// parsePaths reads names of files, separated by commas.
func parsePaths(texts []string) (paths []string, err error) {
	for _, text := range texts {
		if _, err := os.Lstat(text); err == nil { // a name may have a comma
			paths = append(paths, text)
			continue
		}
		paths = append(paths, strings.Split(text, ",")...)
	}
	return paths, nil
}

func (o StyleOptions) validate() error {
	for _, check := range []func() error{o.Length.check, o.Declared().Check, o.checkTogether, o.checkObjective} {
		if err := check(); err != nil {
			return err
		}
	}
	_, err := feedforward.TrainStep(o.Network, o.Objective, o.Batch, o.ImageSize, feedforward.StepOptions{})
	return err
}

// checkTogether checks options that depend on each other.
func (o StyleOptions) checkTogether() error {
	all := o.Declared()
	switch {
	case len(o.Styles) == 0:
		return option.Errorf("no picture of a style is given")
	case o.Data == "":
		return option.Errorf("no folder of photographs is given")
	case o.Out == "" && o.Resume == "":
		return option.Errorf("no model is given, neither a new one nor a run to resume")
	case o.LoadSize != 0 && o.LoadSize < o.ImageSize:
		return option.Errorf("%v is %d, less than the %v %d that is cropped from it", all.Name(&o.LoadSize), o.LoadSize, all.Name(&o.ImageSize), o.ImageSize)
	}
	return nil
}

func (o StyleOptions) checkObjective() error {
	all, objective := o.Declared(), &o.Objective
	if !o.Network.Any() {
		if objective.Comparison != style.Gram {
			return option.Errorf("%v is %s, but a network is trained with %s", all.Name(&objective.Comparison), objective.Comparison, style.Gram)
		}
		return objective.Validate()
	}
	if len(objective.Content)+len(objective.Style) > 0 || objective.Formula != style.PerPosition || objective.Comparison != style.Gram {
		return option.Errorf("%v %s has its own layers and formula: it does not use %v, %v, %v and %v", all.Name(&o.Network.Kind), o.Network.Kind,
			all.Name(&objective.Content), all.Name(&objective.Style), all.Name(&objective.Formula), all.Name(&objective.Comparison))
	}
	return nil
}
