package pix2pix

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxImageSize bounds the depth: 12 layers a side.
const maxImageSize = 4096

// Validate reports the first thing about the configuration that could not be
// built or trained.
func (c Config) Validate() error {
	for _, check := range []func() error{c.checkChoices, c.checkNumbers, c.checkRates, c.checkTogether} {
		if err := check(); err != nil {
			return fmt.Errorf("pix2pix configuration: %w", err)
		}
	}
	return nil
}

func (c Config) checkChoices() error {
	return first(
		oneOf("generator", c.Generator, UNet, EncoderDecoder, ResNet),
		oneOf("upsample", c.Upsample, Transposed, Resize),
		oneOf("init", c.Init, InitNormal, InitXavier, InitKaiming, InitOrthogonal),
		oneOf("norm", c.Norm, NormAuto, NormBatch, NormInstance, NormNone),
		oneOf("dropout", c.Dropout, DropoutPaper, DropoutPyTorch, DropoutOff),
		oneOf("discriminator", c.Discriminator, Patch, Pixel, NoDiscriminator),
		oneOf("objective", c.Objective, L1, L2, GAN, CGAN, L1GAN, L1CGAN, L2GAN, L2CGAN, ClassEntropy),
		oneOf("gan_loss", c.GANLoss, Vanilla, LeastSquares, Hinge),
		oneOf("order", c.Order, DiscriminatorFirst, Simultaneous),
		oneOf("schedule", c.Schedule, ConstantRate, LinearDecay),
	)
}

func (c Config) checkNumbers() error {
	if c.ImageSize < 32 || c.ImageSize > maxImageSize || c.ImageSize&(c.ImageSize-1) != 0 {
		return fmt.Errorf("image_size is %d: it has to be a power of two from 32 to %d", c.ImageSize, maxImageSize)
	}
	return first(
		within("input_channels", c.InputChannels, 1, 4096),
		within("output_channels", c.OutputChannels, 1, 4096),
		within("width", c.Width, 1, 1024),
		within("blocks", c.Blocks, 1, 64),
		within("noise_channels", c.NoiseChannels, 0, 4096),
		within("patch_layers", c.PatchLayers, 1, 6),
		within("discriminator_scales", c.Scales, 1, 3),
		within("discriminator_width", c.DiscriminatorWidth, 1, 1024),
	)
}

func (c Config) checkRates() error {
	return first(
		between("dropout_rate", c.DropoutRate, c.DropoutRate >= 0 && c.DropoutRate < 1, "at least 0 and below 1"),
		between("lambda", c.Lambda, c.Lambda >= 0, "0 or more"),
		between("feature_matching", c.FeatureMatching, c.FeatureMatching >= 0, "0 or more"),
		between("perceptual", c.Perceptual, c.Perceptual >= 0, "0 or more"),
		between("r1", c.R1, c.R1 >= 0, "0 or more"),
		between("label_smoothing", c.LabelSmoothing, c.LabelSmoothing >= 0 && c.LabelSmoothing < 0.5, "at least 0 and below 0.5"),
		between("discriminator_rate", c.DiscriminatorRate, c.DiscriminatorRate >= 0, "0 or more"),
		between("learning_rate", c.LearningRate, c.LearningRate > 0, "above 0"),
		between("beta1", c.Beta1, c.Beta1 >= 0 && c.Beta1 < 1, "at least 0 and below 1"),
		between("beta2", c.Beta2, c.Beta2 >= 0 && c.Beta2 < 1, "at least 0 and below 1"),
		between("epsilon", c.Epsilon, c.Epsilon > 0, "above 0"),
		between("decay_from", c.DecayFrom, c.DecayFrom >= 0 && c.DecayFrom <= 1, "from 0 to 1"),
		between("init_deviation", c.InitDeviation, c.InitDeviation > 0, "above 0"),
	)
}

func (c Config) checkTogether() error {
	if c.Perceptual > 0 && (c.Classifies() || c.OutputChannels != 3) {
		return fmt.Errorf("perceptual is for pictures with three channels, not for %d", c.OutputChannels)
	}
	if !c.Adversarial() {
		return nil
	}
	if c.LabelSmoothing > 0 && c.GANLoss == Hinge {
		return fmt.Errorf("label_smoothing is for the losses %s and %s: %s has no target", Vanilla, LeastSquares, Hinge)
	}
	if c.R1 > 0 && (!c.SpectralNorm && c.Norm != NormNone || c.Scales > 1) {
		return fmt.Errorf("r1 needs one discriminator without norms: with spectral_norm, or norm %s", NormNone)
	}
	if c.Discriminator == NoDiscriminator {
		return fmt.Errorf("objective %s needs a discriminator: without one, the objective is l1 or l2", c.Objective)
	}
	return c.checkDiscriminators(1, c.ImageSize, c.ImageSize)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func oneOf[T ~string](key string, value T, choices ...T) error {
	if slices.Contains(choices, value) {
		return nil
	}
	names := make([]string, len(choices))
	for i, choice := range choices {
		names[i] = string(choice)
	}
	return fmt.Errorf("%s is %q: it has to be one of %s", key, value, strings.Join(names, ", "))
}

func within(key string, value, low, high int) error {
	if value < low || value > high {
		return fmt.Errorf("%s is %d: it has to be from %d to %d", key, value, low, high)
	}
	return nil
}

func between(key string, value float64, ok bool, want string) error {
	if !ok || math.IsInf(value, 0) || math.IsNaN(value) {
		return fmt.Errorf("%s is %g: it has to be %s", key, value, want)
	}
	return nil
}
