package pix2pix

import (
	"fmt"
	"math/bits"

	"easel/internal/base/strictjson"
)

type (
	// GeneratorKind is the generator's shape: "unet", "encoder-decoder" or
	// "resnet".
	GeneratorKind string
	// UpsampleKind is how the decoder doubles a map: "transposed", "resize" or
	// "nearest".
	UpsampleKind string
	// InitKind is the initialisation of kernels: "normal", "xavier", "kaiming" or
	// "orthogonal".
	InitKind string
	// NormKind is the norm after a convolution: "auto", "batch", "instance" or
	// "none".
	NormKind string
	// DropoutPlacement says which decoder layers drop out: "paper", "pytorch"
	// or "off".
	DropoutPlacement string
	// DiscriminatorKind is "patch", "pixel" or "none".
	DiscriminatorKind string
	// GANLoss is the form of the adversarial loss: "vanilla", "lsgan" or
	// "hinge".
	GANLoss string
	// StepOrder is the order of the two networks' updates.
	StepOrder string
	// NormStatistics says where a norm's statistics come from: "picture" or "stored".
	NormStatistics string
	// ScheduleKind is the course of the learning rate over a run: "constant", "linear",
	// "cosine", "step" or "plateau".
	ScheduleKind string
)

// The values of these types.
const (
	UNet           GeneratorKind = "unet"
	EncoderDecoder GeneratorKind = "encoder-decoder"
	// ResNet is the generator of Johnson et al. (2016) as in CycleGAN.
	ResNet GeneratorKind = "resnet"

	// Transposed is the authors' 4×4 transposed convolution.
	Transposed UpsampleKind = "transposed"
	// Resize is bilinear upsampling and a 3×3 convolution (Odena et al. 2016).
	Resize UpsampleKind = "resize"
	// Nearest repeats every pixel before a 5×5 convolution. The 4×4 convolutions of other
	// programs become 5×5 ones with zeros on one side.
	Nearest UpsampleKind = "nearest"

	InitNormal     InitKind = "normal"
	InitXavier     InitKind = "xavier"
	InitKaiming    InitKind = "kaiming"
	InitOrthogonal InitKind = "orthogonal"

	// NormAuto is instance norm at batch 1 and batch norm for larger batches (§3.3).
	NormAuto     NormKind = "auto"
	NormBatch    NormKind = "batch"
	NormInstance NormKind = "instance"
	NormNone     NormKind = "none"

	// PictureStatistics are those of the current pictures, at test time too (§3.3).
	PictureStatistics NormStatistics = "picture"
	// StoredStatistics are those that a batch norm collected in training, for models of
	// other programs.
	StoredStatistics NormStatistics = "stored"

	// DropoutPaper is decoder layers 1 to 3 (§6.1.1).
	DropoutPaper DropoutPlacement = "paper"
	// DropoutPyTorch is decoder layers 2 to 4 of 8, in general 2 to n−4: the port's
	// innermost block has none.
	DropoutPyTorch DropoutPlacement = "pytorch"
	DropoutOff     DropoutPlacement = "off"

	Patch           DiscriminatorKind = "patch"
	Pixel           DiscriminatorKind = "pixel"
	NoDiscriminator DiscriminatorKind = "none"

	Vanilla      GANLoss = "vanilla"
	LeastSquares GANLoss = "lsgan"
	Hinge        GANLoss = "hinge"

	// DiscriminatorFirst updates D, then runs it again, updated, for G's step
	// (Algorithm 1 of Goodfellow et al. 2014; the PyTorch port).
	DiscriminatorFirst StepOrder = "discriminator-first"
	// Simultaneous computes both gradients at the old weights, as the TensorFlow tutorial
	// does.
	Simultaneous StepOrder = "simultaneous"

	ConstantRate ScheduleKind = "constant"
	LinearDecay  ScheduleKind = "linear"
	// CosineDecay is half a cosine down to 0 (Loshchilov and Hutter 2017, without
	// restarts).
	CosineDecay ScheduleKind = "cosine"
	// StepDecay divides the rate by 10 after each quarter of the run, the PyTorch port's 50
	// of 200 epochs.
	StepDecay ScheduleKind = "step"
	// PlateauDecay divides the rate by 5 whenever validation has not improved for a while:
	// see package train.
	PlateauDecay ScheduleKind = "plateau"
)

// Config describes a model and its optimisation completely.
type Config struct {
	// ImageSize is the height and width that the model is for, a power of two
	// from 32 up; its logarithm is the number of layers on each side.
	ImageSize      int `json:"image_size"`
	InputChannels  int `json:"input_channels"`
	OutputChannels int `json:"output_channels"`

	Generator GeneratorKind `json:"generator"`
	// Upsample is how the decoder doubles a map.
	Upsample UpsampleKind `json:"upsample"`
	// PictureUpsample is Upsample of a U-Net's last layer; "" is the same.
	PictureUpsample UpsampleKind `json:"picture_upsample,omitempty"`
	// ActivatedSkips takes a U-Net's skips after the encoder's activation, without a ReLU
	// in the decoder, as PyTorch-GAN does.
	ActivatedSkips bool `json:"activated_skips,omitempty"`
	// Blocks is the number of residual blocks of a ResNet, usually 6 or 9.
	Blocks int `json:"blocks"`
	// Downsamplings is how often a ResNet halves the picture before its blocks; 0 means 2.
	// With 4 it is the global generator of pix2pixHD (Wang et al. 2018, §3.1).
	Downsamplings int `json:"downsamplings"`
	// EnhancerBlocks puts pix2pixHD's local enhancer with this many residual blocks around
	// a ResNet, which then sees the picture at half the size and is twice as wide (Wang et
	// al. 2018, §3.1: G₂ around G₁). 0 means none.
	EnhancerBlocks int `json:"enhancer_blocks,omitempty"`
	// Classes says that the input of a ResNet is the class of each pixel, 0 to Classes − 1,
	// as the value of an 8-bit grey picture; the network sees a channel per class. 0 means
	// that the input is a picture.
	Classes int `json:"classes,omitempty"`
	// ClassEdges adds a channel that is 1 at pixels whose neighbour above, below, left or
	// right has another class. With two input channels it compares the second, the number
	// of the instance: pix2pixHD's edges of an instance map.
	ClassEdges bool `json:"class_edges,omitempty"`
	// Width is the number of channels of the generator's first layer.
	Width int      `json:"width"`
	Norm  NormKind `json:"norm"`
	// NormStatistics says where a norm's statistics come from, "picture" or "stored"; "" is
	// "picture".
	NormStatistics NormStatistics `json:"norm_statistics"`
	// BottleneckNorm also puts a norm on the innermost encoder layer, as the TensorFlow
	// port does. At the training size that layer is 1×1, so the picture then passes only
	// through the skips.
	BottleneckNorm bool `json:"bottleneck_norm"`
	// EdgeBiases gives biases to the first and innermost encoder layers too, as
	// the Torch7 and TensorFlow ports have them, and the PyTorch port with
	// instance norm. Before a norm a bias would change nothing.
	EdgeBiases  bool             `json:"edge_biases"`
	Dropout     DropoutPlacement `json:"dropout"`
	DropoutRate float64          `json:"dropout_rate"`
	// NoiseChannels is the number of channels of Gaussian z that the generator gets with
	// the picture, which §3.1 discusses and drops.
	NoiseChannels int `json:"noise_channels"`

	Discriminator DiscriminatorKind `json:"discriminator"`
	// PatchLayers is the number of the patch discriminator's stride-2 layers, 1
	// to 6: it sees 16, 34, 70, 142, 286 or 574 pixels.
	PatchLayers        int `json:"patch_layers"`
	DiscriminatorWidth int `json:"discriminator_width"`

	Objective Objective `json:"objective"`
	GANLoss   GANLoss   `json:"gan_loss"`
	// Lambda is the weight of the pixel loss.
	Lambda float64 `json:"lambda"`
	// FeatureMatching is the weight of the distance between D's layers for the output and
	// for the target (Wang et al. 2018, eq. 4): the mean over layers and discriminators of
	// the mean absolute differences. Wang et al.'s λ of 10 is 40 here, because they take
	// sums and divide by 4. 0 means none.
	FeatureMatching float64 `json:"feature_matching"`
	// Perceptual is the weight of the distance between layers of VGG-19 for the output and
	// for the target (Johnson et al. 2016, with the style layers of Gatys et al.): the sum
	// over relu1_1, relu2_1, relu3_1 and relu4_1 of the mean absolute difference divided by
	// the target's mean. 0 means none.
	Perceptual float64 `json:"perceptual"`
	// Scales is the number of discriminators (Wang et al. 2018, §3.2). Each sees the
	// pictures at half the size of the previous one, here by means of 2×2 pixels. Losses
	// are means over them.
	Scales int `json:"discriminator_scales"`
	// SpectralNorm divides each kernel of D by its largest singular value (Miyato et al.
	// 2018), instead of using norms in D.
	SpectralNorm bool `json:"spectral_norm"`
	// Augment augments what D sees, real and generated alike, to help with few pairs (Zhao
	// et al. 2020).
	Augment bool `json:"augment"`
	// R1 is γ in the penalty γ/2·E|∇D(y)|² on D's gradient with respect to real pictures
	// (Mescheder et al. 2018, eq. 9), where D(y) is the mean of its map. 0 means none.
	R1 float64 `json:"r1"`
	// LabelSmoothing lowers D's target for real pictures from 1 to 1 − LabelSmoothing
	// (Salimans et al. 2016, §3.4).
	LabelSmoothing float64   `json:"label_smoothing"`
	Order          StepOrder `json:"order"`
	// HalveDiscriminatorLoss divides the discriminator's objective by 2 (§3.3). Adam
	// cancels a constant factor except for its epsilon.
	HalveDiscriminatorLoss bool `json:"halve_discriminator_loss"`

	// LearningRate is the generator's, and also the discriminator's unless
	// DiscriminatorRate is above 0 (two rates: Heusel et al. 2017).
	LearningRate      float64 `json:"learning_rate"`
	DiscriminatorRate float64 `json:"discriminator_rate"`
	Beta1             float64 `json:"beta1"`
	Beta2             float64 `json:"beta2"`
	Epsilon           float64 `json:"epsilon"`
	// EpsilonHat puts Adam's epsilon inside the bias correction, as Torch7 and
	// TensorFlow do.
	EpsilonHat bool         `json:"epsilon_hat"`
	Schedule   ScheduleKind `json:"schedule"`
	// DecayFrom is the fraction of the run after which a linear schedule decays.
	DecayFrom float64 `json:"decay_from"`

	// Average is the decay per step of a moving average of the generator's weights, such as
	// 0.999. The average is then the model instead of the trained weights. 0 means none.
	Average float64 `json:"average"`

	// Init is the initialisation of kernels: "normal" with InitDeviation, "xavier" or
	// "orthogonal" with InitDeviation as gain, or "kaiming".
	Init InitKind `json:"init"`
	// InitDeviation is the standard deviation of the weights' initial values.
	InitDeviation float64 `json:"init_deviation"`
}

// Decode reads a Config from JSON. Missing keys are as in Default; an unknown key, a value
// that Validate refuses and text after the end are errors.
func Decode(text []byte) (Config, error) {
	c := Default()
	if err := strictjson.Decode(text, &c); err != nil {
		return Config{}, fmt.Errorf("pix2pix configuration: %w", err)
	}
	return c, c.Validate()
}

// Levels is the number of encoder layers, and of decoder layers: the sides of every picture
// are multiples of 2^Levels, which is ImageSize. A ResNet has none.
func (c Config) Levels() int { return bits.Len(uint(c.ImageSize)) - 1 }

// Multiple returns what the sides of pictures must be multiples of: ImageSize, at which the
// innermost map is one pixel, or for a ResNet what its halvings need.
func (c Config) Multiple() int {
	switch {
	case c.Generator == ResNet && c.EnhancerBlocks > 0:
		return 2 << c.halvings()
	case c.Generator == ResNet:
		return 1 << c.halvings()
	}
	return c.ImageSize
}

// Smallest returns the least height and width of a picture.
func (c Config) Smallest() int {
	if c.Generator == ResNet {
		return 2 * c.Multiple() // a mirrored border needs two pixels
	}
	return c.ImageSize
}

// FitsExtent reports whether InferenceOptions.Extent works: not for a ResNet, which mirrors
// the picture's border.
func (c Config) FitsExtent() bool { return c.Generator != ResNet }

// Adversarial reports whether there is a discriminator to train.
func (c Config) Adversarial() bool { return c.Objective.Adversarial != NoAdversary }

// Classifies reports whether the generator's output is logits of classes.
func (c Config) Classifies() bool { return c.Objective.Pixel == ClassEntropy }

// targetChannels are the channels of b; class targets have one.
func (c Config) targetChannels() int {
	if c.Classifies() {
		return 1
	}
	return c.OutputChannels
}

// Conditional reports whether the discriminator sees the input picture.
func (c Config) Conditional() bool { return c.Objective.Adversarial == CGAN }

// DropoutLayers returns the first and the last decoder layer with dropout, counted from 1
// at the innermost; last < first if there are none.
func (c Config) DropoutLayers() (first, last int) {
	switch c.Dropout {
	case DropoutPaper:
		return 1, 3
	case DropoutPyTorch:
		return 2, c.Levels() - 4
	}
	return 1, 0
}
