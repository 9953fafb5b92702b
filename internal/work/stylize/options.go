package stylize

import (
	"fmt"
	"math"

	"easel/internal/engine/backend"
	"easel/internal/engine/optimise"
	"easel/internal/file/imgio"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
)

// The choices of Options that are words.
const (
	// Sizes: what Options.Size is of the picture.
	LongSide  = "long"   // the longer side
	ShortSide = "short"  // the shorter side
	AreaRoot  = "area"   // the root of the area
	WidthSide = "width"  // the width
	Height    = "height" // the height

	// Initial pictures; everything else is the name of a file.
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
	// Weight is relative to the other styles'.
	Weight float64 `json:"weight"`
	// Mask is a grey picture of the content's shape, white where this style
	// belongs; "" is everywhere.
	Mask string `json:"mask"`
}

// Options are everything about a run. Begin with Preset.
type Options struct {
	// Content is the picture whose content is kept; "" is a texture: there is
	// style only, and Width and Height say how large.
	Content string  `json:"content"`
	Styles  []Style `json:"styles"`
	// Pictures are in memory, by names that stand where a file's could: in Content,
	// Styles, their masks and Init. A checkpoint does not hold them: who resumes gives
	// them again.
	Pictures map[string]*imgio.Picture `json:"-"`
	// Out is the result: .png, .jpg or .tif. With "" nothing is written.
	Out string `json:"out"`
	// Force overwrites Out if it exists.
	Force bool `json:"-"`

	// Weights is a file with VGG-19's weights, or "random" for a network that was
	// never trained (begin with the preset "random" then); "" is the file that easel
	// weights fetch (FetchWeights) has downloaded, and random weights if there is
	// none. WeightsKind is torchvision or caffe where the file does not tell.
	Weights     string `json:"weights"`
	WeightsKind string `json:"weights_kind"`
	// Pooling, PoolScale, Border (of the picture) and InnerBorder (of features)
	// are how the network is run.
	Pooling     vgg.Pooling `json:"pooling"`
	PoolScale   float64     `json:"pool_scale"`
	Border      vgg.Border  `json:"border"`
	InnerBorder vgg.Border  `json:"inner_border"`

	// Objective is the loss to minimise.
	Objective style.Objective `json:"objective"`

	// Size in pixels, of what SizeMode says; 0 is the content picture's own.
	Size     int    `json:"size"`
	SizeMode string `json:"size_mode"`
	// Width and Height are a texture's; 0 otherwise.
	Width  int `json:"width"`
	Height int `json:"height"`
	// StyleScale is the style's size in the result's: at 1 a style picture has
	// the content's area. Style pictures are never enlarged.
	StyleScale float64 `json:"style_scale"`

	// MinSize is the smallest stage's longer side, ScaleStep the factor from
	// stage to stage; 0 makes one stage only.
	MinSize   int     `json:"min_size"`
	ScaleStep float64 `json:"scale_step"`
	// Iterations is the number for each stage but the last, which has
	// FinalIterations; 0 is as many. An iteration is one evaluation.
	Iterations      int `json:"iterations"`
	FinalIterations int `json:"final_iterations"`

	// Init is the picture to begin with: content, noise, style or a file.
	Init string `json:"init"`
	// Seed of random weights and noise; InitSeed is added to it for the noise
	// alone, to begin anew with the same network.
	Seed     uint64 `json:"seed"`
	InitSeed uint64 `json:"init_seed"`
	// Optimizer is lbfgs or adam.
	Optimizer string `json:"optimizer"`
	// LearningRate is Adam's, for pixels in 0..1; AverageDecay that of the
	// average of its points which is the result (0: the last point).
	LearningRate float64 `json:"learning_rate"`
	AverageDecay float64 `json:"average_decay"`
	// History is the number of pairs that L-BFGS keeps.
	History int `json:"history"`

	// Recolour gives the content picture the first style's histograms of colours
	// before everything: then features need only carry texture.
	Recolour bool `json:"recolour"`
	// Colours says whose colours the result has.
	Colours string `json:"colours"`
	// Depth is the result's bits a sample: 8, 16, or 0 for the content's.
	Depth int `json:"depth"`

	// MaxMemory is the most memory a run may use, in bytes; 0 means the machine's.
	MaxMemory int64 `json:"max_memory"`
	// SaveEvery writes Out every so many iterations, 0 never before the end;
	// a name with the number is used, so that all stay.
	SaveEvery int `json:"save_every"`
	// CheckpointEvery is in iterations; 0 is only where a run is interrupted.
	CheckpointEvery int `json:"checkpoint_every"`

	// Backend runs the network: cpu, or xla:NAME or xla:PATH.
	Backend string `json:"backend"`
	// Threads that work; 0 is one per core.
	Threads int `json:"threads"`
}

// DefaultPreset is the name of the options to begin with.
const DefaultPreset = "easel"

// RandomPreset is the name of the options to begin with where there are no
// trained weights.
const RandomPreset = "random"

// Presets are the names that Preset knows.
func Presets() []string {
	return []string{DefaultPreset, RandomPreset, "paper", "gatys", "neural-style", "crowsonkb"}
}

// Preset returns the options of a name, with pictures left to be filled in:
// "easel" is what looks best in a few minutes, "paper" what Gatys et al. 2016
// write, "gatys", "neural-style" and "crowsonkb" what the programs of the
// paper's authors, Justin Johnson and Katherine Crowson do.
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

// paper is what the paper says: noise, one size, average pooling, no total
// variation. Its number of iterations it does not say; 500 is the authors'
// program's.
func paper() Options {
	return Options{
		Objective: style.Paper(), Pooling: vgg.AveragePooling, PoolScale: 1,
		Border: vgg.ZeroBorder, InnerBorder: vgg.ZeroBorder,
		Size: 512, SizeMode: LongSide, StyleScale: 1,
		Iterations: 500, Init: FromNoise, Optimizer: LBFGS, History: 100,
		LearningRate: 0.02, Colours: StyleColours, Backend: backend.Default,
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
//     seventh of the cost.
//   - Begun with the content, an average pool that keeps the scale, and the
//     outermost pixel repeated: no frame, no noise where nothing happens.
//   - A little total variation: less of the woven noise of single pixels, and
//     content and style losses no higher after as many iterations.
func easel() Options {
	o := paper()
	o.Objective = style.Easel()
	o.PoolScale, o.Border = vgg.AverageRescale, vgg.ReplicateBorder
	o.MinSize, o.ScaleStep, o.Iterations, o.FinalIterations = 128, 2, 100, 60
	o.Init, o.History = FromContent, optimise.DefaultHistory
	return o
}

// random is easel for a network that was never trained.
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
	return o
}

// network is how VGG-19 is run.
func (o Options) network() vgg.Config {
	c := vgg.Default()
	c.Pooling, c.PoolScale, c.Border, c.InnerBorder = o.Pooling, o.PoolScale, o.Border, o.InnerBorder
	return c
}

// objective is Objective without the content part where there is no content.
func (o Options) objective() style.Objective {
	objective := o.Objective
	if o.Content == "" {
		objective.ContentWeight = 0
	}
	return objective
}

// method is a new optimiser.
func (o Options) method() optimise.Method {
	if o.Optimizer == Adam {
		return optimise.NewAdam(optimise.AdamOptions{
			Rate: o.LearningRate, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-8, Low: 0, High: 1, Average: o.AverageDecay,
		})
	}
	return optimise.NewLBFGS(optimise.LBFGSOptions{History: o.History})
}

// LayerWeight is a layer and how much it counts.
type LayerWeight = style.LayerWeight
