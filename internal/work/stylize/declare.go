package stylize

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/model/vgg"
)

// maxSide catches typing errors before anything is planned; imgio reads no larger pictures
// anyway.
const maxSide = 1 << 16

// maxCount is the upper limit of iterations and other counts.
const maxCount = math.MaxInt32

// Declared returns the options of a run with their limits, in the order of help. Pictures
// and their weights share one key but have several flags.
func (o *Options) Declared() option.List {
	return option.Of(o, o.declarePictures(), o.declareSize(), o.Objective.Declared(), o.declareSteps(), o.declareNetwork(), o.declareRun())
}

func (o *Options) declarePictures() option.List {
	return append(option.Group("Pictures",
		option.Text(&o.Content, "content", "picture whose content is kept").As("PICTURE"),
		option.Many(&o.Styles, "style", "PICTURE", "picture whose style is taken; repeat for each", func([]Style) string { return "" }, o.parseStyles),
		option.Many(&o.Styles, "blend", "X,X,...", "weights of the styles, such as 2,1 (default: equal)", func([]Style) string { return "" }, o.parseBlend),
		option.Many(&o.Styles, "mask", "PICTURE", "grey picture that is white where the style with the same number belongs; repeat for each style (- for none)",
			func([]Style) string { return "" }, o.parseMasks),
		option.Text(&o.Init, "init", "initial picture: content, noise, style or a file").As("NAME|PICTURE"),
		option.Text(&o.Continue, "", "finished picture to go on with"),
		option.Text(&o.Out, "out", "the result: .png, .jpg, .tif or .webp").As("PICTURE").OnResume(),
		option.Bool(&o.Force, "force", "overwrite the result if it exists").OnResume(),
		option.Int(&o.Depth, "depth", "bits per sample of the result", 8, 16).Must("8 or 16", func() bool { return o.Depth == 8 || o.Depth == 16 }).OrZero("the content's"),
	), option.Group("Colours",
		option.Bool(&o.Recolour, "recolor", "give the content the style's colours first"),
		option.Choice(&o.Colours, "colors", "colours of the result: the style's, or the content's by luminance, covariance or histogram", colours()...).Also("original-colors"),
	)...)
}

func (o *Options) declareSize() option.List {
	return option.Group("Size",
		option.Custom(&o.Size, "size", "N|WxH", "pixels along the longer side, or what the size mode says (0: the content picture's own); of a texture WxH", o.formatSize, o.parseSize).
			Must(fmt.Sprintf("from 0 to %d", maxSide), func() bool { return o.Size >= 0 && o.Size <= maxSide }),
		option.Int(&o.Width, "", "width of a texture", 0, maxSide),
		option.Int(&o.Height, "", "height of a texture", 0, maxSide),
		option.Choice(&o.SizeMode, "size-mode", "what the size measures; area is the square root of the area", sizeModes()...),
		option.Number(&o.StyleScale, "style-scale", "size of the style picture relative to the result; smaller makes finer strokes", option.AboveTo(0, 100)),
		option.Int(&o.MinSize, "min-size", "longer side of the smallest size, which comes first", 0, maxSide),
		option.Number(&o.ScaleStep, "scale-step", "factor from size to size", option.From(1.1, 16)).OrZero("one size only"),
		option.Bool(&o.Detail, "detail", "add the content's detail to each enlarged picture"),
	)
}

func (o *Options) declareSteps() option.List {
	return option.Group("Iterations",
		option.Int(&o.Iterations, "iterations", "evaluations per size", 1, maxCount),
		option.Int(&o.FinalIterations, "final-iterations", "evaluations at the last size", 0, maxCount).OrZero("as many as at the others"),
		option.Choice(&o.Optimizer, "optimizer", "how pixels are moved", optimisers()...),
		option.Int(&o.History, "history", "steps that L-BFGS remembers", 1, 1000),
		option.Int(&o.Pyramid, "pyramid", "levels of the pyramid in which L-BFGS takes its first guess at a step, so that coarse changes come first", 1, 16).OrZero("none"),
		option.Number(&o.LearningRate, "learning-rate", "Adam's, for pixels from 0 to 1", option.Above(0)),
		option.Number(&o.AverageDecay, "average-decay", "decay of the average of Adam's iterates, which is the result", option.FromBelow(0, 1)).OrZero("the last point"),
		option.Seed(&o.Seed, "seed", "seed of random weights and noise").ByAll(),
		option.Seed(&o.InitSeed, "", "added to the seed for the noise alone"),
	)
}

func (o *Options) declareNetwork() option.List {
	return option.Group("Network",
		option.Text(&o.Weights, "weights", "VGG-19's weights: .safetensors or .pth, or small, the network in easel, or random (default: the fetched weights, or small if there are none)").As("FILE"),
		option.Choice(&o.WeightsKind, "weights-kind", "kind of the weights, if the file does not say", string(vgg.Torchvision), string(vgg.Caffe)).Optional(),
		option.Choice(&o.Pooling, "pooling", "how a pooling layer reduces 2×2 values", vgg.MaxPooling, vgg.AveragePooling),
		option.Number(&o.PoolScale, "pool-scale", "factor for the output of each pooling layer", option.Above(0)),
		option.Choice(&o.Border, "border", "padding of the picture", vgg.ZeroBorder, vgg.ReplicateBorder, vgg.ReflectBorder),
		option.Choice(&o.InnerBorder, "inner-border", "padding of the features", vgg.ZeroBorder, vgg.ReplicateBorder, vgg.ReflectBorder),
		option.Text(&o.Backend, "backend", "what runs the network").ByAll().OnResume().Checked(func() error { return backend.Check(o.Backend) }),
		backend.PrecisionOption(&o.Precision, &o.Backend).Optional(),
		option.Int(&o.Threads, "threads", "threads to work with", 0, 1024).OrZero("one a core").ByAll().OnResume(),
	)
}

func (o *Options) declareRun() option.List {
	return option.Group("Run",
		option.Bytes(&o.MaxMemory, "max-memory", "most memory that the run may use, such as 4GB (default: what the machine has)").OnResume(),
		option.Int(&o.SaveEvery, "save-every", "iterations between intermediate pictures, whose names are numbered", 0, maxCount).OrZero("none"),
		option.Int(&o.CheckpointEvery, "checkpoint-every", "iterations between checkpoints", 0, maxCount).OrZero("only on Ctrl-C"),
	)
}

// parseStyles keeps weights and masks of styles that are only somewhere else.
func (o *Options) parseStyles(paths []string) ([]Style, error) {
	styles := make([]Style, len(paths))
	if len(o.Styles) == len(paths) {
		copy(styles, o.Styles)
	}
	for i, path := range paths {
		styles[i].Path, styles[i].Weight = path, cmp.Or(styles[i].Weight, 1)
	}
	return styles, nil
}

// parseBlend sets the weights of the styles, and parseMasks their masks. Both come after
// the styles, and follow their order.
func (o *Options) parseBlend(texts []string) ([]Style, error) {
	words := strings.Split(strings.Join(texts, ","), ",")
	if len(words) != len(o.Styles) {
		return nil, fmt.Errorf("there must be as many weights as styles: %d, not %d", len(o.Styles), len(words))
	}
	for i, word := range words {
		weight, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil {
			return nil, errors.New("weights must be numbers, such as 2,1")
		}
		o.Styles[i].Weight = weight
	}
	return o.Styles, nil
}

func (o *Options) parseMasks(paths []string) ([]Style, error) {
	if len(paths) != len(o.Styles) {
		return nil, fmt.Errorf("there must be as many masks as styles: %d, not %d", len(o.Styles), len(paths))
	}
	for i, path := range paths {
		if path != "-" {
			o.Styles[i].Mask = path
		}
	}
	return o.Styles, nil
}

func (o *Options) formatSize(size int) string {
	if o.Width > 0 {
		return fmt.Sprintf("%dx%d", o.Width, o.Height)
	}
	return strconv.Itoa(size)
}

// parseSize is called after the content is set: without content, the size is a texture's.
func (o *Options) parseSize(text string) (int, error) {
	w, h, isTwo := strings.Cut(strings.ToLower(text), "x")
	if !isTwo {
		h = w
	}
	width, err := strconv.Atoi(w)
	height, failed := strconv.Atoi(h)
	if err != nil || failed != nil {
		return 0, errors.New("it must be a number of pixels, or, for a texture, two such as 512x512")
	}
	switch {
	case o.Content == "":
		o.Width, o.Height = width, height
		return o.Size, nil
	case isTwo:
		return 0, errors.New("expected one number, because the result has the shape of the content picture")
	}
	return width, nil
}

// Validate reports the first option that is wrong for any picture.
func (o Options) Validate() error {
	for _, check := range []func() error{o.checkPictures, o.Declared().Check, o.checkTexture, o.network().Validate, o.Objective.Validate} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (o Options) checkPictures() error {
	all := o.Declared()
	switch {
	case o.Content == "" && len(o.Styles) == 0:
		return option.Errorf("there is neither a content nor a style picture")
	case len(o.Styles) == 0 && len(o.Objective.StyleLayers()) > 0:
		return option.Errorf("there is no style picture; set %v to 0 to reconstruct the content alone", all.Name(&o.Objective.StyleWeight))
	case o.Init == "":
		return option.Errorf("%v is empty: it must be content, noise, style or a file", all.Name(&o.Init))
	}
	for i, s := range o.Styles {
		if s.Path == "" {
			return option.Errorf("style %d has no picture", i+1)
		}
		if !(s.Weight > 0) || math.IsInf(s.Weight, 0) {
			return option.Errorf("the weight of style %s is %v: it must be above 0", s.Path, s.Weight)
		}
	}
	return nil
}

// checkTexture reports options that do not work without a content picture.
func (o Options) checkTexture() error {
	all := o.Declared()
	recolour, colours := all.Name(&o.Recolour), all.Name(&o.Colours)
	if o.Recolour && o.Colours != StyleColours {
		return option.Errorf("%v gives the content the style's colours, but %v %s keeps its own", recolour, colours, o.Colours)
	}
	if o.Content != "" {
		if o.Width != 0 || o.Height != 0 {
			return option.Errorf("only a texture has a width and a height; other results have the content picture's shape, and their size is one number")
		}
		return nil
	}
	switch {
	case o.Width == 0 || o.Height == 0:
		return option.Errorf("a texture (no content picture) needs a width and a height, such as 512x512")
	case o.Init == FromContent:
		return option.Errorf("there is no content picture to start from: %v must be noise, style or a file", all.Name(&o.Init))
	case o.Recolour:
		return option.Errorf("there is no content picture to recolour (%v)", recolour)
	case o.Colours != StyleColours:
		return option.Errorf("there is no content picture whose colours to keep (%v %s)", colours, o.Colours)
	}
	for _, s := range o.Styles {
		if s.Mask != "" {
			return option.Errorf("a texture has no regions: masks go with a content picture")
		}
	}
	return nil
}
