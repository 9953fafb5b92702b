package stylize

import (
	"fmt"
	"math"

	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/engine/optimise"
	"easel/internal/file/imgio"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
)

// The values of Options that are words.
const (
	// Size modes: what Options.Size measures.
	LongSide  = "long"   // the longer side
	ShortSide = "short"  // the shorter side
	AreaRoot  = "area"   // the root of the area
	WidthSide = "width"  // the width
	Height    = "height" // the height

	// Initial pictures; any other value is the name of a file.
	FromContent = "content" // the content picture
	FromNoise   = "noise"   // Gaussian noise around grey
	FromStyle   = "style"   // the first style picture, resized to the result's size

	// Colours.
	StyleColours     = "style"      // the style's colours
	LuminanceOnly    = "luminance"  // grey pictures are stylised, the content's colour is put back
	MatchCovariance  = "covariance" // the style gets the content's mean and covariance of colours
	MatchedHistogram = "histogram"  // the style gets the content's histograms of colours

	// Optimisers.
	LBFGS = "lbfgs"
	Adam  = "adam"
)

func sizeModes() []string { return []string{LongSide, ShortSide, AreaRoot, WidthSide, Height} }
func colours() []string {
	return []string{StyleColours, LuminanceOnly, MatchCovariance, MatchedHistogram}
}
func optimisers() []string { return []string{LBFGS, Adam} }

// Style is a picture whose style is taken.
type Style struct {
	Path string `json:"path"`
	// Weight is relative to those of the other styles.
	Weight float64 `json:"weight"`
	// Mask is a grey picture with the content's shape, white where this style belongs; ""
	// means everywhere.
	Mask string `json:"mask"`
}

// Options are everything about a run. Begin with Preset.
type Options struct {
	// Content is the picture whose content is kept. If it is "", the result is a texture
	// with style only, and Width and Height give its size.
	Content string  `json:"content"`
	Styles  []Style `json:"styles"`
	// Pictures holds pictures in memory under names that may be used in place of files in
	// Content, Styles, their masks and Init. Checkpoints do not store them: give them again
	// to resume.
	Pictures map[string]*imgio.Picture `json:"-"`
	// Out is the result: .png, .jpg, .tif or .webp. With "", nothing is written.
	Out string `json:"out"`
	// Force overwrites Out if it exists.
	Force bool `json:"-"`

	// Weights is a file with VGG-19's weights, "small" for the network that is part of easel,
	// distilled from VGG-19, or "random" for an untrained one (begin with the preset "random"
	// then); "" is the file that easel weights fetch (FetchWeights) has downloaded, or small
	// if there is none. WeightsKind is torchvision or caffe, if the file does not say.
	Weights     string `json:"weights"`
	WeightsKind string `json:"weights_kind"`
	// Pooling, PoolScale, Border (of the picture) and InnerBorder (of features) say how to
	// run the network.
	Pooling     vgg.Pooling `json:"pooling"`
	PoolScale   float64     `json:"pool_scale"`
	Border      vgg.Border  `json:"border"`
	InnerBorder vgg.Border  `json:"inner_border"`

	// Objective is the loss to minimise.
	Objective style.Objective `json:"objective"`

	// Size in pixels, as measured by SizeMode; 0 is the content picture's own.
	Size     int    `json:"size"`
	SizeMode string `json:"size_mode"`
	// Width and Height are a texture's; 0 otherwise.
	Width  int `json:"width"`
	Height int `json:"height"`
	// StyleScale is the size of the style relative to the result: at 1 a style picture has
	// the content's area. Style pictures are never enlarged.
	StyleScale float64 `json:"style_scale"`

	// MinSize is the longer side of the smallest stage, and ScaleStep the factor between
	// stages; 0 means a single stage.
	MinSize   int     `json:"min_size"`
	ScaleStep float64 `json:"scale_step"`
	// Iterations is the number for each stage except the last, which has FinalIterations; 0
	// means as many. An iteration is one evaluation.
	Iterations      int `json:"iterations"`
	FinalIterations int `json:"final_iterations"`

	// Init is the initial picture: content, noise, style or a file.
	Init string `json:"init"`
	// Continue is a finished picture to go on with at a larger size, "" for none: it takes
	// the place of the stages up to its own size, and of Init.
	Continue string `json:"continue,omitempty"`
	// Seed of random weights and noise; InitSeed is added to it for the noise alone, to
	// start again with the same network.
	Seed     uint64 `json:"seed"`
	InitSeed uint64 `json:"init_seed"`
	// Optimizer is lbfgs or adam.
	Optimizer string `json:"optimizer"`
	// LearningRate is Adam's, for pixels in 0..1; AverageDecay is that of the average of
	// its iterates, which is the result (0: the last iterate).
	LearningRate float64 `json:"learning_rate"`
	AverageDecay float64 `json:"average_decay"`
	// History is the number of pairs that L-BFGS keeps.
	History int `json:"history"`
	// Pyramid is the number of levels of the pyramid that preconditions L-BFGS; 0 means
	// none, as in the paper.
	Pyramid int `json:"pyramid"`
	// Detail adds to each enlarged picture what the content has at the new size, and had
	// not at the old one.
	Detail bool `json:"detail"`

	// Recolour gives the content picture the first style's colour histograms first: then
	// features only need to transfer texture.
	Recolour bool `json:"recolour"`
	// Colours says where the colours of the result come from.
	Colours string `json:"colours"`
	// Depth is the result's bits per sample: 8, 16, or 0 for the content's.
	Depth int `json:"depth"`

	// MaxMemory is the most memory a run may use, in bytes; 0 means the machine's.
	MaxMemory int64 `json:"max_memory"`
	// SaveEvery is the number of iterations between intermediate pictures, 0 for none.
	// Their names are numbered, so that all are kept.
	SaveEvery int `json:"save_every"`
	// CheckpointEvery is in iterations; 0 means only when a run is interrupted.
	CheckpointEvery int `json:"checkpoint_every"`

	// Backend runs the network: cpu, or xla:NAME or xla:PATH.
	Backend string `json:"backend"`
	// Precision is that of the network's products: "float32", "bf16" where the processor or
	// XLA's device has it, or on XLA "tf32".
	Precision string `json:"precision"`
	// Threads to work with; 0 is one per core.
	Threads int `json:"threads"`
}

// DefaultPreset is the name of the default options.
const DefaultPreset = "easel"

// RandomPreset is the name of the default options if there are no trained weights.
const RandomPreset = "random"

// Presets are the names that Preset knows.
func Presets() []string {
	return []string{DefaultPreset, RandomPreset, "paper", "gatys", "neural-style", "crowsonkb"}
}

// Preset returns the options with a name, except for the pictures: "easel" is what looks
// best within a few minutes, "paper" follows Gatys et al. 2016, and "gatys", "neural-style"
// and "crowsonkb" follow the programs of the paper's authors, Justin Johnson and Katherine
// Crowson.
func Preset(name string) (Options, error) {
	o := paper()
	switch name {
	case DefaultPreset:
		return easel(), nil
	case RandomPreset:
		return random(), nil
	case "paper":
	case "gatys":
		o.Objective, o.Init, o.Pooling, o.SizeMode = style.Gatys(), FromContent, vgg.MaxPooling, ShortSide
	case "neural-style":
		o.Objective, o.Pooling, o.Iterations = style.NeuralStyle(), vgg.MaxPooling, 1000
	case "crowsonkb":
		return crowson(), nil
	default:
		return o, fmt.Errorf("unknown preset %q: there are %v", name, Presets())
	}
	return o, nil
}

// paper follows the paper: noise, one size, average pooling, no total variation. The paper
// does not give its number of iterations; 500 is that of the authors' program.
func paper() Options {
	return Options{
		Objective: style.Paper(), Pooling: vgg.AveragePooling, PoolScale: 1,
		Border: vgg.ZeroBorder, InnerBorder: vgg.ZeroBorder,
		Size: 512, SizeMode: LongSide, StyleScale: 1,
		Iterations: 500, Init: FromNoise, Optimizer: LBFGS, History: 100,
		LearningRate: 0.02, Colours: StyleColours, Backend: backend.Default, Precision: device.Float32.String(),
	}
}

// easel is the default, chosen by eye on the pictures that the paper and its
// programs show:
//
//   - Relative losses mean the same for Caffe's, torchvision's and random
//     weights, so one α/β serves all; at 0.05 a street stays a street and the sky
//     is painted.
//   - Two small stages first: strokes as large as the painting's, which noise or
//     a photograph at full size does not find in so few iterations, at a
//     seventh of the cost. What the content has at a new size and had not at the old
//     one is added to the enlarged picture, which then begins with a loss a quarter
//     lower.
//   - Coarse changes come first (optimise.Pyramid): what is fine stays the content's
//     where nothing asks for a change, and losses are lower.
//   - Begun with the content, an average pool that keeps the scale, and the
//     outermost pixel repeated: no frame, no noise where nothing happens.
//   - A penalty on the weave alone, instead of total variation: as much of it is left
//     as the painting has (metric.Weave), and content and style losses are no higher.
func easel() Options {
	o := paper()
	o.Objective = style.Easel()
	o.Objective.Variation, o.Objective.VariationWeight = style.WeaveVariation, 3
	o.PoolScale, o.Border = vgg.AverageRescale, vgg.ReplicateBorder
	o.MinSize, o.ScaleStep, o.Iterations, o.FinalIterations = 128, 2, 100, 60
	o.Init, o.History = FromContent, optimise.DefaultHistory
	o.Pyramid, o.Detail = 6, true
	return o
}

// random is easel for an untrained network.
func random() Options {
	o := easel()
	o.Recolour = true
	o.Objective = style.Untrained()
	o.Iterations, o.FinalIterations = 80, 50
	return o
}

func crowson() Options {
	o := easel()
	o.Objective = style.Crowson()
	o.Pooling, o.PoolScale = vgg.MaxPooling, 1
	o.MinSize, o.ScaleStep, o.Iterations, o.FinalIterations = 128, math.Sqrt2, 500, 0
	o.Optimizer, o.LearningRate, o.AverageDecay = Adam, 0.02, 0.99
	o.Pyramid, o.Detail = 0, false
	return o
}

// network returns how to run VGG-19.
func (o Options) network() vgg.Config {
	c := vgg.Default()
	c.Pooling, c.PoolScale, c.Border, c.InnerBorder = o.Pooling, o.PoolScale, o.Border, o.InnerBorder
	return c
}

// objective returns Objective, without the content part if there is no content.
func (o Options) objective() style.Objective {
	objective := o.Objective
	if o.Content == "" {
		objective.ContentWeight = 0
	}
	return objective
}

// method returns a new optimiser.
func (o Options) method() optimise.Method {
	if o.Optimizer == Adam {
		return optimise.NewAdam(optimise.AdamOptions{
			Rate: o.LearningRate, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-8, Low: 0, High: 1, Average: o.AverageDecay,
		})
	}
	return optimise.NewLBFGS(optimise.LBFGSOptions{History: o.History, Threads: o.Threads})
}

// LayerWeight is a layer with its weight.
type LayerWeight = style.LayerWeight
