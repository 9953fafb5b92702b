package pix2pix

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

type (
	// GeneratorKind is the generator's shape: "unet" or "encoder-decoder".
	GeneratorKind string
	// NormKind is the norm after a convolution: "auto", "batch", "instance" or
	// "none".
	NormKind string
	// DropoutPlacement says which decoder layers drop out: "paper", "pytorch"
	// or "off".
	DropoutPlacement string
	// DiscriminatorKind is "patch", "pixel" or "none".
	DiscriminatorKind string
	// Objective is what the generator minimises: a pixel loss, an adversarial
	// loss, or both, as "l1+cgan".
	Objective string
	// GANLoss is the form of the adversarial loss: "vanilla", "lsgan" or
	// "hinge".
	GANLoss string
	// StepOrder is the order of the two networks' updates.
	StepOrder string
	// ScheduleKind is how the learning rate goes over a run: "constant" or
	// "linear".
	ScheduleKind string
)

// The choices.
const (
	UNet           GeneratorKind = "unet"
	EncoderDecoder GeneratorKind = "encoder-decoder"

	// NormAuto is instance norm at batch 1 and batch norm above (§3.3).
	NormAuto     NormKind = "auto"
	NormBatch    NormKind = "batch"
	NormInstance NormKind = "instance"
	NormNone     NormKind = "none"

	// DropoutPaper is decoder layers 1 to 3 (§6.1.1).
	DropoutPaper DropoutPlacement = "paper"
	// DropoutPyTorch is decoder layers 2 to 4 of 8, in general 2 to n−4: the
	// port's innermost block has none.
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
	// Simultaneous takes both gradients at the old weights, as the TensorFlow
	// tutorial does.
	Simultaneous StepOrder = "simultaneous"

	ConstantRate ScheduleKind = "constant"
	LinearDecay  ScheduleKind = "linear"
)

// Objectives are the rows of the paper's Table 1, and the same with L2.
const (
	L1     Objective = "l1"
	L2     Objective = "l2"
	GAN    Objective = "gan"
	CGAN   Objective = "cgan"
	L1GAN  Objective = "l1+gan"
	L1CGAN Objective = "l1+cgan"
	L2GAN  Objective = "l2+gan"
	L2CGAN Objective = "l2+cgan"
	// ClassEntropy is the softmax cross-entropy of classes: the generator is a
	// segmentation network without a discriminator, such as judges pictures by
	// whether labels can be read in them (§3.4). OutputChannels are classes, and
	// the generator's output is their logits.
	ClassEntropy Objective = "cross-entropy"
)

// Config is everything that a model and its optimisation are made of.
type Config struct {
	// ImageSize is the height and width that the model is for, a power of two
	// from 32 up; its logarithm is the number of layers on each side.
	ImageSize      int `json:"image_size"`
	InputChannels  int `json:"input_channels"`
	OutputChannels int `json:"output_channels"`

	Generator GeneratorKind `json:"generator"`
	// Width is the number of channels of the generator's first layer.
	Width       int              `json:"width"`
	Norm        NormKind         `json:"norm"`
	Dropout     DropoutPlacement `json:"dropout"`
	DropoutRate float64          `json:"dropout_rate"`
	// NoiseChannels of Gaussian z are given to the generator beside the
	// picture, as §3.1 discusses and drops.
	NoiseChannels int `json:"noise_channels"`

	Discriminator DiscriminatorKind `json:"discriminator"`
	// PatchLayers is the number of the patch discriminator's stride-2 layers, 1
	// to 6: see ReceptiveField.
	PatchLayers        int `json:"patch_layers"`
	DiscriminatorWidth int `json:"discriminator_width"`

	Objective Objective `json:"objective"`
	GANLoss   GANLoss   `json:"gan_loss"`
	// Lambda weighs the pixel loss.
	Lambda float64   `json:"lambda"`
	Order  StepOrder `json:"order"`
	// HalveDiscriminatorLoss divides the discriminator's objective by 2 (§3.3).
	// Adam undoes a constant factor but for its epsilon.
	HalveDiscriminatorLoss bool `json:"halve_discriminator_loss"`

	LearningRate float64 `json:"learning_rate"`
	Beta1        float64 `json:"beta1"`
	Beta2        float64 `json:"beta2"`
	Epsilon      float64 `json:"epsilon"`
	// EpsilonHat puts Adam's epsilon inside the bias correction, as Torch7 and
	// TensorFlow do.
	EpsilonHat bool         `json:"epsilon_hat"`
	Schedule   ScheduleKind `json:"schedule"`
	// DecayFrom is the part of the run, 0 to 1, after which a linear schedule
	// begins to decay.
	DecayFrom float64 `json:"decay_from"`

	// InitDeviation is the standard deviation of the weights' initial values.
	InitDeviation float64 `json:"init_deviation"`
}

// Decode reads a Config from JSON. What is not said is as in Default; an
// unknown key, a value that Validate refuses and text after the end are errors.
func Decode(text []byte) (Config, error) {
	c := Default()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("pix2pix configuration: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Config{}, errors.New("pix2pix configuration: there is text after its end")
	}
	return c, c.Validate()
}

// Levels is the number of encoder layers, and of decoder layers: the sides of
// every picture are multiples of 2^Levels, which is ImageSize.
func (c Config) Levels() int { return bits.Len(uint(c.ImageSize)) - 1 }

// Adversarial reports whether there is a discriminator to train.
func (c Config) Adversarial() bool {
	return c.Objective != L1 && c.Objective != L2 && c.Objective != ClassEntropy
}

// Classifies reports whether the generator's output is logits of classes.
func (c Config) Classifies() bool { return c.Objective == ClassEntropy }

// targetChannels are those of b: of targets that are classes one number.
func (c Config) targetChannels() int {
	if c.Classifies() {
		return 1
	}
	return c.OutputChannels
}

// Conditional reports whether the discriminator sees the input picture.
func (c Config) Conditional() bool {
	return c.Objective == CGAN || c.Objective == L1CGAN || c.Objective == L2CGAN
}

// squared and absolute report which pixel loss the objective has, if any.
func (c Config) squared() bool {
	return c.Objective == L2 || c.Objective == L2GAN || c.Objective == L2CGAN
}

func (c Config) absolute() bool {
	return c.Objective == L1 || c.Objective == L1GAN || c.Objective == L1CGAN
}

// DropoutLayers are the decoder layers with dropout, first and last, counted
// from 1 at the innermost; last < first if there are none.
func (c Config) DropoutLayers() (first, last int) {
	switch c.Dropout {
	case DropoutPaper:
		return 1, 3
	case DropoutPyTorch:
		return 2, c.Levels() - 4
	}
	return 1, 0
}
