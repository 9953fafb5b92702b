package train

import (
	"fmt"
	"math"
	"strconv"

	"easel/internal/base/option"
	"easel/internal/data/dataset"
	"easel/internal/engine/backend"
	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
)

// maxBatch catches typing errors before anything is planned.
const maxBatch = 1 << 16

// Declared returns the options of a run with their limits, in the order of help. They say
// which may change when the run is resumed: those that do not affect the numbers, and the
// length, which may be raised.
func (o *Options) Declared() option.List {
	return option.Of(o, o.declareRun(), o.declareLength(), o.declareStep(), o.declarePictures(), o.declareNetwork())
}

func (o *Options) declareRun() option.List {
	return append(option.Group("Run",
		option.Text(&o.Data, "data", "folder of pairs").As("DIR").OnResume(),
		option.Text(&o.Out, "out", "folder for the new run").As("DIR"),
		option.Text(&o.Resume, "resume", "run to continue").As("RUN"),
		option.Text(&o.InitFrom, "init-from", "run or model whose weights to start with, as far as they fit").As("RUN|FILE").OnResume(),
		option.Text(&o.Pairs, "pairs", "side-by-side: the pictures are pairs, although they look like single pictures").As("KIND").OnResume().
			Checked(func() error { _, err := dataset.ParsePairs(o.Pairs); return err }),
		option.Text(&o.PerceptualWeights, "perceptual-weights", "file of VGG-19's weights for the perceptual loss, or auto: the fetched ones, if there are any").As("FILE|auto").OnResume(),
		option.Text(&o.Range, "range", "values in files of more than 8 bits that are black and white, such as 0:4095; kept in the model and undone on writing (default: the full range)").As("LOW:HIGH").
			Checked(func() error { _, err := o.numbers(); return err }),
		option.Bool(&o.SkipBad, "skip-bad", "leave out pairs with problems").OnResume(),
		option.Seed(&o.Seed, "seed", "seed of weights, order, crops and noise").ByAll(),
		option.Text(&o.Backend, "backend", "what runs the networks").ByAll().OnResume().Checked(func() error { return backend.Check(o.Backend) }),
		option.Int(&o.Threads, "threads", "threads to work with", 0, 1024).OrZero("one a core").ByAll().OnResume(),
	), option.Group("Task",
		option.Choice(&o.Task, "task", "what is learnt, pictures or the classes of label pictures", Translate, Labels),
		option.Text(&o.Palette, "palette", "for the task labels: file of the labels' colours (default: found in the training pairs)").As("FILE"),
		option.Texts(&o.Ignore, "ignore", "for the task labels: class to ignore, by name, index or #rrggbb; repeat for each"),
	)...)
}

func (o *Options) declareLength() option.List {
	return append(o.Length.declared(), option.Group("Saving",
		option.Int(&o.CheckpointEvery, "checkpoint-every", "steps between checkpoints", 1, math.MaxInt).OnResume(),
		option.Int(&o.Keep, "keep", "number of checkpoints to keep", 1, math.MaxInt).OnResume(),
		option.Int(&o.ValEvery, "val-every", "steps between validations", 1, math.MaxInt).OnResume(),
		option.Int(&o.ValPictures, "val-pictures", "pictures in a validation, at most", 1, math.MaxInt).OnResume(),
		option.Int(&o.SamplePictures, "sample-pictures", "rows in the sheets of samples, at most", 0, math.MaxInt).OnResume(),
	)...)
}

// declared returns the length's options, of which exactly one is set.
func (l *Length) declared() option.List {
	return option.Group("Length", option.OneOf(
		option.Int(&l.Epochs, "epochs", "length of the run in epochs", 1, math.MaxInt32).OnResume(),
		option.Int(&l.Steps, "steps", "length of the run in steps", 1, math.MaxInt32).OnResume(),
		option.Duration(&l.Time, "time", "length of the run in time, such as 2h or 90m; the schedule is fitted to it").OnResume(),
	)...)
}

func (o *Options) declareStep() option.List {
	devices := option.Custom(&o.Devices, "devices", "N|all", "devices that share a step", formatDevices, parseDevices).
		Must("from 1 to "+strconv.Itoa(maxDevices)+", or 0 for all", func() bool { return o.Devices >= 0 && o.Devices <= maxDevices })
	return option.Group("Step",
		option.Int(&o.Batch, "batch", "pairs per step on each device", 1, maxBatch),
		devices,
		option.Bool(&o.SyncNorm, "sync-norm", "compute statistics of batch norms over all devices together"),
		backend.PrecisionOption(&o.Precision, &o.Backend).OnResume(),
	)
}

func (o *Options) declarePictures() option.List {
	return option.Group("Pictures",
		option.InAnyCase(&o.Direction, "direction", "which side of a pair is the input", dataset.AtoB.String(), dataset.BtoA.String()),
		option.InAnyCase(&o.Labels, "labels", "which sides are label pictures", dataset.LabelSides()...),
		option.Int(&o.LoadSize, "load-size", "side before the random crop, in pixels", 1, math.MaxInt).OrZero("286 for 256, in proportion"),
		option.Bool(&o.Mirror, "mirror", "mirror half of the pairs"),
		option.Number(&o.Rotate, "rotate", "rotate pairs by a random angle of up to this many degrees", option.From(0, 180)),
		option.Number(&o.Zoom, "zoom", "enlarge or shrink pairs by a random factor of up to 1 + this", option.From(0, 1)),
		option.Number(&o.Recolour, "recolour", "vary brightness, contrast and saturation of input photographs whose targets are labels", option.From(0, 1)),
		option.InAnyCase(&o.PhotographFilter, "photograph-filter", "how photographs are resampled", imgio.Filters()...),
		option.InAnyCase(&o.LabelFilter, "label-filter", "how label pictures are resampled", imgio.Filters()...),
		option.Int(&o.TrainPairs, "train-pairs", "number of pairs to train on", 0, math.MaxInt).OrZero("all"),
		option.Number(&o.ValFraction, "val-fraction", "fraction of the pairs held out for validation if there is no val/", option.Between(0, 1)),
	)
}

// declareNetwork declares the network's options, except those that the data decide.
func (o *Options) declareNetwork() option.List {
	n := &o.Network
	ofPictures := func(o option.Option) option.Option { return o.OrZero("as in the pictures") }
	return n.Declared().Edit(&n.InputChannels, ofPictures).Edit(&n.OutputChannels, ofPictures)
}

func formatDevices(n int) string {
	if n == 0 {
		return "all"
	}
	return strconv.Itoa(n)
}

func parseDevices(text string) (int, error) {
	if text == "all" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, option.Errorf("it must be a number of at least 1, or all")
	}
	return n, nil
}

// Validate reports the first option that is wrong for any data.
func (o Options) Validate() error {
	if err := o.validate(); err != nil {
		return fmt.Errorf("training options: %w", err)
	}
	return nil
}

func (o Options) validate() error {
	if err := o.checkTask(); err != nil {
		return err
	}
	o = o.forTask()
	for _, check := range []func() error{o.Length.check, o.Declared().Check, o.checkTogether} {
		if err := check(); err != nil {
			return err
		}
	}
	network := o.Network
	const usual = 3 // channels, before the pictures are known
	if network.InputChannels == 0 {
		network.InputChannels = usual
	}
	if network.OutputChannels == 0 {
		network.OutputChannels = usual
	}
	if err := network.Validate(); err != nil {
		return err
	}
	_, err := pix2pix.TrainStep(network, o.Batch, network.ImageSize, network.ImageSize, o.stepOptions())
	return err
}

// check reports a length that sets none or several of its fields.
func (l Length) check() error {
	set := 0
	for _, v := range []int64{int64(l.Epochs), int64(l.Steps), int64(l.Time)} {
		if v < 0 {
			return option.Errorf("the length of the run is negative")
		}
		if v > 0 {
			set++
		}
	}
	if set == 1 {
		return nil
	}
	all := option.Of(&l, l.declared())
	return option.Errorf("exactly one of %v, %v and %v must be set, not %d of them", all.Name(&l.Epochs), all.Name(&l.Steps), all.Name(&l.Time), set)
}

// checkTogether checks options that depend on each other.
func (o Options) checkTogether() error {
	all := o.Declared()
	switch {
	case o.LoadSize != 0 && o.LoadSize < o.Network.ImageSize:
		return option.Errorf("%v is %d, less than the %v %d that is cropped from it", all.Name(&o.LoadSize), o.LoadSize, all.Name(&o.Network.ImageSize), o.Network.ImageSize)
	case o.Data == "":
		return option.Errorf("no data folder is given")
	case o.Out == "" && o.Resume == "":
		return option.Errorf("no run folder is given, neither a new one nor one to resume")
	}
	return nil
}
